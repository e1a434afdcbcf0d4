import { type Data, type DataType, Int32, Int64, makeData, Type } from 'apache-arrow';
import { arrowType, type ColumnShape } from '../../encoding/arrow/index.ts';
import { type DuckDBRows, isValid } from './duckdb-vector.ts';

const MICROSECONDS = 6;
const SECOND = 1_000_000;

/** Times and timestamps without an offset, microseconds in 64 bits; null for a column of another type. */
export function timeVector({ bytes, ...nulls }: DuckDBRows, column: ColumnShape): Data | null {
  if (column.type !== 'time' && column.type !== 'timestamp_ntz' && column.type !== 'timestamp_ltz')
    return null;
  const type = arrowType(column);
  const given = microseconds(bytes, nulls);
  if (type.typeId !== Type.Struct)
    return makeData({ ...nulls, type, data: inOne(given, type, column) } as never);
  const parts = [
    makeData({ type: new Int64(), length: nulls.length, nullCount: 0, data: seconds(given) }),
    makeData({ type: new Int32(), length: nulls.length, nullCount: 0, data: fractions(given) }),
  ];
  return makeData({ ...nulls, type, children: parts } as never);
}

/** As doubles where they hold them, until the year 2255; zeros under nulls. */
function microseconds(bytes: Uint8Array, nulls: Omit<DuckDBRows, 'bytes'>): Float64Array | BigInt64Array {
  const copy = new Uint8Array(bytes);
  const longs = new BigInt64Array(copy.buffer);
  const words = new Int32Array(copy.buffer);
  const doubles = new Float64Array(nulls.length);
  let isExact = true;
  for (let row = 0; row < nulls.length; row += 1) {
    if (!isValid(nulls, row)) {
      longs[row] = 0n;
      continue;
    }
    const value = words[row * 2 + 1]! * 4_294_967_296 + (words[row * 2]! >>> 0);
    doubles[row] = value;
    isExact &&= Number.isSafeInteger(value);
  }
  return isExact ? doubles : longs;
}

/** In the units of the column's scale. What is finer is cut off towards zero, as in texts. */
function inOne(given: Float64Array | BigInt64Array, type: DataType, { scale }: ColumnShape) {
  const places = (scale ?? 0) - MICROSECONDS;
  if (type.typeId === Type.Int && type.ArrayType === Int32Array)
    return Int32Array.from(given as Float64Array, (value) => Math.trunc(value / 10 ** -places));
  const written = new BigInt64Array(given.length);
  for (let row = 0; row < given.length; row += 1) {
    const value = BigInt(given[row]!);
    written[row] = places >= 0 ? value * 10n ** BigInt(places) : value / 10n ** BigInt(-places);
  }
  return written;
}

function seconds(given: Float64Array | BigInt64Array): BigInt64Array {
  if (given instanceof BigInt64Array)
    return given.map((value) => (value - BigInt(below(value))) / BigInt(SECOND));
  const written = new BigInt64Array(given.length);
  const words = new Int32Array(written.buffer);
  for (let row = 0; row < given.length; row += 1) {
    const value = Math.floor(given[row]! / SECOND);
    words[row * 2] = value | 0;
    words[row * 2 + 1] = Math.floor(value / 4_294_967_296);
  }
  return written;
}

function fractions(given: Float64Array | BigInt64Array): Int32Array {
  const written = new Int32Array(given.length);
  for (let row = 0; row < given.length; row += 1) {
    const value = given[row]!;
    written[row] =
      1_000 * (typeof value === 'bigint' ? below(value) : value - Math.floor(value / SECOND) * SECOND);
  }
  return written;
}

/** Microseconds after the last whole second before it. */
function below(value: bigint): number {
  return Number(((value % BigInt(SECOND)) + BigInt(SECOND)) % BigInt(SECOND));
}
