import type { TagsStore } from '../../classification/index.ts';
import type { Message, OutboxStore } from '../../delivery/index.ts';
import type { UsageStore } from '../../usage/index.ts';
import type { Database } from '../connection.ts';
import { inChunks } from './chunks.ts';

export function outboxOn(db: Database): OutboxStore {
  return {
    async add({ key, channel, message }, now) {
      await db
        .insertInto('delivery')
        .values({ key, channel, message: JSON.stringify(message), attempts: 0, due_at: now })
        .onConflict((conflict) => conflict.column('key').doNothing())
        .execute();
    },
    async due(now, latest, limit) {
      const rows = await db
        .selectFrom('delivery')
        .selectAll()
        .where((row) => row.or([row('due_at', '<=', now), row('due_at', '>', latest)]))
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
    async claim({ key, attempts }, retryAt) {
      const { numUpdatedRows } = await db
        .updateTable('delivery')
        .set({ due_at: retryAt, attempts: attempts + 1 })
        .where('key', '=', key)
        .where('attempts', '=', attempts)
        .where('due_at', 'is not', null)
        .executeTakeFirst();
      return numUpdatedRows === 1n;
    },
    async done(key) {
      await db.updateTable('delivery').set({ due_at: null, message: null }).where('key', '=', key).execute();
    },
  };
}

export function tagsOn(db: Database): TagsStore {
  return {
    async list() {
      const rows = await db.selectFrom('column_tag').selectAll().execute();
      return rows.map((row) => ({
        column: {
          object: { database: row.database, schema: row.schema, name: row.object },
          column: row.column_name,
        },
        tag: row.path === '' ? { tag: row.tag } : { tag: row.tag, path: JSON.parse(row.path) as string[] },
      }));
    },
    async add(tagged, origin) {
      for (const some of inChunks(tagged, 1_000)) {
        const rows = some.map(({ column: { object, column }, tag }) => ({
          database: object.database,
          schema: object.schema,
          object: object.name,
          column_name: column,
          tag: tag.tag,
          path: tag.path === undefined ? '' : JSON.stringify(tag.path),
          origin,
        }));
        await db
          .insertInto('column_tag')
          .values(rows)
          .onConflict((conflict) => conflict.doNothing())
          .execute();
      }
    },
  };
}

export function usageOn(db: Database): UsageStore {
  return {
    since: (day) => db.selectFrom('usage_day').selectAll().where('day', '>=', day).execute(),
    async add(identity, day, volume) {
      return db
        .insertInto('usage_day')
        .values({ identity, day, ...volume })
        .onConflict((conflict) =>
          conflict.columns(['identity', 'day']).doUpdateSet((old) => ({
            rows: old('usage_day.rows', '+', volume.rows),
            bytes: old('usage_day.bytes', '+', volume.bytes),
          })),
        )
        .returning(['rows', 'bytes'])
        .executeTakeFirstOrThrow();
    },
  };
}
