import type { ChangeTopic, NewChange } from '../../unit-of-work.ts';
import type { Database } from '../connection.ts';
import type { ChangesReader } from '../feed.ts';

export function changesOn(db: Database): ChangesReader {
  return {
    async newest() {
      const { number, at } = await db
        .selectFrom('change_head')
        .leftJoin('change', 'change.number', 'change_head.number')
        .select(['change_head.number as number', 'change.at as at'])
        .executeTakeFirstOrThrow();
      return { number, at: at ?? 0 };
    },
    async after(number, limit) {
      const rows = await db
        .selectFrom('change')
        .select(['number', 'topic', 'key', 'at'])
        .where('number', '>', number)
        .orderBy('number')
        .limit(limit)
        .execute();
      return rows.map((row) => ({ ...row, topic: row.topic as ChangeTopic }));
    },
  };
}

/** Numbers them in the order of the commits: whoever writes is alone. */
export async function keepChanges(db: Database, changes: readonly NewChange[], now: number): Promise<void> {
  const { number: newest } = await db
    .updateTable('change_head')
    .set((row) => ({ number: row('number', '+', changes.length) }))
    .returning('number')
    .executeTakeFirstOrThrow();
  const first = newest - changes.length + 1;
  await db
    .insertInto('change')
    .values(changes.map(({ topic, key }, index) => ({ number: first + index, topic, key, at: now })))
    .execute();
  // Who has been away for longer reads everything anew.
  await db
    .deleteFrom('change')
    .where('at', '<', now - KEPT)
    .execute();
}

/** Milliseconds: a day. */
const KEPT = 24 * 3_600_000;
