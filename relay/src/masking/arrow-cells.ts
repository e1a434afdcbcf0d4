import {
  Bool,
  type Data,
  type DataType,
  Int32,
  Int64,
  makeBuilder,
  makeData,
  type Struct,
  Type,
} from 'apache-arrow';
import type { ColumnShape } from './cell.ts';

type Cell = string | null;

/** Converts between an Arrow vector's values and the texts that masks work on (driver protocol, sections 6 and 8). */
export interface ArrowCells {
  /** The value's text, or null when it cannot be read; the value is then not shown. Not called for null values. */
  read(index: number): Cell;
  /** Builds a vector of the same type. Cells that are not values of that type become null. */
  write(cells: readonly Cell[]): Data;
}

/** Returns null when the vector's type is not one that Snowflake uses for the column's type. */
export function arrowCells(data: Data, column: ColumnShape): ArrowCells | null {
  if (data.offset !== 0) return null;
  const scale = column.scale ?? 0;
  switch (column.type) {
    case 'text':
    case 'variant':
    case 'object':
    case 'array':
      return data.typeId === Type.Utf8 ? bytes(data, TEXT) : null;
    case 'binary':
      return data.typeId === Type.Binary ? bytes(data, HEX) : null;
    case 'fixed':
      return data.typeId === Type.Decimal ? decimals(data, scale) : integers(data, scale);
    case 'real':
      return data.typeId === Type.Float ? reals(data) : null;
    case 'boolean':
      return data.typeId === Type.Bool ? booleans(data) : null;
    case 'date':
      return data.typeId === Type.Date && data.values instanceof Int32Array ? wholeNumbers(data, 0) : null;
    case 'time':
      return integers(data, scale);
    case 'timestamp_ntz':
    case 'timestamp_ltz':
      return data.typeId === Type.Struct
        ? instants(data as Data<Struct>, scale, false)
        : integers(data, scale);
    case 'timestamp_tz':
      return data.typeId === Type.Struct ? instants(data as Data<Struct>, scale, true) : null;
    case 'decfloat':
      return null;
    default:
      return column.type satisfies never;
  }
}

/** A vector of `length` nulls of any type. */
export function nulls(type: DataType, length: number): Data {
  const builder = makeBuilder({ type, nullValues: [null] });
  for (let index = 0; index < length; index += 1) builder.append(null);
  return builder.finish().flush();
}

interface Codec {
  decode(bytes: Uint8Array): string;
  encode(text: string): Uint8Array | null;
}

const TEXT: Codec = {
  decode: (given) => Buffer.from(given.buffer, given.byteOffset, given.byteLength).toString(),
  encode: (text) => Buffer.from(text),
};
const HEX: Codec = {
  decode: (given) =>
    Buffer.from(given.buffer, given.byteOffset, given.byteLength).toString('hex').toUpperCase(),
  encode: (text) => (/^(?:[0-9A-F]{2})*$/i.test(text) ? Buffer.from(text, 'hex') : null),
};

/** Texts and binary values of variable length, stored one after the other with offsets. */
function bytes(data: Data, { decode, encode }: Codec): ArrowCells {
  const { values, valueOffsets } = data as Data<DataType<Type.Utf8>>;
  return {
    read: (index) => decode(values.subarray(valueOffsets[index], valueOffsets[index + 1])),
    write(cells) {
      const offsets = new Int32Array(cells.length + 1);
      const parts: Uint8Array[] = [];
      const valid = validity(cells, (cell, index) => {
        const part = encode(cell);
        if (part !== null) parts.push(part);
        offsets[index + 1] = part?.length ?? 0;
        return part !== null;
      });
      for (let index = 0; index < cells.length; index += 1) offsets[index + 1]! += offsets[index]!;
      return makeData({
        ...valid,
        type: data.type,
        data: Buffer.concat(parts),
        valueOffsets: offsets,
      } as never);
    },
  };
}

