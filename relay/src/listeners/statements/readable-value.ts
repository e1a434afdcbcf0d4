import type { JsonValue } from '@sluice/contract';
import type { Cell, ResultColumn } from '../../warehouse/index.ts';
import { isExact, readableJson } from './readable-json.ts';

/**
 * A cell of the driver protocol as people and agents read it (docs/values.md says the rules). NULL is `null`, and nothing
 * else of a column is, but for a VARIANT that is JSON's null. Numbers are JSON numbers where a double holds them, and
 * texts otherwise. What is not as its type should be stays the text that it came as.
 */
export function readableValue({ type, scale }: Pick<ResultColumn, 'type' | 'scale'>, cell: Cell): JsonValue {
  if (cell === null) return null;
  switch (type) {
    case 'fixed':
    case 'real':
    case 'decfloat':
      return isExact(cell) ? Number(cell) : cell;
    case 'boolean':
      return BOOLEANS.get(cell.toLowerCase()) ?? cell;
    case 'date':
      return WHOLE.test(cell) ? dateOf(BigInt(cell)) : cell;
    case 'time':
      return withSeconds(cell, scale, (time) => clockOf(time));
    case 'timestamp_ntz':
      return withSeconds(cell, scale, (time) => momentOf(time));
    case 'timestamp_ltz':
      return withSeconds(cell, scale, (time) => `${momentOf(time)}Z`);
    case 'timestamp_tz':
      return zoned(cell, scale);
    case 'variant':
    case 'object':
    case 'array':
      return readableJson(cell);
    case 'text':
    case 'binary':
      return cell;
    default:
      return type satisfies never;
  }
}

const BOOLEANS: ReadonlyMap<string, boolean> = new Map([
  ['1', true],
  ['true', true],
  ['0', false],
  ['false', false],
]);
const WHOLE = /^-?\d{1,12}$/;

/** Seconds since the epoch, or since midnight, with up to nine digits behind the point. */
const SECONDS = /^(-?)(\d{1,15})(?:\.(\d{1,9}))?$/;
const NANOS = 1_000_000_000n;
const DAY = 86_400n;

interface Time {
  /** Rounded down: a second and a half before 1970 is -2, and half a second. */
  readonly seconds: bigint;
  /** Behind the point, as many digits as are to be shown. */
  readonly fraction: string;
}

function withSeconds(cell: string, scale: number | null, write: (time: Time) => string): string {
  const time = timeOf(cell, scale);
  return time === null ? cell : write(time);
}

function timeOf(cell: string, scale: number | null): Time | null {
  const match = SECONDS.exec(cell);
  if (match === null) return null;
  const [, sign, whole = '', behind = ''] = match;
  const size = BigInt(whole) * NANOS + BigInt(behind.padEnd(9, '0'));
  const nanos = sign === '-' ? -size : size;
  const seconds = floorDivided(nanos, NANOS);
  return { seconds, fraction: fractionOf(nanos - seconds * NANOS, scale ?? 9) };
}

/** Thousandths, millionths or billionths of a second: as few as say all, and no more than the column has. */
function fractionOf(nanos: bigint, scale: number): string {
  const digits = nanos.toString().padStart(9, '0');
  const told = digits.replace(/0+$/, '').length;
  return told === 0 ? '' : `.${digits.slice(0, Math.max(told, Math.min(scale, Math.ceil(told / 3) * 3)))}`;
}

function clockOf({ seconds, fraction }: Time): string {
  const [hours, minutes, rest] = [seconds / 3_600n, (seconds / 60n) % 60n, seconds % 60n];
  return `${two(hours)}:${two(minutes)}:${two(rest)}${fraction}`;
}

function momentOf({ seconds, fraction }: Time): string {
  const days = floorDivided(seconds, DAY);
  return `${dateOf(days)}T${clockOf({ seconds: seconds - days * DAY, fraction })}`;
}

/** UTC, and the zone's minutes to the east of it, plus a day's: `1704067200.000000000 1560`. */
function zoned(cell: string, scale: number | null): string {
  const [moment = '', shifted = ''] = cell.split(' ');
  const time = timeOf(moment, scale);
  if (time === null || !/^\d{1,4}$/.test(shifted)) return cell;
  const minutes = BigInt(shifted) - 1_440n;
  const local = momentOf({ ...time, seconds: time.seconds + minutes * 60n });
  const size = minutes < 0n ? -minutes : minutes;
  return `${local}${minutes < 0n ? '-' : '+'}${two(size / 60n)}:${two(size % 60n)}`;
}

/** Days since 1970 in the proleptic Gregorian calendar, of any year: ISO 8601, with a sign where four digits are too few. */
function dateOf(daysSinceEpoch: bigint): string {
  // Years that begin in March end with the leap day, in eras of 400 of them.
  const days = daysSinceEpoch + 719_468n;
  const era = floorDivided(days, 146_097n);
  const dayOfEra = days - era * 146_097n;
  const yearOfEra = (dayOfEra - dayOfEra / 1_460n + dayOfEra / 36_524n - dayOfEra / 146_096n) / 365n;
  const dayOfYear = dayOfEra - (365n * yearOfEra + yearOfEra / 4n - yearOfEra / 100n);
  const fromMarch = (5n * dayOfYear + 2n) / 153n;
  const day = dayOfYear - (153n * fromMarch + 2n) / 5n + 1n;
  const month = fromMarch < 10n ? fromMarch + 3n : fromMarch - 9n;
  const year = yearOfEra + era * 400n + (month <= 2n ? 1n : 0n);
  return `${yearText(year)}-${two(month)}-${two(day)}`;
}

function yearText(year: bigint): string {
  if (year >= 0n && year <= 9_999n) return year.toString().padStart(4, '0');
  const size = (year < 0n ? -year : year).toString().padStart(6, '0');
  return `${year < 0n ? '-' : '+'}${size}`;
}

function two(number: bigint): string {
  return number.toString().padStart(2, '0');
}

function floorDivided(value: bigint, by: bigint): bigint {
  return (value >= 0n ? value : value - by + 1n) / by;
}
