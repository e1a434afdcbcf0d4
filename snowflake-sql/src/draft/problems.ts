import { isSymbol, Refusal, refuse } from '../grammar/parser.ts';
import { parserOf } from '../grammar/start.ts';
import { statement } from '../grammar/statement.ts';
import type { SourceRange } from '../source-range.ts';
import type { Tokens } from '../tokens.ts';
import { edited, repairsAt, sliced } from './repairs.ts';

/** One mistake in a text. */
export interface Problem {
  /** The token that could not be understood, in UTF-16 offsets into the text; empty at the end of a statement. */
  readonly range: SourceRange;
  /** What was expected and what was found; starts in lower case, without a final period. */
  readonly message: string;
  /** What would have been accepted there, as far as the parser knows: keywords and symbols in backticks. */
  readonly expected: readonly string[];
}

/** How many more tokens may be read. */
export interface DraftBudget {
  tokens: number;
}

/** The most mistakes reported for one statement. */
const MOST_PROBLEMS = 20;

/**
 * The mistakes in the statement between two tokens. After each mistake, the tokens are edited in the smallest way that
 * lets the following ones be understood: a token is inserted, removed or replaced by a name, or the enclosing list item
 * is. If no edit helps, no further mistake is reported: it would only be a consequence of the last one.
 */
export function problemsIn(
  tokens: Tokens,
  first: number,
  end: number,
  budget: DraftBudget,
): readonly Problem[] {
  const problems: Problem[] = [];
  let current = sliced(tokens, first, end);
  let found = firstProblem(current, budget);
  while (found !== null) {
    problems.push(found.problem);
    if (problems.length === MOST_PROBLEMS) break;
    const next = repaired(current, found, budget);
    if (next === null) break;
    current = next.tokens;
    found = next.found;
  }
  return problems;
}

/** A mistake, and the number of tokens from it to the end. */
interface Found {
  readonly problem: Problem;
  readonly at: number;
  readonly left: number;
}

interface Repaired {
  readonly tokens: Tokens;
  /** The next mistake; null if there is none. */
  readonly found: Found | null;
}

/** The edit after which most tokens can be understood; of two equally good ones, the smaller. */
function repaired(tokens: Tokens, { problem, at, left }: Found, budget: DraftBudget): Repaired | null {
  let best: Repaired | null = null;
  for (const edit of repairsAt(tokens, at, problem.expected)) {
    if (budget.tokens < tokens.kinds.length) break;
    const changed = edited(tokens, edit);
    const found = firstProblem(changed, budget);
    if (found === null) return { tokens: changed, found };
    const read = left - edit.taken - found.left;
    if (
      (read >= edit.far || (found.left === 0 && read > 0)) &&
      (best?.found == null || found.left < best.found.left)
    )
      best = { tokens: changed, found };
  }
  return best;
}

/** The first mistake in what may be several statements. */
function firstProblem(tokens: Tokens, budget: DraftBudget): Found | null {
  budget.tokens -= tokens.kinds.length;
  const p = parserOf(tokens);
  try {
    for (;;) {
      statement(p);
      while (isSymbol(p, ';')) p.at += 1;
      if (isSymbol(p, 'end')) return null;
      if (tokens.kinds[p.at - 1] !== ';') refuse(p, '`;`', 'the end of the statement');
    }
  } catch (thrown) {
    if (!(thrown instanceof Refusal)) throw thrown;
    const { spot, message, expected } = thrown;
    return { problem: { range: spot, message, expected }, at: p.at, left: tokens.kinds.length - 1 - p.at };
  }
}

/** Past the last token of a statement that begins here and cannot be parsed: where its `;` is expected. */
export function extentOf({ kinds, keywords }: Tokens, first: number): number {
  let depth = keywords[first] === 'DECLARE' ? 1 : 0;
  let isDeclaring = depth === 1;
  for (let at = first; ; at += 1) {
    if (kinds[at] === 'end' || (kinds[at] === ';' && depth === 0)) return at;
    const keyword = keywords[at];
    const opens = keyword === 'BEGIN' && (depth > 0 || at === first || keywords[at - 1] === 'AS');
    if (opens && isDeclaring) isDeclaring = false;
    else if (opens && kinds[at + 1] !== ';' && !TRANSACTION.has(keywords[at + 1]!)) depth += 1;
    else if (keyword === 'CASE' && depth > 0) depth += 1;
    else if (keyword === 'END' && depth > 0 && !LOOPS.has(keywords[at + 1]!)) {
      depth -= 1;
      // `END CASE` closes one level.
      if (keywords[at + 1] === 'CASE') at += 1;
    } else if (keyword === 'END' && LOOPS.has(keywords[at + 1]!)) at += 1;
  }
}

const TRANSACTION: ReadonlySet<string> = new Set(['TRANSACTION', 'WORK', 'NAME']);
const LOOPS: ReadonlySet<string> = new Set(['IF', 'LOOP', 'FOR', 'WHILE', 'REPEAT']);