/** Numbers and times stored as integers: the value times ten to the power of its scale. */
function integers(data: Data, scale: number): ArrowCells | null {
  return data.typeId === Type.Int ? wholeNumbers(data, scale) : null;
}

function wholeNumbers(data: Data, scale: number): ArrowCells | null {
  const { values } = data;
  const isWide = values instanceof BigInt64Array;
  if (
    !isWide &&
    !(values instanceof Int8Array || values instanceof Int16Array || values instanceof Int32Array)
  )
    return null;
  const bits = values.BYTES_PER_ELEMENT * 8;
  return {
    read: (index) => withPoint(BigInt(values[index]!), scale),
    write(cells) {
      const written = new (values.constructor as new (length: number) => typeof values)(cells.length);
      const valid = validity(cells, (cell, index) => {
        const unscaled = withoutPoint(cell, scale);
        if (unscaled === null || BigInt.asIntN(bits, unscaled) !== unscaled) return false;
        written[index] = isWide ? unscaled : Number(unscaled);
        return true;
      });
      return makeData({ ...valid, type: data.type, data: written } as never);
    },
  };
}

/** Decimals of 128 bits, the lowest 32 bits first. */
function decimals(data: Data, scale: number): ArrowCells | null {
  const { values } = data as { readonly values: unknown };
  if (!(values instanceof Uint32Array) || values.length < data.length * 4) return null;
  return {
    read(index) {
      const [a, b, c, d] = values.subarray(index * 4, index * 4 + 4) as unknown as [
        number,
        number,
        number,
        number,
      ];
      const unsigned = (BigInt(d) << 96n) | (BigInt(c) << 64n) | (BigInt(b) << 32n) | BigInt(a);
      return withPoint(BigInt.asIntN(128, unsigned), scale);
    },
    write(cells) {
      const written = new Uint32Array(cells.length * 4);
      const valid = validity(cells, (cell, index) => {
        const unscaled = withoutPoint(cell, scale);
        if (unscaled === null || BigInt.asIntN(128, unscaled) !== unscaled) return false;
        for (let word = 0; word < 4; word += 1)
          written[index * 4 + word] = Number(BigInt.asUintN(32, unscaled >> BigInt(32 * word)));
        return true;
      });
      return makeData({ ...valid, type: data.type, data: written } as never);
    },
  };
}

function reals(data: Data): ArrowCells | null {
  const { values } = data as { readonly values: unknown };
  if (!(values instanceof Float64Array)) return null;
  return {
    read(index) {
      const value = values[index]!;
      if (Number.isFinite(value)) return String(value);
      if (Number.isNaN(value)) return 'NaN';
      return value > 0 ? 'inf' : '-inf';
    },
    write(cells) {
      const written = new Float64Array(cells.length);
      const valid = validity(cells, (cell, index) => {
        const value = NOT_FINITE.get(cell) ?? Number(cell);
        written[index] = value;
        return NOT_FINITE.has(cell) || (cell.trim() !== '' && Number.isFinite(value));
      });
      return makeData({ ...valid, type: data.type, data: written } as never);
    },
  };
}

const NOT_FINITE: ReadonlyMap<string, number> = new Map([
  ['NaN', Number.NaN],
  ['inf', Infinity],
  ['-inf', -Infinity],
]);

function booleans(data: Data): ArrowCells {
  const { values } = data as Data<Bool>;
  return {
    read: (index) => String((values[index >> 3]! >> (index & 7)) & 1),
    write(cells) {
      const written = new Uint8Array(Math.ceil(cells.length / 8));
      const valid = validity(cells, (cell, index) => {
        if (cell === '1') written[index >> 3]! |= 1 << (index & 7);
        return cell === '1' || cell === '0';
      });
      return makeData({ ...valid, type: new Bool(), data: written });
    },
  };
}

