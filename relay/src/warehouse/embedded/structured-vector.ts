import { type Data, Field, List, makeData, Map_, Struct } from 'apache-arrow';
import { arrowField, type Cell, type ColumnShape, writeCells } from '../../encoding/arrow/index.ts';
import { shapeOfType } from './cells.ts';
import { type DocumentValue, isTime, plain } from './structured-text.ts';
import { readTime } from './structured-times.ts';
import type { SnowflakeType, Structure, StructureField } from './types/snowflake-type.ts';

/** Documents of structured types as Arrow's structs, lists and maps, of fields that say what they are. */
export function structuredVector(
  column: ColumnShape,
  { of, fields }: Structure,
  values: readonly DocumentValue[],
): Data {
  switch (of) {
    case 'object': {
      const maps = values.map(mapOf);
      const children = fields.map((field) =>
        child(
          field.name,
          field,
          maps.map((map) => map?.get(field.name) ?? null),
        ),
      );
      const type = new Struct(children.map((one) => one.field));
      const data = children.map((one) => one.data);
      return makeData({ type, ...nulls(maps), children: data } as never);
    }
    case 'array': {
      const lists = values.map((value) =>
        Array.isArray(value) ? (value as readonly DocumentValue[]) : null,
      );
      const element = child(
        'element',
        fields[0]!,
        lists.flatMap((list) => list ?? []),
      );
      const offsets = offsetsOf(lists.map((list) => list?.length ?? 0));
      const type = new List(element.field);
      return makeData({ type, ...nulls(lists), valueOffsets: offsets, child: element.data } as never);
    }
    case 'map': {
      const maps = values.map(mapOf);
      const entries = maps.flatMap((map) => [...(map ?? [])]);
      const [key, value] = fields as [StructureField, StructureField];
      const isNumber = key.type.kind === 'fixed';
      const keys = child(
        'key',
        key,
        entries.map(([name]) => (isNumber ? { number: name } : name)),
      );
      const items = child(
        'value',
        value,
        entries.map(([, one]) => one),
      );
      const type = new Struct([required(keys.field), items.field]);
      const pairs = makeData({
        type,
        length: entries.length,
        nullCount: 0,
        children: [keys.data, items.data],
      } as never);
      const offsets = offsetsOf(maps.map((map) => map?.size ?? 0));
      return makeData({
        type: new Map_(new Field('entries', type, false) as never),
        ...nulls(maps),
        valueOffsets: offsets,
        child: pairs,
      } as never);
    }
    default:
      return of satisfies never;
  }
}

/** A key is there: readers insist on a schema that says so. */
function required({ name, type, metadata }: Field): Field {
  return new Field(name, type, false, metadata);
}

function mapOf(value: DocumentValue): ReadonlyMap<string, DocumentValue> | null {
  return value instanceof Map ? (value as ReadonlyMap<string, DocumentValue>) : null;
}

function child(name: string, { type }: StructureField, values: readonly DocumentValue[]) {
  const shape: ColumnShape = { name, ...shapeOfType(type) };
  const isNested = (type.kind === 'object' || type.kind === 'array') && type.structure !== undefined;
  const data = isNested
    ? structuredVector(shape, type.structure, values)
    : writeCells(
        shape,
        values.map((value) => cellOf(value, type)),
      );
  return { data, field: arrowField(shape, data.type) };
}

/** As a column of the type has it (driver protocol, section 6). */
function cellOf(value: DocumentValue, type: SnowflakeType): Cell {
  if (value === null) return null;
  if (type.kind === 'variant' || type.kind === 'object' || type.kind === 'array') return plain(value);
  if (typeof value === 'boolean') return value ? '1' : '0';
  if (typeof value === 'string') return isTime(type.kind) ? timeCell(value, type) : value;
  return 'number' in value ? value.number : null;
}

function timeCell(text: string, type: SnowflakeType): Cell {
  const time = readTime(text);
  if (time === null) return null;
  if (type.kind === 'date') return String(time.local / 86_400_000_000n);
  const instant = time.local - BigInt(time.offset) * 60_000_000n;
  const seconds = decimal(instant, 'scale' in type ? type.scale : 9);
  return type.kind === 'timestamp_tz' ? `${seconds} ${time.offset + 1440}` : seconds;
}

/** Seconds with so many digits behind the point. */
function decimal(micros: bigint, scale: number): string {
  const digits = (micros < 0n ? -micros : micros).toString().padStart(7, '0');
  const fraction = `${digits.slice(-6)}000`.slice(0, scale);
  return `${micros < 0n ? '-' : ''}${digits.slice(0, -6)}${fraction === '' ? '' : `.${fraction}`}`;
}

function nulls(values: readonly unknown[]) {
  const nullBitmap = new Uint8Array(Math.ceil(values.length / 8));
  let nullCount = 0;
  for (const [index, value] of values.entries()) {
    if (value === null) nullCount += 1;
    else nullBitmap[index >> 3]! |= 1 << (index & 7);
  }
  return { length: values.length, nullCount, nullBitmap };
}

function offsetsOf(lengths: readonly number[]): Int32Array {
  const offsets = new Int32Array(lengths.length + 1);
  for (const [index, length] of lengths.entries()) offsets[index + 1] = offsets[index]! + length;
  return offsets;
}
