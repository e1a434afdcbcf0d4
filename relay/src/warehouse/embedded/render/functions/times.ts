import { unsupported } from '../../errors.ts';
import { asScalar, castTo } from '../casts.ts';
import {
  dateAdd,
  dateDiff,
  datePart,
  dateTrunc,
  fieldOf,
  lengthOf,
  partOf,
  timeTrunc,
} from '../date-parts.ts';
import { parameterOf } from '../../parameters/parameters.ts';
import { within } from '../expressions.ts';
import { instantOfLocal, isWithOffset, localOf, renderLocal, renderOffset } from '../offsets.ts';
import { once } from '../once.ts';
import { weekOf } from '../weeks.ts';
import type { Arguments, Rendered } from './arguments.ts';

/** What is told of times, and what is computed from them. */
export const times: Readonly<Record<string, Rendered>> = {
  DATEADD: added,
  TIMESTAMPADD: added,
  TIMEADD: added,
  DATEDIFF: apart,
  TIMESTAMPDIFF: apart,
  TIMEDIFF: apart,
  DATE_TRUNC: (args) => truncated(args, args.literal(0), 1),
  DATE_PART: (args) => fieldOf(args.literal(0), args.expression(1), args.place, () => time(args, 1)),
  YEAR: (args) => field('year', args),
  QUARTER: (args) => field('quarter', args),
  MONTH: (args) => field('month', args),
  DAY: (args) => field('day', args),
  DAYOFMONTH: (args) => field('day', args),
  HOUR: (args) => field('hour', args),
  MINUTE: (args) => field('minute', args),
  SECOND: (args) => field('second', args),
  DAYOFWEEK: (args) => datePart(args.place.rendering, 'dayofweek', time(args, 0)),
  DAYOFWEEKISO: (args) => field('isodow', args),
  DAYOFYEAR: (args) => field('doy', args),
  WEEK: (args) => datePart(args.place.rendering, 'week', time(args, 0)),
  WEEKOFYEAR: (args) => datePart(args.place.rendering, 'week', time(args, 0)),
  WEEKISO: (args) => field('week', args),
  YEAROFWEEK: (args) => datePart(args.place.rendering, 'yearofweek', time(args, 0)),
  YEAROFWEEKISO: (args) => field('isoyear', args),
  DAYNAME: (args) => `strftime(${time(args, 0)}, '%a')`,
  MONTHNAME: (args) => `strftime(${time(args, 0)}, '%b')`,
  ADD_MONTHS: monthsLater,
  MONTHS_BETWEEN: (args) => once(args.place.rendering, [time(args, 0), time(args, 1)], monthsBetween),
  LAST_DAY: (args) => {
    const day = time(args, 0);
    const unit = args.count < 2 ? 'month' : partOf(args.literal(1));
    if (unit === 'month') return `last_day(${day})`;
    if (!['year', 'quarter', 'week'].includes(unit)) throw unsupported('this part in LAST_DAY');
    return once(args.place.rendering, [day], (one) => {
      const start =
        unit === 'week' ? weekOf(args.place.rendering.parameters, one) : `date_trunc('${unit}', ${one})`;
      return `CAST(${start} + ${lengthOf(unit, '1')} - INTERVAL 1 DAY AS DATE)`;
    });
  },
  NEXT_DAY: (args) => toWeekday(args, (own, wanted) => `+ ((${wanted} - ${own} + 6) % 7 + 1)`),
  PREVIOUS_DAY: (args) => toWeekday(args, (own, wanted) => `- ((${own} - ${wanted} + 6) % 7 + 1)`),
  TIME_SLICE: sliced,
  DATE_FROM_PARTS: dateFromParts,
  DATEFROMPARTS: dateFromParts,
  TIME_FROM_PARTS: timeFromParts,
  TIMEFROMPARTS: timeFromParts,
  TIMESTAMP_FROM_PARTS: timestampFromParts,
  TIMESTAMPFROMPARTS: timestampFromParts,
  TIMESTAMP_NTZ_FROM_PARTS: timestampFromParts,
  TIMESTAMPNTZFROMPARTS: timestampFromParts,
  TIMESTAMP_LTZ_FROM_PARTS: instantFromParts,
  TIMESTAMPLTZFROMPARTS: instantFromParts,
  TIMESTAMP_TZ_FROM_PARTS: instantFromParts,
  TIMESTAMPTZFROMPARTS: instantFromParts,
  CONVERT_TIMEZONE: (args) => {
    if (args.count < 3) return elsewhere(args);
    const from = castTo(args.place, args.expression(2), 'TIMESTAMP');
    return `timezone(${args.text(1)}, timezone(${args.text(0)}, ${from}))`;
  },
  CURRENT_TIMESTAMP: () => NOW,
  SYSTIMESTAMP: () => NOW,
  SYSDATE: () => `timezone('UTC', ${NOW})`,
  GETDATE: () => NOW,
  LOCALTIMESTAMP: () => NOW,
  CURRENT_DATE: () => 'current_date',
  CURRENT_TIME: () => `CAST(CAST(${NOW} AS TIMESTAMP) AS TIME)`,
  LOCALTIME: () => `CAST(CAST(${NOW} AS TIMESTAMP) AS TIME)`,
};

