import { isSymbol, Refusal } from '../grammar/parser.ts';
import { parserOf } from '../grammar/start.ts';
import { statement } from '../grammar/statement.ts';
import { guessKind } from '../guess-kind.ts';
import type { StatementKind } from '../kinds.ts';
import type { SourceRange } from '../source-range.ts';
import { kindOf } from '../statement-kind.ts';
import type { Tokens } from '../tokens.ts';
import type { Statement } from '../tree/statements.ts';
import { literalProblems } from './literals.ts';
import { mended } from './mend.ts';
import { extentOf, type Problem, problemsIn } from './problems.ts';

/**
 * A script as it is while somebody writes it: what can be read of it, and all that is wrong with it as far as that can
 * be told. It is for editors, and for nothing that decides: what is analysed or run is what `parse` and `split` read,
 * which stop at the first mistake, and neither takes a draft.
 */
export interface Draft {
  readonly statements: readonly DraftStatement[];
  /** In the order of the text; of statements, of literals that hold SQL, and of characters that belong nowhere. */
  readonly problems: readonly Problem[];
}

export interface DraftStatement {
  /** As far as the first words tell, when it is broken. */
  readonly kind: StatementKind;
  /** From its first token to its last, without the `;`. Where a broken one ends is a guess. */
  readonly range: SourceRange;
  /** The tree that `parse` makes of the same text; null when it is broken. */
  readonly tree: Statement | null;
}

/**
 * Reads a script statement by statement. A broken statement is read on from where it makes sense again, so that its
 * other mistakes are found as well; the next one begins behind its `;`. Never throws. The time is linear in the text's
 * length: of a statement with more mistakes than can be looked for in that time, the first ones are told.
 */
export function parseDraft(source: string): Draft {
  const { tokens, problems: strange } = mended(source);
  const statements: DraftStatement[] = [];
  const problems: Problem[] = [...strange];
  const budget = { tokens: MOST_TOKENS };
  let at = 0;
  for (;;) {
    while (tokens.kinds[at] === ';') at += 1;
    if (tokens.kinds[at] === 'end') break;
    const read = statementAt(tokens, at);
    const end = read?.endToken ?? extentOf(tokens, at);
    const range = { start: tokens.starts[at]!, end: tokens.ends[Math.max(at, end - 1)]! };
    // Where characters were left out, what was read is not what stands there.
    const isWhole = strange.every(
      (problem) =>
        problem.range.start >= tokens.starts[end]! || problem.range.end <= (tokens.ends[at - 1] ?? 0),
    );
    if (read === null) problems.push(...problemsIn(tokens, at, end, budget));
    else problems.push(...literalProblems(read.tree, tokens, budget));
    const tree = isWhole ? (read?.tree ?? null) : null;
    statements.push({ kind: tree === null ? guessKind(tokens, at) : kindOf(tree), range, tree });
    at = Math.max(end, at + 1);
  }
  return { statements, problems: problems.toSorted((a, b) => a.range.start - b.range.start) };
}

/** What may be read again and again, in looking for more than the first mistake. */
const MOST_TOKENS = 500_000;

function statementAt(
  tokens: Tokens,
  at: number,
): { readonly tree: Statement; readonly endToken: number } | null {
  const p = parserOf(tokens, at);
  try {
    const tree = statement(p);
    return isSymbol(p, ';') || isSymbol(p, 'end') ? { tree, endToken: p.at } : null;
  } catch (thrown) {
    if (!(thrown instanceof Refusal)) throw thrown;
    return null;
  }
}
