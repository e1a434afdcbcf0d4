import { type DuckDBDataChunk, DuckDBTypeId } from '@duckdb/node-api';
import {
  Binary,
  Bool,
  type Data,
  DateDay,
  Decimal,
  Float64,
  type Int32,
  Int64,
  makeData,
  Utf8,
} from 'apache-arrow';
import { arrowType, type Cell, type ColumnShape, writeCells } from '../../encoding/arrow/index.ts';
import type { CellType } from './cells.ts';
import { type DuckDBRows, isValid, rowsOfVector, stringsOfVector } from './duckdb-vector.ts';
import { fitsInLong, longsOf, widthOfIntegers } from './integers.ts';
import { readDocument } from './structured-text.ts';
import { structuredVector } from './structured-vector.ts';
import { timeVector } from './time-vector.ts';

/**
 * Some rows of one of DuckDB's vectors as Arrow's, of a type that Snowflake has for the column's. Nothing of what lies
 * under a null is copied.
 * @param from the first row, a multiple of eight; `to` the one behind the last.
 */
export function arrowVector(
  chunk: DuckDBDataChunk,
  index: number,
  type: CellType & { readonly column: ColumnShape },
  from: number,
  to: number,
): Data {
  const { column, structure } = type;
  if (structure !== undefined) {
    const vector = chunk.getColumnVector(index);
    const texts = Array.from({ length: to - from }, (_, row) => vector.getItem(from + row));
    return structuredVector(
      column,
      structure,
      texts.map((text) => (text === null ? null : readDocument(String(text)))),
    );
  }
  const { typeId } = chunk.getColumnVector(index).type;
  const rows = (width: number) => rowsOfVector(chunk, index, width, from, to);
  switch (typeId) {
    case DuckDBTypeId.VARCHAR:
      // A document is written anew, as Snowflake writes it.
      if (column.type !== 'text') return byCells(chunk, index, type, from, to);
      return makeData({ ...stringsOfVector(chunk, index, from, to), type: new Utf8() } as never);
    case DuckDBTypeId.BLOB:
      if (column.type !== 'binary') return byCells(chunk, index, type, from, to);
      return makeData({ ...stringsOfVector(chunk, index, from, to), type: new Binary() } as never);
    case DuckDBTypeId.DOUBLE:
      if (column.type !== 'real') return byCells(chunk, index, type, from, to);
      return of(new Float64(), rows(8), (given) => new Float64Array(given.buffer));
    case DuckDBTypeId.DATE:
      if (column.type !== 'date') return byCells(chunk, index, type, from, to);
      return of(new DateDay(), rows(4), (given) => new Int32Array(given.buffer));
    case DuckDBTypeId.BOOLEAN:
      if (column.type !== 'boolean') return byCells(chunk, index, type, from, to);
      return booleans(rows(1));
    case DuckDBTypeId.TIME:
    case DuckDBTypeId.TIMESTAMP:
    case DuckDBTypeId.TIMESTAMP_TZ:
      return timeVector(rows(8), column) ?? byCells(chunk, index, type, from, to);
    default: {
      const width = widthOfIntegers(chunk.getColumnVector(index).type);
      if (width === null || column.type !== 'fixed') return byCells(chunk, index, type, from, to);
      return numbers(rows(width), width, column);
    }
  }
}

/** Of what has no way of its own: by way of its texts. */
function byCells(
  chunk: DuckDBDataChunk,
  index: number,
  { column, encode }: CellType & { readonly column: ColumnShape },
  from: number,
  to: number,
): Data {
  const vector = chunk.getColumnVector(index);
  const cells: Cell[] = [];
  for (let row = from; row < to; row += 1) {
    const value = vector.getItem(row);
    cells.push(value === null ? null : encode(value));
  }
  return writeCells(column, cells);
}

function of(type: Float64 | DateDay, rows: DuckDBRows, values: (bytes: Uint8Array) => unknown): Data {
  const { bytes, ...nulls } = rows;
  return makeData({
    ...nulls,
    type,
    data: values(withoutHidden(rows, bytes.byteLength / rows.length)),
  } as never);
}

/** A copy in which zeros lie under nulls. */
function withoutHidden(rows: DuckDBRows, width: number): Uint8Array {
  const copy = new Uint8Array(rows.bytes);
  if (rows.nullCount === 0) return copy;
  for (let row = 0; row < rows.length; row += 1)
    if (!isValid(rows, row)) copy.fill(0, row * width, (row + 1) * width);
  return copy;
}

function booleans({ bytes, ...nulls }: DuckDBRows): Data {
  const data = new Uint8Array(nulls.nullBitmap.length);
  for (let row = 0; row < nulls.length; row += 1)
    if (bytes[row] !== 0 && isValid(nulls, row)) data[row >> 3]! |= 1 << (row & 7);
  return makeData({ ...nulls, type: new Bool(), data });
}

/**
 * A number is as wide as its column's digits ask for. Most columns are NUMBER(38), which few numbers need: as long as none
 * of a chunk does, it has 64 bits, as programs expect of whole numbers. Where the column is masked, its width is taken
 * back to what its description says.
 */
function numbers(rows: DuckDBRows, width: number, column: ColumnShape): Data {
  const { bytes: _, ...nulls } = rows;
  const copy = withoutHidden(rows, width);
  const declared = arrowType(column);
  if (width === 16 && !fitsInLong(copy)) {
    const type = new Decimal(column.scale ?? 0, 38, 128);
    return makeData({ ...nulls, type, data: new Uint32Array(copy.buffer) } as never);
  }
  const longs = longsOf(copy, width);
  const values = declared instanceof Decimal ? longs : narrowed(longs, declared as Int32);
  return makeData({ ...nulls, type: values === longs ? new Int64() : declared, data: values } as never);
}

type Integers = BigInt64Array | Int32Array;

/** As they are, if one of them does not fit. */
function narrowed(longs: BigInt64Array, { ArrayType }: Int32): Integers {
  const Narrow = ArrayType as unknown as new (length: number) => Integers;
  const written = new Narrow(longs.length);
  if (written instanceof BigInt64Array) return longs;
  const words = new Int32Array(longs.buffer);
  for (let index = 0; index < longs.length; index += 1) {
    const low = words[index * 2]!;
    written[index] = low;
    if (written[index] !== low || words[index * 2 + 1] !== low >> 31) return longs;
  }
  return written;
}
