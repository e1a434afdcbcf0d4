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
 * A script while it is being written: the statements that can be read, and all mistakes as far as they can be found.
 * For editors only. Code that decides on statements or runs them uses `parse` and `split`, which stop at the first
 * mistake; neither accepts a draft.
 */
export interface Draft {
  readonly statements: readonly DraftStatement[];
  /**
   * In the order of the text: mistakes in statements and in literals that contain SQL, and characters that form no
   * token.
   */
  readonly problems: readonly Problem[];
}

export interface DraftStatement {
  /** If the statement is broken, guessed from its first words. */
  readonly kind: StatementKind;
  /** From its first token to its last, without the `;`. The end of a broken statement is a guess. */
  readonly range: SourceRange;
  /** The tree that `parse` returns for the same text; null if the statement is broken. */
  readonly tree: Statement | null;
}

/**
 * Reads a script statement by statement. After a mistake, reading resumes where the statement makes sense again, so
 * that its other mistakes are found as well; the next statement begins after the `;`. Never throws. Takes time linear
 * in the length of the text: if a statement has more mistakes than can be found in that time, only the first ones are
 * reported.
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
    // If characters were replaced, what was read differs from the text.
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

/** The number of tokens that may be read again to find mistakes after the first one. */
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
