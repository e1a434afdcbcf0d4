import {
  Binary,
  Bool,
  type Data,
  type DataType,
  DateDay,
  Decimal,
  Field,
  Float64,
  Int16,
  Int32,
  Int64,
  Int8,
  makeBuilder,
  makeData,
  RecordBatch,
  RecordBatchStreamWriter,
  Schema,
  Struct,
  Utf8,
} from 'apache-arrow';
import { type Cell, type Column, type Row, shapeOf } from './columns.ts';

/**
 * Rows as Snowflake sends them in Arrow: an IPC stream with its metadata on the fields (driver protocol, section 8). None
 * of it is the relay's code, which has to read what this writes.
 *
 * @param batches how many record batches the rows are in.
 */
export function arrowRows(columns: readonly Column[], rows: readonly Row[], batches = 1): Buffer {
  const types = columns.map((column, index) => typeOf(column, rows, index));
  const fields = columns.map((column, index) => fieldOf(column, types[index]!));
  const schema = new Schema(fields);
  const writer = new TrueLengths();
  writer.reset(undefined, schema);
  const each = Math.max(1, Math.ceil(rows.length / batches));
  for (let start = 0; start < rows.length; start += each) {
    const part = rows.slice(start, start + each);
    const children = columns.map((column, index) => vector(column, types[index]!, part, index));
    writer.write(
      new RecordBatch(
        schema,
        makeData({ type: new Struct(fields), length: part.length, nullCount: 0, children }),
      ),
    );
  }
  writer.finish();
  return Buffer.from(writer.toUint8Array(true));
}

function fieldOf(column: Column, type: DataType): Field {
  const { precision, scale, length } = shapeOf(column);
  return new Field(
    column.name,
    type,
    column.nullable ?? true,
    new Map([
      ['logicalType', column.type.toUpperCase()],
      ['precision', String(precision ?? 38)],
      ['scale', String(scale ?? 0)],
      ['charLength', String(length ?? 0)],
      ['byteLength', String(byteLengthOf(column, type, length))],
      ['finalType', 'T'],
    ]),
  );
}

/** The Python connector tells by it whether a TIMESTAMP_TZ has two parts or three. */
function byteLengthOf(column: Column, type: DataType, length: number | null): number {
  if (length !== null) return column.type === 'text' ? length * 4 : length;
  if (type instanceof Bool || type instanceof Int8) return 1;
  if (type instanceof Int16) return 2;
  if (type instanceof Int32 || type instanceof DateDay) return 4;
  if (type instanceof Struct && type.children.length === 2 && column.type === 'timestamp_tz') return 8;
  return type instanceof Struct || type instanceof Decimal ? 16 : 8;
}

/** Snowflake's integers are as narrow as the declared precision lets them be; what is wider than 64 bits is a decimal. */
function typeOf(column: Column, rows: readonly Row[], at: number): DataType {
  const { precision, scale } = shapeOf(column);
  switch (column.type) {
    case 'fixed':
      if (precision! <= 2) return new Int8();
      if (precision! <= 4) return new Int16();
      if (precision! <= 9) return new Int32();
      if (precision! <= 18 || rows.every((row) => fitsInt64(row[at]!, scale!))) return new Int64();
      return new Decimal(scale!, precision!, 128);
    case 'real':
      return new Float64();
    case 'boolean':
      return new Bool();
    case 'date':
      return new DateDay();
    case 'time':
      return scale! <= 4 ? new Int32() : new Int64();
    case 'timestamp_ntz':
    case 'timestamp_ltz':
      return scale! <= 7 ? new Int64() : struct({ epoch: new Int64(), fraction: new Int32() });
    case 'timestamp_tz':
      return scale! <= 3
        ? struct({ epoch: new Int64(), timezone: new Int32() })
        : struct({ epoch: new Int64(), fraction: new Int32(), timezone: new Int32() });
    case 'binary':
      return new Binary();
    case 'decfloat':
      return struct({ exponent: new Int16(), significand: new Binary() });
    case 'text':
    case 'variant':
    case 'object':
    case 'array':
      return new Utf8();
    default:
      return column.type satisfies never;
  }
}

