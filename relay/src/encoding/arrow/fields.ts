import {
  Binary,
  Bool,
  type DataType,
  DateDay,
  Decimal,
  Field,
  Float64,
  Int16,
  Int32,
  Int64,
  Int8,
  Struct,
  Type,
  Utf8,
} from 'apache-arrow';
import type { ColumnShape } from '../column.ts';

/** Digits that integers of 8, 16, 32 and 64 bits hold, whatever the digits are. */
const WIDTHS = [
  [2, () => new Int8()],
  [4, () => new Int16()],
  [9, () => new Int32()],
  [18, () => new Int64()],
] as const;

/** Digits of a second that 64 bits hold with all of a timestamp's, and that go with an offset beside them. */
const MOST_IN_ONE = 7;
const MOST_BESIDE_ZONE = 3;

/**
 * The Arrow type of a column (driver protocol, section 8), by its description alone. Snowflake makes numbers as narrow as
 * the values in a chunk allow; of a column that is masked, that would tell of what the mask hides.
 */
export function arrowType({ type, precision, scale }: ColumnShape): DataType {
  switch (type) {
    case 'text':
    case 'variant':
    case 'object':
    case 'array':
      return new Utf8();
    case 'binary':
      return new Binary();
    case 'fixed': {
      const narrow = WIDTHS.find(([digits]) => (precision ?? MOST_DIGITS) <= digits);
      return narrow === undefined ? new Decimal(scale ?? 0, MOST_DIGITS, 128) : narrow[1]();
    }
    case 'real':
      return new Float64();
    case 'decfloat':
      return struct({ exponent: new Int16(), significand: new Binary() });
    case 'boolean':
      return new Bool();
    case 'date':
      return new DateDay();
    case 'time':
      return (scale ?? 0) <= 4 ? new Int32() : new Int64();
    case 'timestamp_ntz':
    case 'timestamp_ltz':
      return (scale ?? 0) <= MOST_IN_ONE
        ? new Int64()
        : struct({ epoch: new Int64(), fraction: new Int32() });
    case 'timestamp_tz':
      return (scale ?? 0) <= MOST_BESIDE_ZONE
        ? struct({ epoch: new Int64(), timezone: new Int32() })
        : struct({ epoch: new Int64(), fraction: new Int32(), timezone: new Int32() });
    default:
      return type satisfies never;
  }
}

export const MOST_DIGITS = 38;

/** A column's field with the metadata that drivers go by. Nothing in it comes from the column's values. */
export function arrowField(column: ColumnShape, type: DataType): Field {
  const { name, precision, scale, length } = column;
  const metadata = {
    logicalType: type.typeId === Type.Map ? 'MAP' : column.type.toUpperCase(),
    precision: String(precision ?? MOST_DIGITS),
    scale: String(scale ?? 0),
    charLength: String(column.type === 'text' ? (length ?? 0) : 0),
    byteLength: String(column.type === 'text' ? bytesOf(length) : (length ?? widthOf(type))),
    finalType: 'T',
  };
  return new Field(name, type, true, new Map(Object.entries(metadata)));
}

/** Bytes that a text of so many characters may have, at most those that Snowflake gives a text. */
function bytesOf(characters: number | null): number {
  return Math.min((characters ?? 0) * 4, 134_217_728);
}

/** Bytes of a value: one driver tells by them which parts a timestamp with a zone has. */
function widthOf(type: DataType): number {
  switch (type.typeId) {
    case Type.Int:
      return (type as Int32).bitWidth / 8;
    case Type.Decimal:
      return 16;
    case Type.Float:
      return 8;
    case Type.Date:
      return 4;
    case Type.Bool:
      return 1;
    case Type.Struct:
      return type.children.some(({ name }) => name === 'fraction') ? 16 : 8;
    default:
      return 0;
  }
}

function struct(parts: Readonly<Record<string, DataType>>): Struct {
  return new Struct(Object.entries(parts).map(([name, type]) => new Field(name, type, true)));
}
