/** A stretch of text that a detector recognised, as UTF-16 offsets `[start, end)`. */
export interface Match {
  readonly start: number;
  readonly end: number;
}

/** Where a detector looks: the text, and the name of the column it stands in. */
export interface Haystack {
  readonly text: string;
  readonly column: string;
}

export type Detector = (haystack: Haystack) => readonly Match[];

/** All matches of a pattern that pass a check. The pattern must be global and take linear time. */
export function byPattern(
  pattern: RegExp,
  check: (match: string, at: number, haystack: Haystack) => boolean,
): Detector {
  return (haystack) => {
    const found: Match[] = [];
    for (const match of haystack.text.matchAll(pattern)) {
      if (check(match[0], match.index, haystack)) {
        found.push({ start: match.index, end: match.index + match[0].length });
      }
    }
    return found;
  };
}

/**
 * As `byPattern`, for values whose length only they themselves tell. The pattern is a lookahead that captures
 * the longest candidate from each start, so that what stands before or behind a value cannot hide it;
 * `lengthOf` says how much of the candidate is the value, 0 for nothing.
 */
export function byLength(pattern: RegExp, lengthOf: (candidate: string) => number): Detector {
  return ({ text }) => {
    const found: Match[] = [];
    for (const match of text.matchAll(pattern)) {
      const length = lengthOf(match[1]!);
      if (length > 0) found.push({ start: match.index, end: match.index + length });
    }
    return found;
  };
}

/** Looks only where a plain search finds something that every match holds: most texts hold none. */
export function within(sign: RegExp, detector: Detector): Detector {
  return (haystack) => (sign.test(haystack.text) ? detector(haystack) : []);
}

export function all(...detectors: readonly Detector[]): Detector {
  return (haystack) => detectors.flatMap((detector) => detector(haystack));
}

/** How far before a match a word counts as its context, in characters. */
const CONTEXT = 40;

/** How much of a column's name, or of a document's key, counts as context: it is looked at for every match. */
const NAME_CONTEXT = 256;

/** Whether one of the words stands shortly before, or in the name of the column. */
export function hasContext(words: RegExp, at: number, { text, column }: Haystack): boolean {
  const name = column.slice(0, NAME_CONTEXT).replaceAll('_', ' ');
  return words.test(text.slice(Math.max(0, at - CONTEXT), at)) || words.test(name);
}

export function digitsOf(text: string): string {
  return text.replaceAll(/\D/g, '');
}
