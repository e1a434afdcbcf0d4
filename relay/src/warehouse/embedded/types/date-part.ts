/** A date part by any of its names; undefined for a word that is none. */
export function datePartNamed(name: string): string | undefined {
  return parts.get(name.toLowerCase());
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
