/** Rules for rewriting the values of a JSON text by their place. A `Place` is the rules' representation of a path. */
export interface Rewriting<Place> {
  /** The place of a key's value; null when the whole value stays unchanged. */
  inKey(place: Place, key: string): Place | null;
  /** The place of an array's elements; null when they all stay unchanged. */
  inArray(place: Place): Place | null;
  /** The JSON text that replaces a string, number or boolean with the JSON text `value`. */
  scalar(place: Place, value: string): string;
  /** The JSON text that replaces an object or array, after its contents have been rewritten. */
  whole(place: Place, value: string): string;
  /** A new name for a key, or null to keep it. */
  rename(name: string): string | null;
}

/**
 * Rewrites a JSON text in one pass. What no rule changes stays exactly as it is: digits of numbers, white space, the
 * order of keys, and duplicate keys, each of which is visited. Returns null when the text is not exactly one JSON
 * document (RFC 8259); Snowflake, for example, writes `undefined` into arrays.
 */
export function rewriteDocument<Place>(text: string, root: Place, rules: Rewriting<Place>): string | null {
  const source = { text, at: 0 };
  try {
    skipSpace(source);
    const start = source.at;
    const value = rewriteValue(source, root, rules);
    const end = source.at;
    skipSpace(source);
    return source.at === text.length ? text.slice(0, start) + value + text.slice(end) : null;
  } catch (error) {
    // A RangeError means that the document is nested too deeply for the stack.
    if (error instanceof NotJson || error instanceof RangeError) return null;
    throw error;
  }
}

class NotJson extends Error {}

interface Source {
  readonly text: string;
  at: number;
}

/** Returns the rewritten value. `at` is at its first character before the call, and after its last one afterwards. */
function rewriteValue<Place>(source: Source, place: Place, rules: Rewriting<Place>): string {
  const { text, at: start } = source;
  const first = text.charCodeAt(start);
  if (first === OPEN_OBJECT || first === OPEN_ARRAY)
    return rules.whole(place, rewriteInside(source, place, rules));
  skipValue(source);
  return first === SMALL_N ? 'null' : rules.scalar(place, text.slice(start, source.at));
}

function rewriteInside<Place>(source: Source, place: Place, rules: Rewriting<Place>): string {
  const { text } = source;
  const isObject = text.charCodeAt(source.at) === OPEN_OBJECT;
  const element = isObject ? null : rules.inArray(place);
  let rewritten = '';
  /** The offset up to which the text has been copied to `rewritten`. */
  let taken = source.at;
  const replace = (start: number, by: string) => {
    rewritten += text.slice(taken, start) + by;
    taken = source.at;
  };
  walkInside(source, isObject, (key) => {
    let inside = element;
    if (key !== null) {
      const name = unquote(text.slice(key, source.at));
      inside = rules.inKey(place, name);
      const renamed = rules.rename(name);
      if (renamed !== null) replace(key, JSON.stringify(renamed));
      skipColon(source);
    }
    const start = source.at;
    if (inside === null) skipValue(source);
    else replace(start, rewriteValue(source, inside, rules));
  });
  return rewritten + text.slice(taken, source.at);
}

function skipValue(source: Source): void {
  switch (source.text.charCodeAt(source.at)) {
    case OPEN_OBJECT:
    case OPEN_ARRAY:
      return walkInside(source, source.text.charCodeAt(source.at) === OPEN_OBJECT, (key) => {
        if (key !== null) skipColon(source);
        skipValue(source);
      });
    case QUOTE:
      return skipString(source);
    case SMALL_T:
      return skipWord(source, 'true');
    case SMALL_F:
      return skipWord(source, 'false');
    case SMALL_N:
      return skipWord(source, 'null');
    default:
      return skipNumber(source);
  }
}

/** Calls `member` at each element, or at each member after its key, with the key's start offset (null if no key). */
function walkInside(source: Source, isObject: boolean, member: (key: number | null) => void): void {
  const { text } = source;
  const close = isObject ? CLOSE_OBJECT : CLOSE_ARRAY;
  source.at += 1;
  skipSpace(source);
  if (text.charCodeAt(source.at) === close) {
    source.at += 1;
    return;
  }
  for (;;) {
    const start = source.at;
    if (isObject) {
      if (text.charCodeAt(start) !== QUOTE) throw new NotJson();
      skipString(source);
    }
    member(isObject ? start : null);
    skipSpace(source);
    const next = text.charCodeAt(source.at);
    source.at += 1;
    if (next === close) return;
    if (next !== COMMA) throw new NotJson();
    skipSpace(source);
  }
}

function skipColon(source: Source): void {
  skipSpace(source);
  if (source.text.charCodeAt(source.at) !== COLON) throw new NotJson();
  source.at += 1;
  skipSpace(source);
}

/** The value of a JSON string, given with its quotes. */
export function unquote(written: string): string {
  return written.includes('\\') ? (JSON.parse(written) as string) : written.slice(1, -1);
}

function skipSpace(source: Source): void {
  for (;;) {
    const code = source.text.charCodeAt(source.at);
    if (code !== 32 && code !== 10 && code !== 13 && code !== 9) return;
    source.at += 1;
  }
}

function skipString(source: Source): void {
  const { text } = source;
  for (let at = source.at + 1; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) {
      source.at = at + 1;
      return;
    }
    if (code < 32) break;
    if (code !== BACKSLASH) continue;
    at += 1;
    const escaped = text.charAt(at);
    if (escaped === 'u') {
      for (let digit = 1; digit <= 4; digit += 1)
        if (!isHex(text.charCodeAt(at + digit))) throw new NotJson();
      at += 4;
    } else if (!'"\\/bfnrt'.includes(escaped)) break;
  }
  throw new NotJson();
}

function skipNumber(source: Source): void {
  const { text } = source;
  if (text.charCodeAt(source.at) === MINUS) source.at += 1;
  if (text.charCodeAt(source.at) === ZERO) source.at += 1;
  else skipDigits(source);
  if (text.charCodeAt(source.at) === POINT) {
    source.at += 1;
    skipDigits(source);
  }
  const exponent = text.charCodeAt(source.at);
  if (exponent !== SMALL_E && exponent !== LARGE_E) return;
  source.at += 1;
  const sign = text.charCodeAt(source.at);
  if (sign === PLUS || sign === MINUS) source.at += 1;
  skipDigits(source);
}

function skipDigits(source: Source): void {
  const start = source.at;
  while (isDigit(source.text.charCodeAt(source.at))) source.at += 1;
  if (source.at === start) throw new NotJson();
}

function skipWord(source: Source, word: string): void {
  if (!source.text.startsWith(word, source.at)) throw new NotJson();
  source.at += word.length;
}

function isDigit(code: number): boolean {
  return code >= ZERO && code <= 57;
}

function isHex(code: number): boolean {
  return isDigit(code) || (code >= 65 && code <= 70) || (code >= 97 && code <= 102);
}

const [OPEN_OBJECT, CLOSE_OBJECT, OPEN_ARRAY, CLOSE_ARRAY] = [123, 125, 91, 93] as const;
const [QUOTE, BACKSLASH, COMMA, COLON] = [34, 92, 44, 58] as const;
const [MINUS, PLUS, POINT, ZERO, SMALL_E, LARGE_E] = [45, 43, 46, 48, 101, 69] as const;
const [SMALL_T, SMALL_F, SMALL_N] = [116, 102, 110] as const;
