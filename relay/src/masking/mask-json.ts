import { createByteWriter } from '../encoding/index.ts';
import { SluiceError } from '../errors.ts';
import type { Cell, ColumnMask } from './cell.ts';

/**
 * Masks some columns of rows in Snowflake's JSON encoding (driver protocol, sections 6 and 7). The bytes of the other
 * columns are unchanged.
 *
 * @param masks one for each column; null for a column that is not masked.
 * @throws SluiceError `internal` when the bytes are not `rowCount` rows of that many cells, each a string or null.
 */
export function maskJson(
  bytes: Uint8Array,
  rowCount: number,
  masks: readonly (ColumnMask | null)[],
): Uint8Array {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const masked = masks.flatMap((mask, column) => (mask === null ? [] : [{ mask, column }]));
  const isMasked = Uint8Array.from(masks, (mask) => (mask === null ? 0 : 1));
  const written = createByteWriter(
    bytes.byteLength + masked.length * GROWTH * Math.min(rowCount, bytes.byteLength),
  );
  /** Where the masked cells of some rows begin and end, in order. */
  const places = new Int32Array(2 * masked.length * Math.min(ROWS_AT_ONCE, rowCount));
  /** The offset up to which the bytes have been written. */
  let taken = 0;
  let at = 0;
  for (let row = 0; row < rowCount; row += ROWS_AT_ONCE) {
    const rows = Math.min(ROWS_AT_ONCE, rowCount - row);
    if (row > 0 && bytes[at++] !== COMMA) throw malformed();
    at = findCells(bytes, at, rows, isMasked, places);
    const columns = masked.map(({ mask }, index) =>
      mask(cellsOf(buffer, places, index, masked.length, rows)),
    );
    let place = 0;
    for (let index = 0; index < rows; index += 1) {
      for (const column of columns) {
        written.copy(bytes, taken, places[place]!);
        taken = places[place + 1]!;
        place += 2;
        const cell = column[index]!;
        if (cell === null) written.text('null');
        else written.jsonText(cell);
      }
    }
  }
  if (at !== bytes.byteLength) throw malformed();
  written.copy(bytes, taken, at);
  return written.finish();
}

/** Rows whose cells are masked together: enough for masks that take many at once, and what they take is soon free again. */
const ROWS_AT_ONCE = 1_024;
/** Bytes that a cell grows by, about. */
const GROWTH = 8;

/**
 * Walks `rows` rows and notes where their masked cells are. With nothing in it but local variables it is many times as fast.
 * @returns the offset after the last row.
 */
function findCells(
  bytes: Uint8Array,
  start: number,
  rows: number,
  isMasked: Uint8Array,
  places: Int32Array,
): number {
  const { length } = bytes;
  const width = isMasked.length;
  let at = start;
  let place = 0;
  for (let row = 0; row < rows; row += 1) {
    if (row > 0 && bytes[at++] !== COMMA) throw malformed();
    if (bytes[at++] !== OPENING) throw malformed();
    for (let column = 0; column < width; column += 1) {
      if (column > 0 && bytes[at++] !== COMMA) throw malformed();
      const from = at;
      if (bytes[at] === QUOTE) {
        at += 1;
        while (bytes[at] !== QUOTE) {
          // What a backslash stands before ends no string.
          at += bytes[at] === BACKSLASH ? 2 : 1;
          if (at >= length) throw malformed();
        }
        at += 1;
      } else if (isNull(bytes, at)) at += 4;
      else throw malformed();
      if (isMasked[column] === 1) {
        places[place++] = from;
        places[place++] = at;
      }
    }
    if (bytes[at++] !== CLOSING) throw malformed();
  }
  return at;
}

/** The cells of one of the masked columns. */
function cellsOf(bytes: Buffer, places: Int32Array, index: number, masked: number, rows: number): Cell[] {
  const cells: Cell[] = [];
  for (let row = 0; row < rows; row += 1) {
    const place = 2 * (row * masked + index);
    const start = places[place]!;
    cells.push(bytes[start] === QUOTE ? decodeCell(bytes, start, places[place + 1]!) : null);
  }
  return cells;
}

/** Decodes a string, whose range includes the quotes. */
function decodeCell(bytes: Buffer, start: number, end: number): string {
  if (isPlain(bytes, start + 1, end - 1)) return bytes.toString('latin1', start + 1, end - 1);
  try {
    return JSON.parse(bytes.toString('utf8', start, end)) as string;
  } catch {
    throw malformed();
  }
}

/** Whether the bytes need no decoding: no escapes and nothing outside ASCII. */
function isPlain(bytes: Uint8Array, start: number, end: number): boolean {
  for (let at = start; at < end; at += 1) {
    const byte = bytes[at]!;
    if (byte > 127 || byte === BACKSLASH) return false;
  }
  return true;
}

function isNull(bytes: Uint8Array, at: number): boolean {
  return bytes[at] === 0x6e && bytes[at + 1] === 0x75 && bytes[at + 2] === 0x6c && bytes[at + 3] === 0x6c;
}

const [OPENING, CLOSING, COMMA, QUOTE, BACKSLASH] = [91, 93, 44, 34, 92] as const;

function malformed(): SluiceError {
  return new SluiceError('internal', 'the result is not encoded as its warehouse says', {
    advice: 'name the columns one by one instead of `*`, and run it again',
  });
}
