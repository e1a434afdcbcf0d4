import { type Data, type DataType, makeData, Type } from 'apache-arrow';
import type { Cell } from '../chunk.ts';
import type { ColumnShape } from '../column.ts';
import { arrowType } from './fields.ts';

/**
 * Builds a column's vector from cells (driver protocol, sections 6 and 8), of the type that its description alone decides.
 * Cells that are not values of that type become null, and nothing of them stays behind.
 */
export function writeCells(column: ColumnShape, cells: readonly Cell[]): Data {
  const type = arrowType(column);
  const scale = column.scale ?? 0;
  switch (type.typeId) {
    case Type.Utf8:
      return bytes(type, cells, (text) => Buffer.from(text));
    case Type.Binary:
      return bytes(type, cells, (text) => (HEX.test(text) ? Buffer.from(text, 'hex') : null));
    case Type.Int:
      return wholeNumbers(type, cells, scale);
    case Type.Date:
      return wholeNumbers(type, cells, 0);
    case Type.Decimal:
      return decimals(type, cells, scale);
    case Type.Float:
      return reals(type, cells);
    case Type.Bool:
      return booleans(type, cells);
    default:
      return column.type === 'decfloat' ? floats(type, cells) : instants(type, cells, column);
  }
}

const HEX = /^(?:[0-9A-F]{2})*$/i;

/** Texts and binary values of variable length, stored one after the other with offsets. */
function bytes(type: DataType, cells: readonly Cell[], encode: (text: string) => Uint8Array | null): Data {
  const offsets = new Int32Array(cells.length + 1);
  const parts: Uint8Array[] = [];
  const valid = validity(cells, (cell, index) => {
    const part = encode(cell);
    if (part !== null) parts.push(part);
    offsets[index + 1] = part?.length ?? 0;
    return part !== null;
  });
  for (let index = 0; index < cells.length; index += 1) offsets[index + 1]! += offsets[index]!;
  return makeData({ ...valid, type, data: Buffer.concat(parts), valueOffsets: offsets } as never);
}

/** Numbers and times stored as integers: the value times ten to the power of its scale. */
function wholeNumbers(type: DataType, cells: readonly Cell[], scale: number): Data {
  const written = new (type.ArrayType as new (length: number) => Int32Array | BigInt64Array)(cells.length);
  const bits = written.BYTES_PER_ELEMENT * 8;
  const valid = validity(cells, (cell, index) => {
    const unscaled = withoutPoint(cell, scale);
    if (unscaled === null || BigInt.asIntN(bits, unscaled) !== unscaled) return false;
    written[index] = written instanceof BigInt64Array ? unscaled : Number(unscaled);
    return true;
  });
  return makeData({ ...valid, type, data: written } as never);
}

/** Decimals of 128 bits, the lowest 32 bits first. */
function decimals(type: DataType, cells: readonly Cell[], scale: number): Data {
  const written = new Uint32Array(cells.length * 4);
  const valid = validity(cells, (cell, index) => {
    const unscaled = withoutPoint(cell, scale);
    if (unscaled === null || BigInt.asIntN(128, unscaled) !== unscaled) return false;
    for (let word = 0; word < 4; word += 1)
      written[index * 4 + word] = Number(BigInt.asUintN(32, unscaled >> BigInt(32 * word)));
    return true;
  });
  return makeData({ ...valid, type, data: written } as never);
}

function reals(type: DataType, cells: readonly Cell[]): Data {
  const written = new Float64Array(cells.length);
  const valid = validity(cells, (cell, index) => {
    const value = NOT_FINITE.get(cell) ?? Number(cell);
    if (!NOT_FINITE.has(cell) && (cell.trim() === '' || !Number.isFinite(value))) return false;
    written[index] = value;
    return true;
  });
  return makeData({ ...valid, type, data: written } as never);
}

const NOT_FINITE: ReadonlyMap<string, number> = new Map([
  ['NaN', Number.NaN],
  ['inf', Infinity],
  ['-inf', -Infinity],
]);

