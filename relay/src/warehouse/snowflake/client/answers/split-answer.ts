import { endOfString, isSpace, scanRows, type ScannedRows } from './json-rowset.ts';
import { rawJSON } from './raw-json.ts';

export interface SplitAnswer {
  /** The answer without its rows: `data.rowset` is `[]` where they were. */
  readonly head: unknown;
  /** Where the rows begin; null when there are none in JSON. */
  readonly rows: ((width: number) => ScannedRows | null) | null;
}

/**
 * Parses an answer but for its rows, which stay the bytes that they are. Whole numbers that a JavaScript number cannot
 * hold stay what was written, as `JSON.rawJSON` makes them.
 *
 * @returns null when the bytes are no JSON object, or have data or rows in more than one place.
 */
export function splitAnswer(bytes: Buffer): SplitAnswer | null {
  const members: Member[] = [];
  const rowset = findRowset(bytes, members);
  if (rowset === 'malformed') return null;
  const text =
    rowset === null
      ? bytes.toString()
      : bytes.toString('utf8', 0, rowset.start) + ']' + bytes.toString('utf8', rowset.end);
  let head: unknown;
  try {
    head = JSON.parse(text);
    if (LONG_NUMBER.test(text)) keepLongIn(head as Answer, bytes, members);
  } catch {
    // What the parser says of it quotes it.
    return null;
  }
  if (typeof head !== 'object' || head === null) return null;
  if (rowset === null) return { head, rows: null };
  return { head, rows: (width) => scanned(bytes, rowset, width) };
}

/** A member of an answer, or of its data: where its value stands. */
interface Member extends Range {
  readonly of: 'answer' | 'data';
  readonly name: string;
}

interface Answer extends Record<string, unknown> {
  readonly data: Record<string, unknown>;
}

/** Parses the members that hold long numbers once more: the others are most of an answer, and keeping takes ten times as long. */
function keepLongIn(head: Answer, bytes: Buffer, members: readonly Member[]): void {
  for (const { of, name, start, end } of members) {
    const text = bytes.toString('utf8', start, end);
    if (!LONG_NUMBER.test(`:${text}`)) continue;
    const value: unknown = JSON.parse(text, keepLong);
    // As the parser does it: a member of any name is one.
    const place = { value, configurable: true, enumerable: true, writable: true };
    Object.defineProperty(of === 'data' ? head.data : head, name, place);
  }
}

function scanned(bytes: Buffer, { start, end }: Range, width: number): ScannedRows | null {
  const rows = scanRows(bytes, start, width, true);
  return rows !== null && rows.end === end ? rows : null;
}

/** What lies between the brackets of `data.rowset`: from after the first to after the last one. */
interface Range {
  readonly start: number;
  readonly end: number;
}

const LONG_NUMBER = /[:[,]\s*-?\d{16}/;

function keepLong(_: string, value: unknown, { source }: { source?: string } = {}): unknown {
  if (typeof value !== 'number' || source === undefined || Number.isSafeInteger(value)) return value;
  return /^-?\d+$/.test(source) ? rawJSON(source) : value;
}

/** @param members - filled with all but the data itself and its rows. */
function findRowset(bytes: Buffer, members: Member[]): Range | null | 'malformed' {
  let found: Range | null = null;
  let hasData = false;
  let isTwice = false;
  const noted = (of: Member['of'], written: string, start: number): number => {
    const end = skipValue(bytes, start);
    members.push({ of, name: written.slice(1, -1), start, end });
    return end;
  };
  const isWhole = eachMember(bytes, skipSpace(bytes, 0), (name, at) => {
    if (name !== '"data"') return noted('answer', name, at);
    isTwice ||= hasData;
    hasData = true;
    if (bytes[at] !== OPENING_BRACE) return noted('answer', name, at);
    let end = -1;
    const isObject = eachMember(
      bytes,
      at,
      (inner, from) => {
        if (inner !== '"rowset"' || bytes[from] !== OPENING) return noted('data', inner, from);
        const to = skipValue(bytes, from);
        if (to !== -1) {
          isTwice ||= found !== null;
          found = { start: from + 1, end: to };
        }
        return to;
      },
      (after) => {
        end = after;
      },
    );
    return isObject ? end : -1;
  });
  return isWhole && !isTwice ? found : 'malformed';
}

/**
 * Walks the object that begins at `at`.
 *
 * @param visit is given each name as written and where its value begins, and returns where that ends, or -1.
 * @returns whether it is an object, as far as that can be seen from outside of its values.
 */
function eachMember(
  bytes: Buffer,
  at: number,
  visit: (name: string, at: number) => number,
  onEnd: (end: number) => void = () => {},
): boolean {
  if (bytes[at] !== OPENING_BRACE) return false;
  at = skipSpace(bytes, at + 1);
  if (bytes[at] === CLOSING_BRACE) {
    onEnd(at + 1);
    return true;
  }
  for (;;) {
    if (bytes[at] !== QUOTE) return false;
    const nameEnd = endOfString(bytes, at);
    if (nameEnd === -1) return false;
    const name = bytes.toString('utf8', at, nameEnd);
    // It could be another way to write a name that is looked for.
    if (name.includes('\\')) return false;
    at = skipSpace(bytes, nameEnd);
    if (bytes[at] !== COLON) return false;
    at = visit(name, skipSpace(bytes, at + 1));
    if (at === -1) return false;
    at = skipSpace(bytes, at);
    if (bytes[at] === CLOSING_BRACE) {
      onEnd(at + 1);
      return true;
    }
    if (bytes[at] !== COMMA) return false;
    at = skipSpace(bytes, at + 1);
  }
}

/** The offset after a value; -1 when it does not end. What is in it is for a parser to judge. */
function skipValue(bytes: Buffer, at: number): number {
  const first = bytes[at];
  if (first === QUOTE) return endOfString(bytes, at);
  if (first !== OPENING && first !== OPENING_BRACE) {
    let end = at;
    while (end < bytes.length && !isEndOfPlain(bytes[end]!)) end += 1;
    return end === at ? -1 : end;
  }
  let depth = 0;
  for (let index = at; index < bytes.length; index += 1) {
    const byte = bytes[index]!;
    if (byte === QUOTE) {
      index = endOfString(bytes, index) - 1;
      if (index < 0) return -1;
    } else if (byte === OPENING || byte === OPENING_BRACE) depth += 1;
    else if (byte === CLOSING || byte === CLOSING_BRACE) {
      depth -= 1;
      if (depth === 0) return index + 1;
    }
  }
  return -1;
}

function isEndOfPlain(byte: number): boolean {
  return byte === COMMA || byte === CLOSING_BRACE || byte === CLOSING || isSpace(byte);
}

function skipSpace(bytes: Buffer, at: number): number {
  let index = at;
  while (isSpace(bytes[index])) index += 1;
  return index;
}

const [OPENING, CLOSING, COMMA, QUOTE, COLON] = [0x5b, 0x5d, 0x2c, 0x22, 0x3a] as const;
const [OPENING_BRACE, CLOSING_BRACE] = [0x7b, 0x7d] as const;
