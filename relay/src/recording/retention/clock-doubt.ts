import { DAY_MS } from './rule.ts';

/** Something is recorded at least once a day, since each run of retention is an event. */
const LONGEST_PAUSE_DAYS = 7;

/**
 * What there is against believing the clock, by the times of the events; null when there is nothing. A clock that is set forward for an hour would make everything old enough to be removed.
 *
 * @param times when a run last began (null for never), when the rules were put on the record, and now: milliseconds since the epoch.
 */
export function clockDoubt(
  recorded: readonly string[],
  {
    believedAt,
    since,
    now,
  }: { readonly believedAt: number | null; readonly since: number; readonly now: number },
): string | null {
  const told = [...recorded.map((at) => Date.parse(at)), since].filter(
    (at) => at <= now && at > (believedAt ?? -Infinity),
  );
  const times = [
    ...(believedAt === null ? [] : [believedAt]),
    ...told.sort((one, other) => one - other),
    now,
  ];
  for (const [index, at] of times.slice(1).entries()) {
    const before = times[index]!;
    if (at <= before + LONGEST_PAUSE_DAYS * DAY_MS) continue;
    return `nothing was recorded from ${moment(before)} to ${moment(at)}, so the clock may have been set forward`;
  }
  return null;
}

function moment(at: number): string {
  return new Date(at).toISOString();
}
