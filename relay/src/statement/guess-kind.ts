import { type StatementKind, kindNamed } from './kinds.ts';
import type { Tokens } from './tokens.ts';

/** What the first words say a statement is; for reports on what was refused. */
export function guessKind(tokens: Tokens, first: number): StatementKind {
  return kindNamed(tokens.keywords[first] === 'SELECT' ? 'select' : 'unknown');
}
