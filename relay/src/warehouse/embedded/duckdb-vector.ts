import type { DuckDBDataChunk } from '@duckdb/node-api';
import duckdb from '@duckdb/node-bindings';

/** Some rows of a column as they lie in DuckDB's memory, which is DuckDB's: what stays has to be copied. */
export interface DuckDBRows {
  readonly length: number;
  /** Bytes of the values, `width` for each. Under a null anything may lie: what was there before, or was not to be seen. */
  readonly bytes: Uint8Array;
  /** A bit for each row, as Arrow has it; nothing behind the last. */
  readonly nullBitmap: Uint8Array;
  readonly nullCount: number;
}

/** @param from a multiple of eight. */
export function rowsOfVector(
  { chunk }: DuckDBDataChunk,
  column: number,
  width: number,
  from: number,
  to: number,
): DuckDBRows {
  const vector = duckdb.data_chunk_get_vector(chunk, column);
  const length = to - from;
  const bytes = duckdb.vector_get_data(vector, to * width).subarray(from * width);
  // DuckDB writes bits in words of 64, the lowest first; none at all where nothing is null.
  const bits = duckdb.vector_get_validity(vector, Math.ceil(to / 64) * 8) as Uint8Array | null;
  const size = Math.ceil(length / 8);
  const nullBitmap = bits ? bits.slice(from >> 3, (from >> 3) + size) : new Uint8Array(size).fill(0xff);
  if (length % 8 !== 0) nullBitmap[size - 1]! &= (1 << (length % 8)) - 1;
  return { length, bytes, nullBitmap, nullCount: length - ones(nullBitmap) };
}

export function isValid({ nullBitmap }: Pick<DuckDBRows, 'nullBitmap'>, row: number): boolean {
  return ((nullBitmap[row >> 3]! >> (row & 7)) & 1) === 1;
}

/** Bytes of a `duckdb_string_t`: up to 12 lie in it, more where it points to. */
const STRING = 16;
const INLINED = 12;

/** Texts or binary values, stored one after the other, as Arrow has them. Those that are null have none. */
export function stringsOfVector(chunk: DuckDBDataChunk, column: number, from: number, to: number) {
  const { bytes, ...rows } = rowsOfVector(chunk, column, STRING, from, to);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const valueOffsets = new Int32Array(rows.length + 1);
  for (let row = 0; row < rows.length; row += 1) {
    const size = isValid(rows, row) ? view.getUint32(row * STRING, true) : 0;
    valueOffsets[row + 1] = valueOffsets[row]! + size;
  }
  const data = new Uint8Array(valueOffsets[rows.length]!);
  for (let row = 0; row < rows.length; row += 1) {
    const [start, end] = [valueOffsets[row]!, valueOffsets[row + 1]!];
    if (start === end) continue;
    const at = row * STRING;
    const size = end - start;
    if (size > INLINED) {
      data.set(
        duckdb.get_data_from_pointer(view.buffer as ArrayBuffer, view.byteOffset + at + 8, size),
        start,
      );
    } else {
      for (let index = 0; index < size; index += 1) data[start + index] = bytes[at + 4 + index]!;
    }
  }
  return { ...rows, valueOffsets, data };
}

function ones(bytes: Uint8Array): number {
  let count = 0;
  for (let byte of bytes) for (; byte !== 0; byte &= byte - 1) count += 1;
  return count;
}
