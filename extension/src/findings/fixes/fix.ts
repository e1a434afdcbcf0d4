import type { Range } from '../range.ts';

/** What replaces a part of a file; nothing overlaps. */
export interface Edit extends Range {
  readonly text: string;
}

/** How a connection is pointed at a relay. */
export interface Fix {
  readonly edits: readonly Edit[];
  /** Where the token is to come from. */
  readonly token: 'variable' | 'driver' | 'prompt';
}

/** The text that comes of it. */
export function applied(text: string, edits: readonly Edit[]): string {
  return edits
    .toSorted((a, b) => b.start - a.start)
    .reduce((changed, { start, end, text }) => changed.slice(0, start) + text + changed.slice(end), text);
}
