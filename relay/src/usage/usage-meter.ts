import { z } from 'zod';
import type { IdentityId } from '../identity/index.ts';
import type { KeptFile } from '../kept-file.ts';
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

/** As relays hold it: what they have counted outlives them. */
export interface OpenUsageMeter extends UsageMeter {
  /** Keeps what was counted by now beside the database. */
  keep(): Promise<void>;
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

/** What a relay has counted itself, or was told of by the database while it counted. */
export const keptUsage = z.array(
  z.strictObject({
    identity: z.string(),
    day: z.string(),
    rows: z.int().min(0),
    bytes: z.int().min(0),
  }),
);

/** Days that may still be today somewhere. */
const RECENT_MS = 2 * 86_400_000;

/**
 * @param kept beside the database, of the same data folder: whoever takes a row of the database away, or makes one smaller,
 *   takes nothing of a limit back from who has used it at this relay.
 */
export async function createUsageMeter(
  store: { readonly usage: UsageReader },
  now: () => number,
  kept?: KeptFile<z.infer<typeof keptUsage>>,
): Promise<OpenUsageMeter> {
  const dayOf = createDayOf();
  const firstDay = () => dayOf(now() - RECENT_MS, 'UTC');
  const counted = new Map<string, DayUsage>();
  const known = (place: string): Volume => counted.get(place) ?? { rows: 0, bytes: 0 };
  const take = (usage: DayUsage) => {
    const place = key(usage.identity, usage.day);
    const { rows, bytes } = known(place);
    counted.set(place, {
      ...usage,
      rows: Math.max(usage.rows, rows),
      bytes: Math.max(usage.bytes, bytes),
    });
  };
  const first = firstDay();
  for (const usage of await store.usage.since(first)) take(usage);
  for (const usage of (await kept?.read()) ?? []) if (usage.day >= first) take(usage);
  let isKept = true;

  return {
    today(identity, now, timezone) {
      const { rows, bytes } = known(key(identity, dayOf(now, timezone)));
      return { rows, bytes };
    },
    async add(tx, identity, now, timezone, volume) {
      const day = dayOf(now, timezone);
      const before = known(key(identity, day));
      take({ identity, day, rows: before.rows + volume.rows, bytes: before.bytes + volume.bytes });
      isKept = false;
      // What another relay has counted, too; and never less than what this one has.
      take({ identity, day, ...(await tx.usage.add(identity, day, volume)) });
    },
    async keep() {
      if (kept === undefined || isKept) return;
      isKept = true;
      const day = firstDay();
      for (const [place, usage] of counted) if (usage.day < day) counted.delete(place);
      try {
        await kept.write([...counted.values()]);
      } catch (error) {
        isKept = false;
        throw error;
      }
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
