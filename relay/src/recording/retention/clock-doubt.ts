import type { StoredCheckpoint } from '../ports.ts';
import { DAY_MS } from './rule.ts';

/** The relay signs at least once a day, since each run of retention is an event. */
const LONGEST_PAUSE_DAYS = 7;

/**
 * What there is against believing the clock, by the times of the signed checkpoints; null when there is nothing. A clock
 * that is set forward for an hour would make everything old enough to be removed.
 *
 * @param since when the clock was last believed, in milliseconds since the epoch; null for never.
 * @param now milliseconds since the epoch.
 */
export function clockDoubt(
  checkpoints: readonly Pick<StoredCheckpoint, 'at'>[],
  since: number | null,
  now: number,
): string | null {
  const signed = checkpoints.map(({ at }) => Date.parse(at)).filter((at) => at <= now && at > (since ?? 0));
  const times = [...(since === null ? [] : [since]), ...signed.sort((one, other) => one - other), now];
  for (const [index, at] of times.slice(1).entries()) {
    const before = times[index]!;
    if (at <= before + LONGEST_PAUSE_DAYS * DAY_MS) continue;
    return `nothing was signed from ${moment(before)} to ${moment(at)}, so the clock may have been set forward`;
  }
  return null;
}

function moment(at: number): string {
  return new Date(at).toISOString();
}
