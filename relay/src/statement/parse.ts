import type { ParseFailure } from './failure.ts';
import type { StatementKind } from './kinds.ts';
import type { Tokens } from './tokens.ts';
import type { SourceRange } from './source-range.ts';
import type { Statement } from './tree/statements.ts';

/** A statement that was understood, every token of it. */
export interface ParsedStatement {
  readonly outcome: 'parsed';
  readonly kind: StatementKind;
  readonly statement: Statement;
  /** From its first token to its last, in `source`. */
  readonly range: SourceRange;
  /** The whole text; the offsets of every node are into it. */
  readonly source: string;
  /** The tokens of the whole text; those of this statement are `firstToken` up to, not including, `endToken`. */
  readonly tokens: Tokens;
  readonly firstToken: number;
  readonly endToken: number;
}

/** What a text that may hold several statements is made of. */
export interface ParsedScript {
  readonly statements: readonly ParsedStatement[];
  /** The first statement that was refused, with all that follows it; null when everything was understood. */
  readonly failure: ParseFailure | null;
}

/** Parses exactly one statement; a `;` may follow it. Never throws. */
export function parse(source: string): ParsedStatement | ParseFailure {
  throw new Error(`not yet: ${source.length}`);
}

/**
 * Parses a text of several statements separated by `;`. Where a statement ends is known only by understanding
 * it (a block holds semicolons too), so nothing after a refused one is looked at. Never throws.
 */
export function splitStatements(source: string): ParsedScript {
  throw new Error(`not yet: ${source.length}`);
}
