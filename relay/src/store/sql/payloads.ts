import { sql } from 'kysely';
import type { CheckpointsStore, DataKeysStore, PayloadsStore } from '../../recording/index.ts';
import type { Database } from '../connection.ts';
import { inChunks } from './chunks.ts';

export function payloadsOn(db: Database): PayloadsStore {
  return {
    async find(address) {
      const row = await db
        .selectFrom('recorded_payload')
        .selectAll()
        .where('address', '=', address)
        .executeTakeFirst();
      return row === undefined ? null : { address, dataKey: row.data_key, sealed: row.sealed };
    },
    async missing(addresses) {
      const missing: string[] = [];
      for (const some of inChunks(addresses, 500)) {
        // Each found by the index that holds it: read in one way, whatever a database's statistics say.
        const rows = await db
          .selectFrom('recorded_payload as named')
          .select('named.address')
          // Without the key that it is sealed under, nobody gets it back.
          .select(({ selectFrom }) =>
            selectFrom('recorded_payload as sealed')
              .select(({ selectFrom }) =>
                selectFrom('recorded_data_key as key')
                  .select('key.id')
                  .whereRef('key.id', '=', 'sealed.data_key')
                  .as('id'),
              )
              .whereRef('sealed.address', '=', 'named.address')
              .as('key'),
          )
          .where('named.address', 'in', some)
          .execute();
        const there = new Set(rows.flatMap(({ address, key }) => (key === null ? [] : address)));
        missing.push(...some.filter((address) => !there.has(address)));
      }
      return missing;
    },
    async count() {
      const { stored } = await db
        .selectFrom('recorded_payload')
        .select((row) => row.fn.countAll<number>().as('stored'))
        .executeTakeFirstOrThrow();
      return stored;
    },
    async put({ address, dataKey, sealed }, now) {
      await db
        .insertInto('recorded_payload')
        .values({ address, data_key: dataKey, sealed, kept_at: now })
        .onConflict((conflict) => conflict.column('address').doUpdateSet({ kept_at: now }))
        .execute();
    },
    async putBefore({ before, after, limit }) {
      const rows = await db
        .selectFrom('recorded_payload')
        .select(['address', 'kept_at'])
        .where('kept_at', '<', before)
        .where(sql<boolean>`(kept_at, address) > (${after.keptAt}, ${after.address})`)
        .orderBy('kept_at')
        .orderBy('address')
        .limit(limit)
        .execute();
      return rows.map(({ address, kept_at }) => ({ address, keptAt: kept_at }));
    },
    async dropUnnamed(addresses, before) {
      for (const some of inChunks(addresses, 1_000)) {
        await db
          .deleteFrom('recorded_payload')
          .where('address', 'in', some)
          .where('kept_at', '<', before)
          .where((row) =>
            row.not(
              row.exists(
                row
                  .selectFrom('recorded_mention')
                  .select('position')
                  .where('kind', '=', 'payload')
                  .whereRef('value', '=', 'recorded_payload.address'),
              ),
            ),
          )
          .execute();
      }
    },
  };
}

export function dataKeysOn(db: Database): DataKeysStore {
  return {
    async list() {
      const rows = await db.selectFrom('recorded_data_key').selectAll().orderBy('created_at').execute();
      return rows.map(({ id, created_at, wrapped, wrapped_by }) => ({
        id,
        createdAt: created_at,
        wrapped,
        wrappedBy: wrapped_by,
      }));
    },
    async add({ id, createdAt, wrapped, wrappedBy }) {
      await db
        .insertInto('recorded_data_key')
        .values({ id, created_at: createdAt, wrapped, wrapped_by: wrappedBy })
        .execute();
    },
    async rewrap({ id, wrapped, wrappedBy }) {
      await db
        .updateTable('recorded_data_key')
        .set({ wrapped, wrapped_by: wrappedBy })
        .where('id', '=', id)
        .execute();
    },
  };
}

/** Characters of a time that name its hour: `2026-03-01T09`. */
const HOUR = 13;
/** What each signature of a note begins with: https://c2sp.org/signed-note */
const BEGINS_SIGNATURE = '\n\u2014 ';

export function checkpointsOn(db: Database): CheckpointsStore {
  const ofSize = (size: number) => db.selectFrom('recorded_checkpoint').selectAll().where('size', '=', size);
  return {
    list: () => db.selectFrom('recorded_checkpoint').selectAll().execute(),
    async newest() {
      const newest = db.selectFrom('recorded_checkpoint').selectAll().orderBy('size', 'desc').limit(1);
      return (await newest.executeTakeFirst()) ?? null;
    },
    async page({ below, limit }) {
      let query = db.selectFrom('recorded_checkpoint').selectAll();
      if (below !== undefined) query = query.where('size', '<', below);
      return query.orderBy('size', 'desc').orderBy('at', 'desc').limit(limit).execute();
    },
    async find(size, key) {
      return (await ofSize(size).where('key', '=', key).executeTakeFirst()) ?? null;
    },
    ofSize: (size) => ofSize(size).execute(),
    async handOver(size, successor) {
      return (await ofSize(size).where('key', '!=', successor).executeTakeFirst()) ?? null;
    },
    async subtrees(level, place, limit) {
      const rows = await db
        .selectFrom('recorded_subtree')
        .select('hash')
        .where('level', '=', level)
        .where('place', '>=', place)
        .where('place', '<', place + limit)
        .orderBy('place')
        .execute();
      return rows.map(({ hash }) => hash);
    },
    async countSubtrees(level) {
      const { stored } = await db
        .selectFrom('recorded_subtree')
        .select((row) => row.fn.countAll<number>().as('stored'))
        .where('level', '=', level)
        .executeTakeFirstOrThrow();
      return stored;
    },
    async add(checkpoint) {
      await db
        .insertInto('recorded_checkpoint')
        .values(checkpoint)
        .onConflict((conflict) => conflict.doNothing())
        .execute();
    },
    async thinOut(hour) {
      const kept = db
        .selectFrom('recorded_checkpoint')
        .select((row) => row.fn.max('size').as('size'))
        // The last of those with so many signatures, too: what only an earlier one has, witnesses would stand for no more.
        .groupBy([
          'key',
          sql`substr(at, 1, ${sql.lit(HOUR)})`,
          sql`length(replace(note, ${sql.lit(BEGINS_SIGNATURE)}, '')) - length(note)`,
        ]);
      await db
        .deleteFrom('recorded_checkpoint')
        .where('at', '<', hour)
        .where('size', 'not in', kept)
        .execute();
    },
    async replaceNote({ size, key, note }) {
      await db
        .updateTable('recorded_checkpoint')
        .set({ note })
        .where('size', '=', size)
        .where('key', '=', key)
        .execute();
    },
    async addSubtree(level, place, hash) {
      await db
        .insertInto('recorded_subtree')
        .values({ level, place, hash })
        .onConflict((conflict) => conflict.doNothing())
        .execute();
    },
  };
}
