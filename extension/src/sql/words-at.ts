import type { tokenize } from '@sluice/snowflake-sql';
import type { Span } from './script.ts';

export type Tokens = ReturnType<typeof tokenize>['tokens'];

/** A name as it is written at a place: `shop.public.customers`, `c.email`. */
export interface NamePath extends Span {
  /** As Snowflake stores them. */
  readonly parts: readonly string[];
  /** Which of them the place is in. */
  readonly at: number;
  /** The tokens that it is made of: from, and up to. */
  readonly first: number;
  readonly last: number;
}

/** As Snowflake stores what a token says: in upper case unless it is quoted. */
export function storedName({ text, kinds, starts, ends }: Tokens, at: number): string {
  const written = text.slice(starts[at], ends[at]);
  return kinds[at] === 'quoted' ? written.slice(1, -1).replaceAll('""', '"') : written.toUpperCase();
}

export function isName({ kinds }: Tokens, at: number): boolean {
  return kinds[at] === 'word' || kinds[at] === 'quoted';
}

/** The name that a place is in or right behind; null where there is none. */
export function nameAt(tokens: Tokens, offset: number): NamePath | null {
  const at = tokens.starts.findLastIndex((start) => start <= offset);
  const token = isName(tokens, at) && offset <= tokens.ends[at]! ? at : at - 1;
  if (token < 0 || !isName(tokens, token) || offset > tokens.ends[token]!) return null;
  let first = token;
  while (tokens.kinds[first - 1] === '.' && isName(tokens, first - 2)) first -= 2;
  let last = token;
  while (tokens.kinds[last + 1] === '.' && isName(tokens, last + 2)) last += 2;
  const parts: string[] = [];
  for (let one = first; one <= last; one += 2) parts.push(storedName(tokens, one));
  return {
    parts,
    at: (token - first) / 2,
    first,
    last,
    start: tokens.starts[token]!,
    end: tokens.ends[token]!,
  };
}
