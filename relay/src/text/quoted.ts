import { codePoint, type Manner, pieces } from './characters.ts';
import { shorten } from './shorten.ts';
import { joined, shown, type ShownText } from './shown-text.ts';

export interface QuotedOptions {
  /** Characters at most, as shown, without the quotation marks. */
  readonly most?: number;
  /** Whether the end is shown too where it is shortened: in SQL, what matters may stand there. */
  readonly end?: boolean;
}

/**
 * The one way in which a text of somebody else's gets into a sentence of ours: on one line, in quotation marks that
 * cannot be closed from within, with everything in it made visible, and shortened with a word on how much is left
 * out: `"WHERE ID = 1\n" (… 3,214 more characters)`. Unshortened it can be read back: it is a JSON string, but for
 * `\u{...}` and `\'`. Takes time linear in the text's length.
 */
export function quoted(text: string, { most = 200, end = false }: QuotedOptions = {}): ShownText {
  const { head, left, tail } = shorten(text, QUOTED, most, end);
  if (left === 0) return inQuotes(head);
  if (!end)
    return shown`${inQuotes(head)} (… ${amount(left)} more ${left === 1 ? 'character' : 'characters'})`;
  return shown`${inQuotes(head)} (… ${amount(left)} ${left === 1 ? 'character' : 'characters'} left out …) ${inQuotes(tail)}`;
}

/** As `quoted`, but a plain word, which can say nothing by itself, stands without quotation marks. */
export function word(text: string, options?: QuotedOptions): ShownText {
  return isPlainWord(text) ? (text as ShownText) : quoted(text, options);
}

/** As `word`, for sentences in Snowflake's wording: a plain word, a name of such or a few symbols stand in its single quotes. */
export function inSingleQuotes(text: string, options?: QuotedOptions): ShownText {
  const isPlain = isPlainWord(text) || isPlainName(text) || SYMBOLS.test(text);
  return isPlain ? (`'${text}'` as ShownText) : quoted(text, options);
}

/** ASCII's, but for quotation marks. */
const SYMBOLS = /^[!#-&(-/:-@[\]-_{-~]{1,3}$/;

/**
 * Of a sentence that was made of the relay's own words, by another program or by whoever wrote the policy: nothing in
 * it moves a cursor, hides or turns text. It stays on one line and is not quoted: not for texts of requesters.
 */
export function revealed(text: string): ShownText {
  let all = '';
  for (const { shown: piece } of pieces(text, REVEALED)) all += piece;
  return all as ShownText;
}

/** The same of several lines, such as a list of problems. */
export function revealedLines(text: string): ShownText {
  return joined(text.split('\n').map(revealed), '\n');
}

/** For a place that takes no more characters; says so where it has to leave some out. */
export function shortened(text: ShownText, most: number): ShownText {
  if (text.length <= most) return text;
  const rest = shown` (… cut here; open it in Sluice to read all)`;
  return shown`${text.slice(0, most - rest.length).toWellFormed() as ShownText}${rest}`;
}

/** `3,214` */
export function amount(number: number): ShownText {
  return number.toLocaleString('en-US') as ShownText;
}

const BLANKS = 3;

const LINE_BREAKS: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };

const QUOTED: Manner = {
  blanks: BLANKS,
  breakLinks: true,
  escape: (character, text, at) => {
    if (character === '"' || character === '\\') return `\\${character}`;
    // Two of them look like the mark that ends the text.
    if (character === "'" && at > 0 && APOSTROPHE.test(text[at - 1]!)) return "\\'";
    if (LIKE_A_QUOTE.test(character)) return codePoint(character);
    return LINE_BREAKS[character] ?? null;
  },
};

const REVEALED: Manner = {
  blanks: BLANKS,
  breakLinks: false,
  escape: (character) => LINE_BREAKS[character] ?? null,
};

const LIKE_A_QUOTE =
  /^[\u02ba\u02dd\u02ee\u02f5\u02f6\u05f4\u1cd3\u201c-\u201f\u2033\u2034\u2036\u2037\u2057\u275d\u275e\u2760\u3003\u301d-\u301f\uff02\u{1f676}-\u{1f678}]$/u;
const APOSTROPHE = /['`´‘’‛′‵ʹʻʼʽˈˊˋ]/;

function isPlainWord(text: string): boolean {
  return text.length <= 100 && /^\w[\w$.@+-]*$/.test(text) && !looksLinked(text);
}

/** Words in double quotes among its parts: `T."a"`, as drivers write the columns of a data frame. */
function isPlainName(text: string): boolean {
  const isName = /^(?:\w[\w$]*|"\w[\w$]*")(?:\.(?:\w[\w$]*|"\w[\w$]*"))*$/.test(text);
  return text.length <= 100 && isName && !looksLinked(text);
}

function looksLinked(text: string): boolean {
  return /(?:^|\W)www\./i.test(text);
}

function inQuotes(text: string): ShownText {
  return `"${text}"` as ShownText;
}
