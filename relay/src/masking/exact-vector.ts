import { type Data, type DataType, type FixedSizeList, type List, makeData, Type } from 'apache-arrow';
import { cellReader } from '../encoding/arrow/index.ts';
import type { ColumnShape } from './cell.ts';

/**
 * A vector with its values and nothing else: zeros, or no bytes, under each null, and none before, between and behind the
 * values. As it is where it is so already. Null when it is not of a type that Snowflake has for the column's, or does not
 * hold together.
 */
export function exactly(data: Data, column: ColumnShape): Data | null {
  if (cellReader(data, column) === null && !isStructured(data, column)) return null;
  return exact(data, (index) => isValid(data, index));
}

/** By the bitmap, where there is one, whatever is said of the number of nulls. */
export function isValid({ nullBitmap }: Data, index: number): boolean {
  return (
    nullBitmap == null || nullBitmap.length === 0 || ((nullBitmap[index >> 3]! >> (index & 7)) & 1) === 1
  );
}

/** As Snowflake sends OBJECT, ARRAY and MAP with the types of what is in them, all the way down. */
function isStructured({ type, offset }: Data, column: ColumnShape): boolean {
  const isDocument = column.type === 'object' || column.type === 'array';
  return isDocument && offset === 0 && NESTED.has(type.typeId) && isOfKnownTypes(type);
}

function isOfKnownTypes(type: DataType): boolean {
  if (!NESTED.has(type.typeId)) return PLAIN.has(type.typeId);
  return (type.children ?? []).every((child) => isOfKnownTypes(child.type as DataType));
}

const NESTED: ReadonlySet<Type> = new Set([Type.Struct, Type.List, Type.Map, Type.FixedSizeList]);
const PLAIN: ReadonlySet<Type> = new Set([
  Type.Utf8,
  Type.Binary,
  Type.Bool,
  Type.Int,
  Type.Float,
  Type.Decimal,
  Type.Date,
]);

type IsValid = (index: number) => boolean;

function exact(data: Data, valid: IsValid): Data | null {
  const { type, length } = data;
  const nulls = bitmapOf(length, valid);
  const shape = { type, length, ...nulls };
  switch (data.typeId) {
    case Type.Utf8:
    case Type.Binary: {
      const parts = exactParts(data as Data<DataType<Type.Utf8>>, valid);
      return parts === null ? null : makeData({ ...shape, ...parts } as never);
    }
    case Type.Bool: {
      const bits = bitmapOf(length, (index) => valid(index) && bitOf(data, index)).nullBitmap;
      return makeData({ ...shape, data: bits } as never);
    }
    case Type.Struct: {
      const children = data.children.map((child) =>
        child.length === length && child.offset === 0
          ? exact(child, (index) => valid(index) && isValid(child, index))
          : null,
      );
      return children.includes(null) ? null : makeData({ ...shape, children } as never);
    }
    case Type.FixedSizeList: {
      const child = data.children[0] as Data | undefined;
      const { listSize } = type as FixedSizeList;
      if (child === undefined || child.length < length * listSize) return null;
      const within = (index: number) => valid(Math.floor(index / listSize)) && isValid(child, index);
      const values = exact(child.slice(0, length * listSize), within);
      return values === null ? null : makeData({ ...shape, child: values } as never);
    }
    case Type.List:
    case Type.Map: {
      const parts = exactElements(data as Data<List>, valid);
      return parts === null ? null : makeData({ ...shape, ...parts } as never);
    }
    default: {
      const values = exactValues(data, valid, nulls.nullCount);
      return values === null ? null : makeData({ ...shape, data: values } as never);
    }
  }
}

function bitOf({ values }: Data, index: number): boolean {
  return (((values as Uint8Array)[index >> 3]! >> (index & 7)) & 1) === 1;
}

function bitmapOf(length: number, valid: IsValid) {
  const nullBitmap = new Uint8Array(Math.ceil(length / 8));
  let nullCount = 0;
  for (let index = 0; index < length; index += 1) {
    if (valid(index)) nullBitmap[index >> 3]! |= 1 << (index & 7);
    else nullCount += 1;
  }
  return { nullBitmap, nullCount };
}

/** Values of one width. */
function exactValues({ values, length, stride }: Data, valid: IsValid, nulls: number) {
  const given = values as Int32Array;
  const words = length * stride;
  if (given.length < words) return null;
  if (nulls === 0) return given.subarray(0, words);
  const written = given.slice(0, words);
  const bytes = new Uint8Array(written.buffer);
  const width = stride * written.BYTES_PER_ELEMENT;
  for (let index = 0; index < length; index += 1)
    if (!valid(index)) bytes.fill(0, index * width, (index + 1) * width);
  return written;
}

/**
 * Elements of lists, and entries of maps, each of which is a list's. A null has none, and nothing is before the first or between them:
 * how many there were would show; those behind the last are left out.
 */
function exactElements({ valueOffsets, children, length }: Data<List>, valid: IsValid) {
  const child = children[0] as Data | undefined;
  if (child === undefined || child.offset !== 0) return null;
  if (length === 0) return { valueOffsets: new Int32Array(1), child: exact(child.slice(0, 0), () => false)! };
  if (valueOffsets.length <= length || valueOffsets[0] !== 0 || valueOffsets[length]! > child.length)
    return null;
  for (let index = 0; index < length; index += 1) {
    const size = valueOffsets[index + 1]! - valueOffsets[index]!;
    if (size < 0 || (size > 0 && !valid(index))) return null;
  }
  const elements = exact(child.slice(0, valueOffsets[length]), (index) => isValid(child, index));
  return elements === null ? null : { valueOffsets: valueOffsets.subarray(0, length + 1), child: elements };
}

/** Values of any width, stored one after the other. */
function exactParts({ values, valueOffsets, length }: Data<DataType<Type.Utf8>>, valid: IsValid) {
  if (length === 0) return { data: new Uint8Array(), valueOffsets: new Int32Array(1) };
  if (valueOffsets.length <= length || valueOffsets[0]! < 0 || valueOffsets[length]! > values.length)
    return null;
  let isExact = valueOffsets[0] === 0;
  for (let index = 0; index < length; index += 1) {
    const size = valueOffsets[index + 1]! - valueOffsets[index]!;
    if (size < 0) return null;
    if (size > 0 && !valid(index)) isExact = false;
  }
  if (isExact)
    return {
      data: values.subarray(0, valueOffsets[length]),
      valueOffsets: valueOffsets.subarray(0, length + 1),
    };
  const offsets = new Int32Array(length + 1);
  const parts: Uint8Array[] = [];
  for (let index = 0; index < length; index += 1) {
    const part = valid(index)
      ? values.subarray(valueOffsets[index], valueOffsets[index + 1])
      : new Uint8Array();
    parts.push(part);
    offsets[index + 1] = offsets[index]! + part.byteLength;
  }
  return { data: Buffer.concat(parts), valueOffsets: offsets };
}