/** Snowflake's clock tells milliseconds. */
export const NOW = "date_trunc('millisecond', now())";

function added(args: Arguments): string {
  return atItsOffset(args, 2, (from) => dateAdd(args.place.rendering, args.literal(0), args.number(1), from));
}

/** The last day of a month leads to the last day of another. */
function monthsLater(args: Arguments): string {
  const { rendering } = args.place;
  const isDate = rendering.types.of(args.call).kind === 'date';
  const months = `to_months(CAST(${args.number(1)} AS INTEGER))`;
  return atItsOffset(args, 0, (time) =>
    once(rendering, [time, months], (from, length) => {
      const last = `last_day(${from} + ${length})`;
      const same = isDate ? last : `CAST(${last} AS TIMESTAMP) + (${from} - date_trunc('day', ${from}))`;
      const later = isDate ? `CAST(${from} + ${length} AS DATE)` : `${from} + ${length}`;
      return `CASE WHEN last_day(${from}) = CAST(${from} AS DATE) THEN ${same} ELSE ${later} END`;
    }),
  );
}

function apart(args: Arguments): string {
  const { types } = args.place.rendering;
  const isTimeOfDay = [1, 2].every((index) => types.of(args.expression(index)).kind === 'time');
  const [from, to] = [1, 2].map((index) => {
    if (isTimeOfDay) return time(args, index);
    // What lies between instants does not depend on where they are told.
    return `CAST(${isWithOffset(args.place.rendering, args.expression(index)) ? args.value(index) : time(args, index)} AS TIMESTAMP)`;
  });
  return dateDiff(args.place.rendering, args.literal(0), from!, to!);
}

function truncated(args: Arguments, part: string | null, index: number): string {
  const { rendering } = args.place;
  if (rendering.types.of(args.expression(index)).kind === 'time') return timeTrunc(part, time(args, index));
  return atItsOffset(args, index, (value) => dateTrunc(rendering, part, value));
}

function field(part: string, args: Arguments): string {
  return `date_part('${part}', ${time(args, 0)})`;
}

/** A text in the place of a time: Snowflake reads it as a timestamp. */
function time(args: Arguments, index: number): string {
  const expression = args.expression(index);
  if (isWithOffset(args.place.rendering, expression)) return renderLocal(within(args.place), expression);
  const family = args.place.rendering.types.familyOf(expression);
  return family === 'text' || family === 'variant'
    ? castTo(args.place, expression, 'TIMESTAMP')
    : asScalar(args.place, expression);
}

/** Of an instant with an offset, what is made of the time that a clock shows there, at the same offset. */
function atItsOffset(args: Arguments, index: number, make: (time: string) => string): string {
  const { rendering } = args.place;
  const own = args.expression(index);
  if (!isWithOffset(rendering, own)) return make(time(args, index));
  return once(rendering, [args.value(index), renderOffset(within(args.place), own)], (instant, offset) =>
    instantOfLocal(make(localOf(instant, offset)), offset),
  );
}

/** Whole ones between the same days, or the last days, of two months; otherwise months of 31 days. */
function monthsBetween(later: string, earlier: string): string {
  const months = `(year(${later}) - year(${earlier})) * 12 + month(${later}) - month(${earlier})`;
  const isLast = (one: string) => `last_day(${one}) = CAST(${one} AS DATE)`;
  const isWhole = `day(${later}) = day(${earlier}) OR (${isLast(later)} AND ${isLast(earlier)})`;
  return `CAST(CASE WHEN ${isWhole} THEN ${months} ELSE ${months} + (day(${later}) - day(${earlier})) / 31 END AS DECIMAL(38, 6))`;
}

