import {
  type Data,
  type DataType,
  DateDay,
  Decimal,
  Field,
  Int32,
  Int64,
  makeBuilder,
  makeData,
  RecordBatch,
  RecordBatchStreamWriter,
  Schema,
  Struct,
} from 'apache-arrow';
import type { ColumnShape, LogicalType } from '../column.ts';

/** A column with its values. */
export interface Given {
  readonly column: ColumnShape;
  readonly data: Data;
  /** Of its field, instead of what Snowflake says of a column. */
  readonly metadata?: Readonly<Record<string, string>>;
}

/** Builds an IPC stream as Snowflake sends it, with its metadata on the fields (driver protocol, section 8). */
export function ipc(given: readonly Given[], batches = 1): Uint8Array {
  const fields = given.map(
    ({ column, data, metadata = saidOf(column) }) =>
      new Field(column.name, data.type, false, new Map(Object.entries(metadata))),
  );
  const schema = new Schema(fields, new Map([['k', 'v']]));
  const writer = new RecordBatchStreamWriter();
  writer.reset(undefined, schema);
  const children = given.map(({ data }) => data);
  const { length } = children[0]!;
  for (let batch = 0; batch < batches; batch += 1)
    writer.write(
      new RecordBatch(schema, makeData({ type: new Struct(fields), length, nullCount: 0, children })),
    );
  writer.finish();
  return writer.toUint8Array(true);
}

function saidOf({ type, scale, precision, length }: ColumnShape): Readonly<Record<string, string>> {
  return {
    logicalType: type.toUpperCase(),
    scale: String(scale ?? 0),
    precision: String(precision ?? 38),
    charLength: String(length ?? 0),
    byteLength: String(length ?? 0),
  };
}

export function shape(type: LogicalType, more: Partial<ColumnShape> = {}): ColumnShape {
  return { name: 'C', type, precision: null, scale: null, length: null, ...more };
}

/** Builds a vector of most types. */
export function built(type: DataType, values: readonly unknown[]): Data {
  const builder = makeBuilder({ type, nullValues: [null] });
  for (const value of values) builder.append(value);
  return builder.finish().flush();
}

export const days = (...values: readonly number[]) =>
  makeData({ type: new DateDay(), data: Int32Array.from(values), length: values.length, nullCount: 0 });

/** A decimal vector, the lowest 32 bits of each value first. */
export const decimals = (scale: number, ...values: readonly bigint[]) =>
  makeData({
    type: new Decimal(scale, 38, 128),
    length: values.length,
    nullCount: 0,
    data: Uint32Array.from(
      values.flatMap((value) => WORDS.map((word) => Number(BigInt.asUintN(32, value >> BigInt(32 * word))))),
    ),
  });

/** The struct type of a timestamp. */
export const instant = (names: readonly string[]) =>
  new Struct(
    names.map((name) => new Field(name, name === 'epoch' ? new Int64() : new Int32(), true)) as [
      Field<Int64>,
    ],
  );

const WORDS = [0, 1, 2, 3];
