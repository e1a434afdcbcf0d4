import type { BoundExtract } from '@sluice/snowflake-sql/execution';
import { shown, word } from '../../../text/index.ts';
import { unsupported } from '../errors.ts';
import { type Place, renderPart } from './expressions.ts';
import { once } from './once.ts';
import type { Rendering } from './rendering.ts';

export function renderExtract({ part, from }: BoundExtract, place: Place): string {
  return `date_part('${partOf(part)}', ${renderPart(place, from)})`;
}

/** DuckDB's name of a date part. */
export function partOf(name: string | null): string {
  const part = name === null ? undefined : parts.get(name.toLowerCase());
  if (part === undefined)
    throw unsupported(
      shown`the date part ${name === null ? 'that a value gives' : word(name.toUpperCase())}`,
    );
  return part;
}

const parts: ReadonlyMap<string, string> = new Map(
  Object.entries({
    year: 'year years y yy yyy yyyy yr',
    quarter: 'quarter quarters q qtr',
    month: 'month months mm mon mons m',
    week: 'week weeks w wk weekofyear',
    day: 'day days d dd dayofmonth',
    hour: 'hour hours h hh hr hrs',
    minute: 'minute minutes mi min mins',
    second: 'second seconds s sec secs',
    millisecond: 'millisecond milliseconds ms',
    microsecond: 'microsecond microseconds us',
    dow: 'dow dayofweek weekday',
    doy: 'doy dayofyear',
    epoch: 'epoch epoch_second',
  }).flatMap(([part, names]) => names.split(' ').map((name) => [name, part] as const)),
);

/** Whole days added to a date make a date: the type is kept. */
export function dateAdd(rendering: Rendering, part: string | null, amount: string, from: string): string {
  const unit = partOf(part);
  if (['dow', 'doy', 'epoch'].includes(unit)) throw unsupported(`the date part ${unit.toUpperCase()}, here`);
  const count = `CAST(${amount} AS INTEGER)`;
  const step = unit === 'quarter' ? `to_months(3 * ${count})` : `to_${unit}s(${count})`;
  const keepsDate = ['year', 'quarter', 'month', 'week', 'day'].includes(unit);
  if (!keepsDate) return `(${from} + ${step})`;
  // Whole days added to a date make a date.
  return once(rendering, [from, step], (value, added) => `cast_to_type(${value} + ${added}, ${value})`);
}

export function dateDiff(part: string | null, from: string, to: string): string {
  return `date_diff('${partOf(part)}', CAST(${from} AS TIMESTAMP), CAST(${to} AS TIMESTAMP))`;
}

/** A date that is cut to its month is one. */
export function dateTrunc(rendering: Rendering, part: string | null, value: string): string {
  const unit = partOf(part);
  return once(rendering, [value], (time) => `cast_to_type(date_trunc('${unit}', ${time}), ${time})`);
}

/** Snowflake's elements of a date format, longest first. */
const formatElements: readonly (readonly [RegExp, string])[] = [
  [/YYYY/gi, '%Y'],
  [/YY/gi, '%y'],
  [/MMMM/gi, '%B'],
  [/MON/gi, '%b'],
  [/MM/gi, '%m'],
  [/DD/gi, '%d'],
  [/DY/gi, '%a'],
  [/HH24/gi, '%H'],
  [/HH12/gi, '%I'],
  [/MI/gi, '%M'],
  [/SS/gi, '%S'],
  [/FF\d?/gi, '%f'],
  [/AM|PM/gi, '%p'],
];

/** A format in DuckDB's elements, as a literal. */
export function timeFormat(format: string | null): string {
  if (format === null || /['%]/.test(format)) throw unsupported('a date format that is not a literal');
  return `'${formatElements.reduce((text, [element, by]) => text.replace(element, by), format)}'`;
}
