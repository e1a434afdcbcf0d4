import { SluiceError } from '../errors.ts';
import type { Cell, ResultChunk } from './chunk.ts';

/** Some rows of a chunk. */
export interface Portion {
  readonly bytes: Uint8Array;
  readonly rowCount: number;
}

/** Encodes rows as Snowflake's JSON: arrays of strings and nulls, joined by commas, without outer brackets; UTF-8. */
export function encodeRows(rows: readonly (readonly Cell[])[]): Uint8Array {
  return Buffer.from(JSON.stringify(rows).slice(1, -1));
}

/** A chunk of these rows, encoded as by `encodeRows`. */
export function chunkOf(rows: readonly (readonly Cell[])[]): ResultChunk {
  return { rowCount: rows.length, open: async () => encodeRows(rows) };
}

/** Decodes rows. Only for code that reads the values; code that passes rows on should pass the bytes. */
export function parseRows(bytes: Uint8Array): Cell[][] {
  return JSON.parse(
    `[${Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString()}]`,
  ) as Cell[][];
}

/** Joins several pieces of encoded rows into one. */
export function joinRows(texts: readonly Uint8Array[]): Uint8Array {
  if (texts.length === 1) return texts[0]!;
  return Buffer.concat(texts.flatMap((text, index) => (index === 0 ? [text] : [COMMA, text])));
}

/** How much a portion may hold. A single row is always allowed, however many bytes it has. */
export interface Most {
  readonly rows: number;
  readonly bytes: number;
}

/**
 * Splits encoded rows into portions without decoding them.
 * @throws SluiceError `internal` when the bytes are not encoded rows.
 */
export function* splitRows(bytes: Uint8Array, most: Most): Generator<Portion> {
  for (let rest = bytes; rest.byteLength > 0;) {
    const portion = firstRows(rest, most);
    yield portion;
    rest = rest.subarray(portion.bytes.byteLength + COMMA.byteLength);
  }
}

/**
 * Rows `start` to before `end`, or fewer if there are not as many.
 * @throws SluiceError `internal` when the bytes are not encoded rows.
 */
export function sliceRows(bytes: Uint8Array, start: number, end: number): Uint8Array {
  const before = firstRows(bytes, { rows: start, bytes: Infinity });
  const rest = before.rowCount === 0 ? bytes : bytes.subarray(before.bytes.byteLength + COMMA.byteLength);
  return firstRows(rest, { rows: end - start, bytes: Infinity }).bytes;
}

/**
 * The first portion of some encoded rows.
 * @throws SluiceError `internal` when the bytes are not encoded rows.
 */
export function firstRows(bytes: Uint8Array, most: Most): Portion {
  let end = 0;
  let rowCount = 0;
  while (rowCount < most.rows && end < bytes.byteLength) {
    const next = endOfRow(bytes, rowCount === 0 ? 0 : end + COMMA.byteLength);
    if (next < bytes.byteLength && bytes[next] !== COMMA[0]) throw malformed();
    if (rowCount > 0 && next > most.bytes) break;
    rowCount += 1;
    end = next;
  }
  return { bytes: bytes.subarray(0, end), rowCount };
}

const COMMA = Buffer.from(',');
const [OPENING, CLOSING, QUOTE, BACKSLASH] = Buffer.from('[]"\\') as unknown as [
  number,
  number,
  number,
  number,
];

/** The offset after the closing bracket of the row that begins at `at`. Brackets within strings do not count. */
function endOfRow(bytes: Uint8Array, at: number): number {
  if (bytes[at] !== OPENING) throw malformed();
  let isText = false;
  for (let index = at + 1; index < bytes.length; index += 1) {
    const byte = bytes[index];
    if (isText && byte === BACKSLASH) index += 1;
    else if (byte === QUOTE) isText = !isText;
    else if (!isText && byte === CLOSING) return index + 1;
  }
  throw malformed();
}

function malformed(): SluiceError {
  return new SluiceError('internal', 'the result is not encoded as its warehouse says');
}