function vector(column: Column, type: DataType, rows: readonly Row[], at: number): Data {
  const value = reader(column, type);
  const builder = makeBuilder({ type, nullValues: [null] });
  for (const row of rows) {
    const cell = row[at]!;
    builder.append(cell === null ? null : value(cell));
  }
  return builder.finish().flush();
}

/** The value that the vector's builder takes, of a cell's text. */
function reader(column: Column, type: DataType): (cell: string) => unknown {
  const { scale } = shapeOf(column);
  switch (column.type) {
    case 'fixed':
      if (type instanceof Int64) return (cell) => scaled(cell, scale!);
      if (type instanceof Decimal) return (cell) => words(scaled(cell, scale!));
      return (cell) => Number(scaled(cell, scale!));
    case 'real':
      return (cell) => Number(cell.replace('inf', 'Infinity'));
    case 'boolean':
      return (cell) => cell === '1';
    case 'date':
      // The builder takes milliseconds.
      return (cell) => Number(cell) * 86_400_000;
    case 'time':
      return type instanceof Int64 ? (cell) => scaled(cell, scale!) : (cell) => Number(scaled(cell, scale!));
    case 'timestamp_ntz':
    case 'timestamp_ltz':
      return type instanceof Int64 ? (cell) => scaled(cell, scale!) : instant;
    case 'timestamp_tz':
      return (cell) => {
        const [time, zone] = cell.split(' ') as [string, string];
        return scale! <= 3
          ? { epoch: scaled(time, scale!), timezone: Number(zone) }
          : { ...instant(time), timezone: Number(zone) };
      };
    case 'binary':
      return (cell) => Buffer.from(cell, 'hex');
    case 'decfloat':
      return (cell) => {
        const [, sign, whole, fraction = '', exponent = '0'] =
          /^(-?)(\d+)(?:\.(\d+))?(?:e([+-]?\d+))?$/i.exec(cell)!;
        return {
          exponent: Number(exponent) - fraction.length,
          significand: bigEndian(BigInt(`${sign}${whole}${fraction}`)),
        };
      };
    case 'text':
    case 'variant':
    case 'object':
    case 'array':
      return (cell) => cell;
    default:
      return column.type satisfies never;
  }
}

/** The whole number of units of `10 ** -scale` in a decimal text. */
function scaled(text: string, scale: number): bigint {
  const [whole = '0', fraction = ''] = text.split('.');
  return BigInt(whole + fraction.slice(0, scale).padEnd(scale, '0'));
}

function instant(text: string) {
  // A negative time's fraction counts up from the second below it, as Snowflake has it.
  const nanos = scaled(text, 9);
  const epoch = nanos >= 0n ? nanos / 1_000_000_000n : (nanos - 999_999_999n) / 1_000_000_000n;
  return { epoch, fraction: Number(nanos - epoch * 1_000_000_000n) };
}

function fitsInt64(cell: Cell, scale: number): boolean {
  if (cell === null) return true;
  const value = scaled(cell, scale);
  return BigInt.asIntN(64, value) === value;
}

/** The lowest 32 bits first. */
function words(value: bigint): Uint32Array {
  return Uint32Array.from([0n, 32n, 64n, 96n], (shift) => Number(BigInt.asUintN(32, value >> shift)));
}

function bigEndian(value: bigint): Buffer {
  let bytes = 1;
  while (BigInt.asIntN(bytes * 8, value) !== value) bytes += 1;
  return Buffer.from(
    BigInt.asUintN(bytes * 8, value)
      .toString(16)
      .padStart(bytes * 2, '0'),
    'hex',
  );
}

function struct(children: Readonly<Record<string, DataType>>): Struct {
  return new Struct(Object.entries(children).map(([name, type]) => new Field(name, type, true)));
}

/**
 * The library says of each buffer a length that is padded to 8 bytes. Snowflake says the true one, and its Python connectors 3 and 4
 * refuse a text whose offsets go on behind its last.
 */
class TrueLengths extends RecordBatchStreamWriter {
  protected override _assembleRecordBatch(batch: RecordBatch) {
    const parts = super._assembleRecordBatch(batch);
    for (const [index, region] of parts.bufferRegions.entries())
      region.length = parts.buffers[index]!.byteLength;
    return parts;
  }
}
