import type { BoundExpression, BoundExtract } from '@sluice/snowflake-sql/execution';
import { shown, word } from '../../../text/index.ts';
import { unsupported } from '../errors.ts';
import { type Place, renderPart, within } from './expressions.ts';
import { isWithOffset, renderLocal, renderOffset } from './offsets.ts';
import { once } from './once.ts';
import { datePartNamed, isFieldAlone, isPartOfDate } from '../types/date-part.ts';
import type { Rendering } from './rendering.ts';
import { dayOfWeek, weekOf, weekOfYear, yearOfWeek } from './weeks.ts';

export function renderExtract({ part, from }: BoundExtract, place: Place): string {
  return fieldOf(part, from, place, () => renderPart(place, from));
}

/** A field of an expression. Of an instant with an offset, it is what a clock there shows; but its epoch is its own. */
export function fieldOf(
  part: string | null,
  from: BoundExpression,
  place: Place,
  time: () => string,
): string {
  const { rendering } = place;
  if (!isWithOffset(rendering, from)) return datePart(rendering, part, time());
  const at = within(place);
  const zone = /^(?:timezone_|tz)(h|m)/i.exec(part ?? '')?.[1]?.toLowerCase();
  if (zone !== undefined)
    return once(rendering, [renderOffset(at, from)], (x) => `(${x} ${zone === 'h' ? '//' : '%'} 60)`);
  const isSince = part !== null && partOf(part).startsWith('epoch');
  return datePart(rendering, part, isSince ? renderPart(place, from) : renderLocal(at, from));
}

/** A field of a time, as a whole number. */
export function datePart(rendering: Rendering, part: string | null, time: string): string {
  const unit = partOf(part);
  const ofWeeks = /iso/i.test(part ?? '') ? undefined : OF_WEEKS[unit];
  if (ofWeeks !== undefined) return once(rendering, [time], (day) => ofWeeks(rendering.parameters, day));
  const since = /^epoch_(.*)$/.exec(unit)?.[1];
  if (since !== undefined) return `epoch_${since}(CAST(${time} AS TIMESTAMP))`;
  // DuckDB gives seconds with what is after the point.
  return unit === 'epoch'
    ? `CAST(floor(date_part('epoch', ${time})) AS BIGINT)`
    : `date_part('${unit}', ${time})`;
}

/** What the session says of weeks; of ISO's it says nothing. */
const OF_WEEKS: Readonly<Record<string, typeof weekOfYear>> = {
  week: weekOfYear,
  dow: dayOfWeek,
  isoyear: yearOfWeek,
};

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
  const step = lengthOf(unit, `CAST(${amount} AS INTEGER)`);
  if (!isPartOfDate(unit)) return `(${from} + ${step})`;
  // Whole days added to a date make a date.
  return once(rendering, [from, step], (value, added) => `cast_to_type(${value} + ${added}, ${value})`);
}

/** So many of a part, as an interval. */
export function lengthOf(unit: string, count: string): string {
  if (isFieldAlone(unit)) throw unsupported(`the date part ${unit.toUpperCase()}, here`);
  return unit === 'quarter' ? `to_months(3 * ${count})` : `to_${unit}s(${count})`;
}

/** How many boundaries of the part lie between. */
export function dateDiff(rendering: Rendering, part: string | null, from: string, to: string): string {
  const unit = partOf(part);
  if (unit !== 'week') return `date_diff('${unit}', ${from}, ${to})`;
  return once(rendering, [from, to], (one, other) => {
    const [first, last] = [one, other].map((day) => weekOf(rendering.parameters, day));
    return `(date_diff('day', ${first}, ${last}) // 7)`;
  });
}

/** A date that is cut to its month is one. */
export function dateTrunc(rendering: Rendering, part: string | null, value: string): string {
  const unit = partOf(part);
  return once(rendering, [value], (time) => {
    const cut = unit === 'week' ? weekOf(rendering.parameters, time) : `date_trunc('${unit}', ${time})`;
    return `cast_to_type(${cut}, ${time})`;
  });
}

/** A time of day, which is on no date in DuckDB, cut to an hour, a minute or a second. */
export function timeTrunc(part: string | null, value: string): string {
  return `CAST(date_trunc('${partOf(part)}', DATE '1970-01-01' + ${value}) AS TIME)`;
}

/** Snowflake's elements of a date format, and DuckDB's. What is quoted stands for itself. */
const ELEMENT = /"([^"]*)"|YYYY|YY|MMMM|MON|MM|DD|DY|HH24|HH12|HH|MI|SS|FF(\d?)|AM|PM/gi;

const ELEMENTS: Readonly<Record<string, string>> = {
  YYYY: '%Y',
  YY: '%y',
  MMMM: '%B',
  MON: '%b',
  MM: '%m',
  DD: '%d',
  DY: '%a',
  HH24: '%H',
  HH12: '%I',
  HH: '%H',
  MI: '%M',
  SS: '%S',
  AM: '%p',
  PM: '%p',
};

/** A format in DuckDB's elements, as a literal. */
export function timeFormat(format: string | null): string {
  if (format === null || /['%]/.test(format)) throw unsupported('a date format that is not a literal');
  const written = format.replace(ELEMENT, (element: string, quoted?: string, digits?: string) => {
    if (quoted !== undefined) return quoted;
    if (digits === undefined) return ELEMENTS[element.toUpperCase()]!;
    return digits === '3' ? '%g' : '%f';
  });
  return `'${written}'`;
}
