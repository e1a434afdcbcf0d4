import type { IdentityId } from '../identity/index.ts';
import type { Volume } from '../policy/index.ts';

/** How much each person has been given on each calendar day, for limits that hold across sessions. */
export interface UsageMeter {
  /** `now` in milliseconds since the epoch; the day is the one it falls on in `timezone`. */
  today(identity: IdentityId, now: number, timezone: string): Volume;
  /**
   * Counts what was returned: at once, so that a statement that starts meanwhile sees it, and in the store, so that a
   * restart does not reset a limit.
   */
  add(
    tx: { readonly usage: UsageStore },
    identity: IdentityId,
    now: number,
    timezone: string,
    volume: Volume,
  ): Promise<void>;
}

/** What the meter needs of a store. */
export interface UsageReader {
  /** Of this day (`YYYY-MM-DD`) and later ones. */
  since(day: string): Promise<readonly DayUsage[]>;
}

export interface UsageStore extends UsageReader {
  /** @returns what has been counted by then, by whichever relay. */
  add(identity: IdentityId, day: string, volume: Volume): Promise<Volume>;
}

export interface DayUsage extends Volume {
  readonly identity: string;
  /** `YYYY-MM-DD` in the policy's time zone. */
  readonly day: string;
}

/** Days that may still be today somewhere. */
const RECENT_MS = 2 * 86_400_000;

export async function createUsageMeter(
  store: { readonly usage: UsageReader },
  now: () => number,
): Promise<UsageMeter> {
  const dayOf = createDayOf();
  const recent = await store.usage.since(dayOf(now() - RECENT_MS, 'UTC'));
  const counted = new Map<string, Volume>(
    recent.map(({ identity, day, rows, bytes }) => [key(identity, day), { rows, bytes }]),
  );
  const known = (place: string) => counted.get(place) ?? { rows: 0, bytes: 0 };

  return {
    today: (identity, now, timezone) => known(key(identity, dayOf(now, timezone))),
    async add(tx, identity, now, timezone, volume) {
      const day = dayOf(now, timezone);
      const place = key(identity, day);
      const before = known(place);
      counted.set(place, { rows: before.rows + volume.rows, bytes: before.bytes + volume.bytes });
      const inAll = await tx.usage.add(identity, day, volume);
      // What another relay has counted, too; and never less than what this one has.
      const own = known(place);
      counted.set(place, {
        rows: Math.max(own.rows, inAll.rows),
        bytes: Math.max(own.bytes, inAll.bytes),
      });
    },
  };
}

function key(identity: string, day: string): string {
  return `${day} ${identity}`;
}

/** `YYYY-MM-DD`. To make a formatter takes a hundred times as long as to use it. */
function createDayOf(): (now: number, timezone: string) => string {
  const formats = new Map<string, Intl.DateTimeFormat>();
  return (now, timezone) => {
    // en-CA writes dates as ISO 8601 does.
    const format =
      formats.get(timezone) ?? new Intl.DateTimeFormat('en-CA', { timeZone: timezone, dateStyle: 'short' });
    formats.set(timezone, format);
    return format.format(now);
  };
}