/**
 * A timestamp stored as a struct: seconds, optionally nanoseconds, and for a timestamp with a zone the UTC offset in
 * minutes plus 1440.
 */
function instants(data: Data<Struct>, scale: number, hasZone: boolean): ArrowCells | null {
  const names = data.type.children.map(({ name }) => name).join();
  const hasFraction = names.startsWith('epoch,fraction');
  if (names !== `epoch${hasFraction ? ',fraction' : ''}${hasZone ? ',timezone' : ''}`) return null;
  if (!hasFraction && !hasZone) return null;
  const parts = data.children.map(({ values }) => values as unknown);
  const [epoch, second, third] = parts;
  const zone = hasFraction ? third : second;
  if (!(epoch instanceof BigInt64Array)) return null;
  if (hasFraction && !(second instanceof Int32Array)) return null;
  if (hasZone && !(zone instanceof Int32Array)) return null;
  const fraction = hasFraction ? (second as Int32Array) : null;
  const places = hasFraction ? 9 : scale;
  return {
    read(index) {
      const unscaled =
        fraction === null ? epoch[index]! : epoch[index]! * 1_000_000_000n + BigInt(fraction[index]!);
      const text = withPoint(unscaled / 10n ** BigInt(places - scale), scale);
      return hasZone ? `${text} ${(zone as Int32Array)[index]}` : text;
    },
    write(cells) {
      const epochs = new BigInt64Array(cells.length);
      const fractions = new Int32Array(cells.length);
      const zones = new Int32Array(cells.length);
      const valid = validity(cells, (cell, index) => {
        const [time = '', offset] = cell.split(' ');
        const unscaled = withoutPoint(time, places);
        if (unscaled === null || hasZone !== (offset !== undefined && /^\d{1,4}$/.test(offset))) return false;
        const below = BigInt.asUintN(64, ((unscaled % 1_000_000_000n) + 1_000_000_000n) % 1_000_000_000n);
        epochs[index] = hasFraction ? (unscaled - below) / 1_000_000_000n : unscaled;
        fractions[index] = Number(below);
        zones[index] = Number(offset ?? 0);
        return true;
      });
      const written = [epochs, ...(hasFraction ? [fractions] : []), ...(hasZone ? [zones] : [])];
      const children = written.map((values) =>
        values instanceof BigInt64Array
          ? makeData({ type: new Int64(), data: values })
          : makeData({ type: new Int32(), data: values }),
      );
      return makeData({ ...valid, type: data.type, children });
    },
  };
}

/** Builds Arrow's null bitmap. `write` writes a cell and returns whether it was a valid value. */
function validity(cells: readonly Cell[], write: (cell: string, index: number) => boolean) {
  const nullBitmap = new Uint8Array(Math.ceil(cells.length / 8));
  let nullCount = 0;
  for (const [index, cell] of cells.entries()) {
    if (cell !== null && write(cell, index)) nullBitmap[index >> 3]! |= 1 << (index & 7);
    else nullCount += 1;
  }
  return { length: cells.length, nullCount, nullBitmap };
}

function withPoint(unscaled: bigint, scale: number): string {
  if (scale === 0) return unscaled.toString();
  const digits = (unscaled < 0n ? -unscaled : unscaled).toString().padStart(scale + 1, '0');
  return `${unscaled < 0n ? '-' : ''}${digits.slice(0, -scale)}.${digits.slice(-scale)}`;
}

/** Returns null when the text is not a decimal number or has more digits after the point than the scale allows. */
function withoutPoint(text: string, scale: number): bigint | null {
  const match = /^(-?)(\d{1,38})(?:\.(\d{1,38}))?$/.exec(text);
  const fraction = match?.[3] ?? '';
  if (match === null || fraction.length > scale) return null;
  const unscaled = BigInt(`${match[2]}${fraction.padEnd(scale, '0')}`);
  return match[1] === '-' ? -unscaled : unscaled;
}
