import { SluiceError } from '../errors.ts';
import type { Cell, ResultChunk } from './chunk.ts';

/** Some rows of a chunk. */
export interface Portion {
  readonly bytes: Uint8Array;
  readonly rowCount: number;
}

/** Rows in Snowflake's JSON encoding: arrays of texts and nulls, joined by commas, without outer brackets; UTF-8. */
export function encodeRows(rows: readonly (readonly Cell[])[]): Uint8Array {
  return Buffer.from(JSON.stringify(rows).slice(1, -1));
}

/** The same of rows at hand, as a chunk. */
export function chunkOf(rows: readonly (readonly Cell[])[]): ResultChunk {
  return { rowCount: rows.length, open: async () => encodeRows(rows) };
}

/** For those few who read values; what passes values on passes the bytes. */
export function parseRows(bytes: Uint8Array): Cell[][] {
  return JSON.parse(
    `[${Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString()}]`,
  ) as Cell[][];
}

/** One text of rows from several. */
export function joinRows(texts: readonly Uint8Array[]): Uint8Array {
  if (texts.length === 1) return texts[0]!;
  return Buffer.concat(texts.flatMap((text, index) => (index === 0 ? [text] : [COMMA, text])));
}

/** How much a portion may hold. One row is a portion, however many bytes it has. */
export interface Most {
  readonly rows: number;
  readonly bytes: number;
}

/** Encoded rows in portions. Nothing is decoded. Throws `internal` where the text is no such rows. */
export function* splitRows(bytes: Uint8Array, most: Most): Generator<Portion> {
  for (let rest = bytes; rest.byteLength > 0;) {
    const portion = firstRows(rest, most);
    yield portion;
    rest = rest.subarray(portion.bytes.byteLength + COMMA.byteLength);
  }
}

/** Rows `start` to before `end`, as far as there are so many. Throws `internal` as `splitRows` does. */
export function sliceRows(bytes: Uint8Array, start: number, end: number): Uint8Array {
  const before = firstRows(bytes, { rows: start, bytes: Infinity });
  const rest = before.rowCount === 0 ? bytes : bytes.subarray(before.bytes.byteLength + COMMA.byteLength);
  return firstRows(rest, { rows: end - start, bytes: Infinity }).bytes;
}

/** The first portion of some encoded rows. Throws `internal` as `splitRows` does. */
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

/** Behind the bracket that closes the row that begins at `at`: brackets within texts do not count. */
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