const WEEKDAYS = ['mo', 'tu', 'we', 'th', 'fr', 'sa', 'su'];

function toWeekday(args: Arguments, step: (own: string, wanted: number) => string): string {
  const wanted = WEEKDAYS.indexOf((args.literal(1) ?? '').slice(0, 2).toLowerCase()) + 1;
  if (wanted === 0) throw unsupported('a day of the week that is not a literal');
  return once(
    args.place.rendering,
    [`CAST(${time(args, 0)} AS DATE)`],
    (day) => `(${day} ${step(`CAST(isodow(${day}) AS INTEGER)`, wanted)})`,
  );
}

/** Slices are counted from 1970; those of weeks, from a Monday. */
function sliced(args: Arguments): string {
  const unit = partOf(args.literal(2));
  const end = (args.count > 3 ? (args.literal(3) ?? '') : 'start').toLowerCase();
  if (end !== 'start' && end !== 'end') throw unsupported('this end of a slice');
  const length = lengthOf(unit, `CAST(${args.number(1)} AS INTEGER)`);
  const isOfWeeks = unit === 'week';
  // A Monday, or the day on which weeks begin.
  const first = 28 + Math.max(1, parameterOf(args.place.rendering.parameters, 'WEEK_START'));
  const origin = !isOfWeeks ? "TIMESTAMP '1970-01-01'" : `(TIMESTAMP '1969-12-01' + to_days(${first - 1}))`;
  return atItsOffset(args, 0, (time) =>
    once(args.place.rendering, [time], (value) => {
      const start = `time_bucket(${length}, CAST(${value} AS TIMESTAMP), ${origin})`;
      return `cast_to_type(${end === 'start' ? start : `${start} + ${length}`}, ${value})`;
    }),
  );
}

const whole = (args: Arguments, index: number) => `CAST(${args.number(index)} AS INTEGER)`;

/** Parts beyond their range carry over: the 0th is the day before the first. */
function date(args: Arguments): string {
  return `make_date(${whole(args, 0)}, 1, 1) + to_months(${whole(args, 1)} - 1) + to_days(${whole(args, 2)} - 1)`;
}

function timeOfDay(args: Arguments, first: number, end = args.count): string {
  const parts = [
    `to_hours(${whole(args, first)})`,
    `to_minutes(${whole(args, first + 1)})`,
    `to_seconds(${whole(args, first + 2)})`,
    // DuckDB has microseconds.
    ...(end > first + 3 ? [`to_microseconds(CAST(${args.number(first + 3)} AS BIGINT) // 1000)`] : []),
  ];
  return parts.join(' + ');
}

function dateFromParts(args: Arguments): string {
  return `CAST(${date(args)} AS DATE)`;
}

function timeFromParts(args: Arguments): string {
  return `(TIME '00:00:00' + (${timeOfDay(args, 0)}))`;
}

/** In a zone, or in the session's. */
function instantFromParts(args: Arguments): string {
  const { name } = args.call.name;
  if (args.count < 8) return `CAST(${timestampFromParts(args)} AS TIMESTAMPTZ)`;
  if (!name.includes('TZ') || name.includes('LTZ')) throw unsupported(`a time zone in ${name}`);
  return `timezone(${args.text(7)}, ${date(args)} + ${timeOfDay(args, 3, 7)})`;
}

/** The same instant, told in another zone: what it is compared by stays. A zone that there is not fails. */
function elsewhere(args: Arguments): string {
  const own = args.expression(1);
  const instant = isWithOffset(args.place.rendering, own)
    ? args.value(1)
    : castTo(args.place, own, 'TIMESTAMPTZ');
  return once(
    args.place.rendering,
    [args.text(0), instant],
    (zone, at) => `CASE WHEN timezone(${zone}, ${at}) IS NOT NULL THEN ${at} END`,
  );
}

function timestampFromParts(args: Arguments): string {
  if (args.count > 7) throw unsupported('a timestamp with a time zone');
  if (args.count > 2) return `(${date(args)} + ${timeOfDay(args, 3)})`;
  return `(CAST(${time(args, 0)} AS DATE) + CAST(${time(args, 1)} AS TIME))`;
}
