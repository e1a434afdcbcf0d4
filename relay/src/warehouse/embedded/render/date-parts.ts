import type { BoundExtract } from '@sluice/snowflake-sql/execution';
import { shown, word } from '../../../text/index.ts';
import { unsupported } from '../errors.ts';
import { type Place, renderPart } from './expressions.ts';
import { once } from './once.ts';
import { datePartNamed, isPartOfDate } from '../types/date-part.ts';
import type { Rendering } from './rendering.ts';

export function renderExtract({ part, from }: BoundExtract, place: Place): string {
  return `date_part('${partOf(part)}', ${renderPart(place, from)})`;
}

/** DuckDB's name of a date part. */
export function partOf(name: string | null): string {
  const part = name === null ? undefined : datePartNamed(name);
  if (part === undefined)
    throw unsupported(
      shown`the date part ${name === null ? 'that a value gives' : word(name.toUpperCase())}`,
    );
  return part;
}

/** Whole days added to a date make a date: the type is kept. */
export function dateAdd(rendering: Rendering, part: string | null, amount: string, from: string): string {
  const unit = partOf(part);
  if (['dow', 'doy', 'epoch'].includes(unit)) throw unsupported(`the date part ${unit.toUpperCase()}, here`);
  const count = `CAST(${amount} AS INTEGER)`;
  const step = unit === 'quarter' ? `to_months(3 * ${count})` : `to_${unit}s(${count})`;
  if (!isPartOfDate(unit)) return `(${from} + ${step})`;
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
