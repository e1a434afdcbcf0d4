import type { Kysely, Migration } from 'kysely';
import type { IdentityId } from '../identity/index.ts';
import type { Volume } from '../policy/index.ts';

/** How much each person has been given on each calendar day, for limits that hold across sessions. */
export interface UsageMeter {
  /** `now` in milliseconds since the epoch; the day is the one it falls on in `timezone`. */
  today(identity: IdentityId, now: number, timezone: string): Volume;
  /** Counts what was returned. Durable when it resolves, so that a restart does not reset a limit. */
  add(identity: IdentityId, now: number, timezone: string, volume: Volume): Promise<void>;
}

/** Days that may still be today somewhere. */
const RECENT_MS = 2 * 86_400_000;

export async function createUsageMeter(untyped: Kysely<unknown>, now: () => number): Promise<UsageMeter> {
  const database = untyped as Kysely<UsageTables>;
  const counted = new Map<string, Volume>();
  const recent = database
    .selectFrom('usage_day')
    .selectAll()
    .where('day', '>=', dayOf(now() - RECENT_MS, 'UTC'));
  for (const { identity, day, rows, bytes } of await recent.execute()) {
    counted.set(key(identity, day), { rows, bytes });
  }

  return {
    today: (identity, now, timezone) =>
      counted.get(key(identity, dayOf(now, timezone))) ?? { rows: 0, bytes: 0 },
    async add(identity, now, timezone, volume) {
      const day = dayOf(now, timezone);
      const before = counted.get(key(identity, day)) ?? { rows: 0, bytes: 0 };
      // Counted at once, so that a statement that starts meanwhile sees it.
      counted.set(key(identity, day), {
        rows: before.rows + volume.rows,
        bytes: before.bytes + volume.bytes,
      });
      await database
        .insertInto('usage_day')
        .values({ identity, day, ...volume })
        .onConflict((conflict) =>
          conflict.columns(['identity', 'day']).doUpdateSet((old) => ({
            rows: old('usage_day.rows', '+', volume.rows),
            bytes: old('usage_day.bytes', '+', volume.bytes),
          })),
        )
        .execute();
    },
  };
}

interface UsageTables {
  readonly usage_day: {
    readonly identity: string;
    /** `YYYY-MM-DD` in the policy's time zone. */
    readonly day: string;
    readonly rows: number;
    readonly bytes: number;
  };
}

export const usageMigrations: Readonly<Record<string, Migration>> = {
  'usage-001': {
    async up(db) {
      await db.schema
        .createTable('usage_day')
        .addColumn('identity', 'text', (column) => column.notNull())
        .addColumn('day', 'text', (column) => column.notNull())
        .addColumn('rows', 'integer', (column) => column.notNull())
        .addColumn('bytes', 'integer', (column) => column.notNull())
        .addPrimaryKeyConstraint('usage_day_key', ['identity', 'day'])
        .execute();
    },
  },
};

function key(identity: string, day: string): string {
  return `${day} ${identity}`;
}

function dayOf(now: number, timezone: string): string {
  // en-CA writes dates as ISO 8601 does.
  return new Intl.DateTimeFormat('en-CA', { timeZone: timezone, dateStyle: 'short' }).format(now);
}
