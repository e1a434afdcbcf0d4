/** A date part by any of its names; undefined for a word that is none. */
export function datePartNamed(name: string): string | undefined {
  return parts.get(name.toLowerCase());
}

/** Whether it is a field of a time, and no length: nothing is so many of them long. */
export function isFieldAlone(part: string): boolean {
  return /^(?:dow|isodow|isoyear|doy|epoch)/.test(part);
}

/** Whether so many of them, added to a date, make a date. */
export function isPartOfDate(part: string): boolean {
  return ['year', 'quarter', 'month', 'week', 'day'].includes(part);
}

const parts: ReadonlyMap<string, string> = new Map(
  Object.entries({
    year: 'year years y yy yyy yyyy yr',
    quarter: 'quarter quarters q qtr',
    month: 'month months mm mon mons m',
    week: 'week weeks w wk weekofyear week_iso weekiso weekofyeariso woy wy',
    day: 'day days d dd dayofmonth',
    hour: 'hour hours h hh hr hrs',
    minute: 'minute minutes mi min mins',
    second: 'second seconds s sec secs',
    millisecond: 'millisecond milliseconds ms',
    microsecond: 'microsecond microseconds us',
    dow: 'dow dayofweek weekday dw',
    isodow: 'dayofweekiso dayofweek_iso weekday_iso dow_iso dw_iso',
    isoyear: 'yearofweek yearofweekiso',
    doy: 'doy dayofyear yearday dy',
    epoch: 'epoch epoch_second epoch_seconds',
    epoch_ms: 'epoch_millisecond epoch_milliseconds',
    epoch_us: 'epoch_microsecond epoch_microseconds',
    epoch_ns: 'epoch_nanosecond epoch_nanoseconds',
  }).flatMap(([part, names]) => names.split(' ').map((name) => [name, part] as const)),
);
