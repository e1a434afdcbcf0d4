import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { arrowRows } from './arrow-rows.ts';
import type { Column, Row } from './columns.ts';

export type Encoding = 'json' | 'arrow';

/** A chunk as storage keeps it. */
export interface Packed {
  readonly bytes: Buffer;
  readonly rowCount: number;
  readonly uncompressedSize: number;
}

/** The rows of a result, of which a part at a time is in memory. */
export interface RowSource {
  readonly total: number;
  rows(start: number, count: number): readonly Row[];
  /** A chunk of them, which may be kept for the next who asks. */
  chunk(columns: readonly Column[], encoding: Encoding, start: number, count: number): Promise<Packed>;
}

export function rowsOf(rows: readonly Row[]): RowSource {
  const slice = (start: number, count: number) => rows.slice(start, start + count);
  return {
    total: rows.length,
    rows: slice,
    chunk: (columns, encoding, start, count) => pack(columns, encoding, slice(start, count)),
  };
}

/**
 * A result of any size. With `repeatsAfter`, row `i` is `row(i % repeatsAfter)`: chunks that begin at the same one of these are made
 * once, packed, and sent again and again, so that neither memory nor the server's processor is what a large result is waited for.
 * Without it no rows are alike, and each chunk is made when it is asked for.
 */
export function generatedRows(total: number, row: (index: number) => Row, repeatsAfter?: number): RowSource {
  const distinct = repeatsAfter ?? total;
  const made = new Map<string, Promise<Packed>>();
  const rows = (start: number, count: number) =>
    Array.from({ length: Math.max(0, Math.min(count, total - start)) }, (_, index) =>
      row((start + index) % distinct),
    );
  return {
    total,
    rows,
    chunk(columns, encoding, start, count) {
      const key = `${encoding} ${start % distinct} ${Math.min(count, total - start)}`;
      let chunk = made.get(key);
      if (chunk === undefined) {
        chunk = pack(columns, encoding, rows(start, count));
        if (repeatsAfter !== undefined) made.set(key, chunk);
      }
      return chunk;
    },
  };
}

/** Rows joined by commas, without brackets around them (driver protocol, section 7). */
export function jsonRows(rows: readonly Row[]): Buffer {
  return Buffer.from(JSON.stringify(rows).slice(1, -1));
}

async function pack(columns: readonly Column[], encoding: Encoding, rows: readonly Row[]): Promise<Packed> {
  const bytes = encoding === 'json' ? jsonRows(rows) : arrowRows(columns, rows);
  return {
    bytes: await promisify(gzip)(bytes, { level: 6 }),
    rowCount: rows.length,
    uncompressedSize: bytes.length,
  };
}
