/** A stretch of text that a detector recognised, as UTF-16 offsets `[start, end)`. */
export interface Match {
  readonly start: number;
  readonly end: number;
}

/** What a detector searches: the text, with the name of its column as context. */
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
    eachMatch(pattern, haystack.text, (match) => {
      if (check(match[0], match.index, haystack)) {
        found.push({ start: match.index, end: match.index + match[0].length });
      }
    });
    return found;
  };
}

/**
 * Like `byPattern`, for values whose length depends on their content. The pattern is a lookahead that captures the
 * longest candidate from each start, so that text before or after a value cannot hide it. `lengthOf` returns how many
 * characters of the candidate are the value, or 0 for none.
 */
export function byLength(pattern: RegExp, lengthOf: (candidate: string) => number): Detector {
  return ({ text }) => {
    const found: Match[] = [];
    eachMatch(pattern, text, (match) => {
      const length = lengthOf(match[1]!);
      if (length > 0) found.push({ start: match.index, end: match.index + length });
    });
    return found;
  };
}

/** As `matchAll` finds them, which copies the pattern each time: for most texts, that takes longer than finding nothing. */
function eachMatch(pattern: RegExp, text: string, visit: (match: RegExpExecArray) => void): void {
  pattern.lastIndex = 0;
  for (let match = pattern.exec(text); match !== null; match = pattern.exec(text)) {
    visit(match);
    if (match[0] === '') pattern.lastIndex += 1;
  }
}

/** Runs the detector only on texts that contain `sign`, a part of every match, because most texts have no match. */
export function within(sign: RegExp, detector: Detector): Detector {
  return (haystack) => (sign.test(haystack.text) ? detector(haystack) : []);
}

export function all(...detectors: readonly Detector[]): Detector {
  return (haystack) => detectors.flatMap((detector) => detector(haystack));
}

/** How many characters before a match count as its context. */
const CONTEXT = 40;

/** How many characters of a column's name or a document's key count as context. They are searched for every match. */
const NAME_CONTEXT = 256;

/** Whether one of the words occurs shortly before the match or in the column's name. */
export function hasContext(words: RegExp, at: number, { text, column }: Haystack): boolean {
  const name = column.slice(0, NAME_CONTEXT).replaceAll('_', ' ');
  return words.test(text.slice(Math.max(0, at - CONTEXT), at)) || words.test(name);
}

export function digitsOf(text: string): string {
  return text.replaceAll(/\D/g, '');
}
