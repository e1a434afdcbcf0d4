import { type Kysely, type Migration, sql } from 'kysely';
import type { Message } from './message.ts';

/** What is still to be delivered, on disk. */
export interface Outbox {
  /** Does nothing when there is one of this key already, delivered or not. */
  add(
    entry: { readonly key: string; readonly channel: string; readonly message: Message },
    now: number,
  ): Promise<void>;
  due(now: number, limit: number): Promise<readonly OutboxEntry[]>;
  /** Counts an attempt, and says when the next one is due if this one comes to nothing. */
  retryAt(key: string, at: number): Promise<void>;
  done(key: string): Promise<void>;
}

export interface OutboxEntry {
  readonly key: string;
  readonly channel: string;
  readonly message: Message;
  /** Those made before. */
  readonly attempts: number;
}

export const deliveryMigrations: Readonly<Record<string, Migration>> = {
  'delivery-001': {
    async up(db) {
      await sql`CREATE TABLE delivery (
        key TEXT PRIMARY KEY, channel TEXT NOT NULL, message TEXT, attempts INTEGER NOT NULL,
        due_at INTEGER) STRICT`.execute(db);
      await sql`CREATE INDEX delivery_due ON delivery (due_at) WHERE due_at IS NOT NULL`.execute(db);
    },
  },
};

interface DeliveryTables {
  readonly delivery: {
    readonly key: string;
    readonly channel: string;
    /** JSON; null once it is done with. */
    readonly message: string | null;
    readonly attempts: number;
    /** Milliseconds since the epoch; null once it is done with. */
    readonly due_at: number | null;
  };
}

export function createOutbox(database: Kysely<unknown>): Outbox {
  const db = database as Kysely<DeliveryTables>;
  return {
    async add({ key, channel, message }, now) {
      await db
        .insertInto('delivery')
        .values({ key, channel, message: JSON.stringify(message), attempts: 0, due_at: now })
        .onConflict((conflict) => conflict.column('key').doNothing())
        .execute();
    },
    async due(now, limit) {
      const rows = await db
        .selectFrom('delivery')
        .selectAll()
        .where('due_at', '<=', now)
        .orderBy('due_at')
        .limit(limit)
        .execute();
      return rows.map(({ key, channel, message, attempts }) => ({
        key,
        channel,
        message: JSON.parse(message!) as Message,
        attempts,
      }));
    },
    async retryAt(key, at) {
      await db
        .updateTable('delivery')
        .set((row) => ({ due_at: at, attempts: row('attempts', '+', 1) }))
        .where('key', '=', key)
        .execute();
    },
    async done(key) {
      await db.updateTable('delivery').set({ due_at: null, message: null }).where('key', '=', key).execute();
    },
  };
}
