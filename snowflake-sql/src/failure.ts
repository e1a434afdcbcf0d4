import type { StatementKind } from './kinds.ts';
import type { SourceRange } from './source-range.ts';

/** Why a text was refused: the spot, and what would have been understood there. */
export interface ParseFailure {
  readonly outcome: 'refused';
  /** From the leading keywords, as far as they tell; the statement itself was not understood. */
  readonly kind: StatementKind;
  /** From the start of the statement that was refused to the end of the text: where it would have ended is unknown. */
  readonly range: SourceRange;
  /** The token, or the character, that could not be understood; empty at the end of the text. */
  readonly spot: SourceRange;
  /** One line and column of `spot`, from 1; columns count UTF-16 units. */
  readonly line: number;
  readonly column: number;
  /** What was found, in back-ticks, and what was expected; lower-case start, no final period. */
  readonly message: string;
  /** What would have been accepted at the spot, as far as the parser knows. */
  readonly expected: readonly string[];
}