function booleans(type: DataType, cells: readonly Cell[]): Data {
  const written = new Uint8Array(Math.ceil(cells.length / 8));
  const valid = validity(cells, (cell, index) => {
    if (cell === '1') written[index >> 3]! |= 1 << (index & 7);
    return cell === '1' || cell === '0';
  });
  return makeData({ ...valid, type, data: written } as never);
}

const NANOSECONDS = 9;
const SECOND = 1_000_000_000n;

/** Timestamps in parts: seconds, nanoseconds where the scale is large, and where there is a zone its offset plus 1440. */
function instants(type: DataType, cells: readonly Cell[], column: ColumnShape): Data {
  const names = type.children.map(({ name }) => name);
  const hasFraction = names.includes('fraction');
  const hasZone = names.includes('timezone');
  const places = hasFraction ? NANOSECONDS : (column.scale ?? 0);
  const epochs = new BigInt64Array(cells.length);
  const fractions = new Int32Array(cells.length);
  const zones = new Int32Array(cells.length);
  const valid = validity(cells, (cell, index) => {
    const [time = '', offset] = cell.split(' ');
    const unscaled = withoutPoint(time, places);
    if (unscaled === null || hasZone !== (offset !== undefined && /^\d{1,4}$/.test(offset))) return false;
    const below = ((unscaled % SECOND) + SECOND) % SECOND;
    epochs[index] = hasFraction ? (unscaled - below) / SECOND : unscaled;
    fractions[index] = Number(below);
    zones[index] = Number(offset ?? 0);
    return true;
  });
  const written: Readonly<Record<string, Int32Array | BigInt64Array>> = {
    epoch: epochs,
    fraction: fractions,
    timezone: zones,
  };
  const children = type.children.map((child) =>
    makeData({ type: child.type, length: cells.length, nullCount: 0, data: written[child.name] } as never),
  );
  return makeData({ ...valid, type, children } as never);
}

/** A DECFLOAT: an exponent of ten, and the digits as a two's complement, the highest byte first. */
function floats(type: DataType, cells: readonly Cell[]): Data {
  const exponents = new Int16Array(cells.length);
  const digits: (string | null)[] = cells.map(() => null);
  const valid = validity(cells, (cell, index) => {
    const [, sign, whole = '', fraction = '', given = '0'] = FLOAT.exec(cell) ?? [];
    const exponent = Number(given) - fraction.length;
    if (whole === '' || exponent !== (exponent << 16) >> 16) return false;
    exponents[index] = exponent;
    const unscaled = BigInt(`${whole}${fraction}`);
    digits[index] = hexOf(sign === '-' ? -unscaled : unscaled);
    return true;
  });
  const children = type.children.map((child) =>
    child.type.typeId === Type.Binary
      ? bytes(child.type, digits, (text) => Buffer.from(text, 'hex'))
      : makeData({ ...valid, type: child.type, data: exponents } as never),
  );
  return makeData({ ...valid, type, children } as never);
}

const FLOAT = /^(-?)(\d{1,38})(?:\.(\d{1,38}))?(?:e([+-]?\d{1,5}))?$/i;

/** As few whole bytes of a two's complement as hold it. */
function hexOf(value: bigint): string {
  let size = 1;
  while (BigInt.asIntN(size * 8, value) !== value) size += 1;
  return BigInt.asUintN(size * 8, value)
    .toString(16)
    .padStart(size * 2, '0');
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

/** Returns null when the text is not a decimal number or has more digits after the point than the scale allows. */
function withoutPoint(text: string, scale: number): bigint | null {
  const match = /^(-?)(\d{1,38})(?:\.(\d{1,38}))?$/.exec(text);
  const fraction = match?.[3] ?? '';
  if (match === null || fraction.length > scale) return null;
  const unscaled = BigInt(`${match[2]}${fraction.padEnd(scale, '0')}`);
  return match[1] === '-' ? -unscaled : unscaled;
}
