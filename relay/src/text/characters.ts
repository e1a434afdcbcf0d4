/**
 * A text taken apart into what a reader gets to see of it. Characters that cannot be seen, or that change how others
 * are seen, are written out: `\u{202E}`, and `\u{20 × 3000}` for a run of them. Nothing is left out.
 */
export interface Manner {
  /** Blanks that may stand side by side before they are counted instead. */
  readonly blanks: number;
  /** Whether what programs would make links of is broken. */
  readonly breakLinks: boolean;
  /** What else is written out, given where in the text it stands. */
  readonly escape: (character: string, text: string, at: number) => string | null;
}

export interface Piece {
  readonly shown: string;
  /** Where in the text what it stands for ends. */
  readonly end: number;
}

/** Marks that may stand on one letter. More would cover the lines above and below it. */
const MOST_MARKS = 3;

/** In order, in time linear in the text's length. */
export function* pieces(text: string, manner: Manner): Generator<Piece> {
  // At the beginning a mark would sit on what stands before the text.
  let marks = MOST_MARKS;
  const breakLinks = manner.breakLinks ? createLinkBreaker(text) : () => null;
  for (let at = 0; at < text.length;) {
    const code = text.codePointAt(at)!;
    const character = String.fromCodePoint(code);
    const isAscii = code >= 0x20 && code <= 0x7e;
    const isMark = !isAscii && MARK.test(character);
    const isUnseen = !isAscii && (HIDDEN.test(character) || (isMark && marks >= MOST_MARKS));
    const broken = breakLinks(character, at);
    const escaped = manner.escape(character, text, at) ?? broken;
    if (escaped === null && (isUnseen || character === ' ')) {
      const count = runLength(text, at, code);
      const plain = character === ' ' && count <= manner.blanks;
      at += count * character.length;
      yield { shown: plain ? ' '.repeat(count) : codePoint(character, count), end: at };
      marks = plain ? 0 : MOST_MARKS;
    } else {
      at += character.length;
      yield { shown: escaped ?? character, end: at };
      if (escaped !== null) marks = MOST_MARKS;
      else marks = isMark ? marks + 1 : 0;
    }
  }
}

const MARK = /^\p{M}$/u;

/**
 * Controls, formats (direction, zero width, tags), private and unassigned ones, halves of surrogate pairs, blanks
 * other than the common one, line separators, whatever Unicode says may be ignored, marks that enclose or strike out
 * what they follow, and those that only look empty.
 */
const HIDDEN =
  /^[\p{C}\p{Z}\p{Default_Ignorable_Code_Point}\p{Me}\u0334-\u0338\u20d2\u20d3\u20d8-\u20da\u20e5\u20e6\u20ea\u20eb\u2800\ufffc\u{1d159}]$/u;

export function codePoint(character: string, count = 1): string {
  const hex = character.codePointAt(0)!.toString(16).toUpperCase();
  return count === 1 ? `\\u{${hex}}` : `\\u{${hex} × ${count}}`;
}

function runLength(text: string, from: number, code: number): number {
  const width = code > 0xffff ? 2 : 1;
  let at = from;
  while (text.codePointAt(at) === code) at += width;
  return (at - from) / width;
}

/**
 * Programs that show text make links of some of it. Those of others are broken, so that the only link is the
 * relay's: `https:\/\/host`, `host.example\/path`, `www\u{2E}host`, `mailto\u{3A}...`.
 */
function createLinkBreaker(text: string): (character: string, at: number) => string | null {
  /** Letters since a dot that followed a letter or digit; -1 where no host's name can end. */
  let afterDot = -1;
  const isAt = (place: RegExp, at: number) => place.test(text.slice(Math.max(0, at - 12), at));
  return (character, at) => {
    switch (character) {
      case '/': {
        const isPath = afterDot >= 2;
        afterDot = -1;
        const isAfterScheme = text[at - 1] === ':' ? text[at + 1] === '/' : text.startsWith(':/', at - 2);
        return isPath || isAfterScheme ? '\\/' : null;
      }
      case '.':
        afterDot = isAt(AFTER_NAME, at) ? 0 : -1;
        return isAt(AFTER_WWW, at) ? codePoint(character) : null;
      case ':': // A port may stand between a host and its path.
        return isAt(AFTER_SCHEME, at) ? codePoint(character) : null;
      case '-':
        return null;
      default:
        if (afterDot >= 0 && !DIGIT.test(character)) afterDot = LETTER.test(character) ? afterDot + 1 : -1;
        return null;
    }
  };
}

const DIGIT = /^\d$/;
const LETTER = /^\p{L}$/u;
/** Line breaks and tabs are shown as letters: `\t.example/` would be a link too. */
const AFTER_NAME = /[\p{L}\p{N}\n\r\t]$/u;
/** Whatever stands before it: a line may be broken there. */
const AFTER_WWW = /www$/i;
/** Of addresses that need no `//`. */
const AFTER_SCHEME = /(?:mailto|javascript|vbscript)$/i;
