import { tokenize } from './tokenizer.ts';
import type { Tokens } from './tokens.ts';

/**
 * A text with `?` in the place of every constant and every bind: equal for statements that are the same but for the
 * values that they are given. Comments and white space are gone, names and keywords in one spelling. TRUE, FALSE and
 * NULL stay, and so do variables. Null for what is not SQL. Linear in the text's length.
 */
export function skeletonOf(sql: string): string | null {
  const { tokens, problem } = tokenize(sql);
  if (problem !== null) return null;
  const parts = tokens.kinds.map((_, index) => partOf(tokens, index)).filter((part) => part !== '');
  while (parts.at(-1) === ';') parts.pop();
  return parts.join(' ');
}

function partOf({ text, kinds, starts, ends }: Tokens, index: number): string {
  const own = text.slice(starts[index], ends[index]);
  switch (kinds[index]) {
    case 'string':
    case 'dollars':
    case 'number':
      return '?';
    case 'word':
    case 'variable':
      return own.toUpperCase();
    default:
      return own;
  }
}
