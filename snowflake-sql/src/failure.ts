import type { StatementKind } from './kinds.ts';
import type { SourceRange } from './source-range.ts';

/** Why a text was refused: the position, and what was expected there. */
export interface ParseFailure {
  readonly outcome: 'refused';
  /** Guessed from the leading keywords; the statement itself was not understood. */
  readonly kind: StatementKind;
  /**
   * From the start of the refused statement to the end of the text, because it is not known where the statement ends.
   */
  readonly range: SourceRange;
  /** The token or character that was not expected; empty at the end of the text. */
  readonly spot: SourceRange;
  /** Line and column of `spot`, from 1; columns count UTF-16 code units. */
  readonly line: number;
  readonly column: number;
  /** What was found, in backticks, and what was expected; starts in lower case, without a final period. */
  readonly message: string;
  /** What would have been accepted there, as far as the parser knows. */
  readonly expected: readonly string[];
}
