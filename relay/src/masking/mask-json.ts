import { SluiceError } from '../errors.ts';
import type { CellMask } from './cell.ts';

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
  masks: readonly (CellMask | null)[],
): Uint8Array {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  // One character per byte. Bytes outside ASCII are decoded only in masked cells.
  const text = buffer.toString('latin1');
  let masked = '';
  /** The offset up to which the text has been copied to `masked`. */
  let taken = 0;
  let at = 0;
  for (let row = 0; row < rowCount; row += 1) {
    if (row > 0) at = skip(text, at, COMMA);
    at = skip(text, at, OPENING);
    for (let column = 0; column < masks.length; column += 1) {
      if (column > 0) at = skip(text, at, COMMA);
      const isNull = text.charCodeAt(at) !== QUOTE;
      const end = isNull ? skipNull(text, at) : endOfString(text, at);
      const mask = masks[column];
      if (mask != null && !isNull) {
        masked += text.slice(taken, at) + encodeCell(mask(decodeCell(buffer, at, end)));
        taken = end;
      }
      at = end;
    }
    at = skip(text, at, CLOSING);
  }
  if (at !== text.length) throw malformed();
  return Buffer.from(masked + text.slice(taken), 'latin1');
}

const [OPENING, CLOSING, COMMA, QUOTE, BACKSLASH] = [91, 93, 44, 34, 92] as const;

function skip(text: string, at: number, code: number): number {
  if (text.charCodeAt(at) !== code) throw malformed();
  return at + 1;
}

function skipNull(text: string, at: number): number {
  if (!text.startsWith('null', at)) throw malformed();
  return at + 4;
}

/** The offset after the closing quote of the string that begins at `at`. */
function endOfString(text: string, at: number): number {
  for (let quote = text.indexOf('"', at + 1); quote !== -1; quote = text.indexOf('"', quote + 1)) {
    let slashes = 0;
    while (text.charCodeAt(quote - 1 - slashes) === BACKSLASH) slashes += 1;
    // An even number of backslashes escape each other, not the quote.
    if (slashes % 2 === 0) return quote + 1;
  }
  throw malformed();
}

/**
 * Decodes a string in the bytes, whose range includes the quotes. Decoded from the bytes because a slice of the text
 * would keep the whole text in memory, and a mask may cache a cell for longer than its chunk.
 */
function decodeCell(bytes: Buffer, start: number, end: number): string {
  const plain = bytes.toString('latin1', start + 1, end - 1);
  if (!SPECIAL.test(plain)) return plain;
  try {
    return JSON.parse(bytes.toString('utf8', start, end)) as string;
  } catch {
    throw malformed();
  }
}

function encodeCell(cell: string | null): string {
  if (cell === null) return 'null';
  const written = JSON.stringify(cell);
  return SPECIAL.test(written) ? Buffer.from(written).toString('latin1') : written;
}

/** Strings that need decoding beyond removing the quotes: escapes and bytes outside ASCII. */
const SPECIAL = /[\\\u0080-\u{10ffff}]/u;

function malformed(): SluiceError {
  return new SluiceError('internal', 'the result is not encoded as its warehouse says', {
    advice: 'name the columns one by one instead of `*`, and run it again',
  });
}
