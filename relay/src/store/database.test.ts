import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Kysely, sql } from 'kysely';
import { expect, it } from 'vitest';
import { openDatabase } from './index.ts';

const things = {
  'things-001': {
    async up(db: Kysely<unknown>) {
      await sql`CREATE TABLE thing (name TEXT PRIMARY KEY) STRICT`.execute(db);
    },
  },
};

it('applies migrations once, and rolls a failed transaction back', async () => {
  const untyped = await openDatabase({ path: ':memory:', migrations: things });
  const db = untyped as Kysely<{ thing: { name: string } }>;
  await db.insertInto('thing').values({ name: 'kept' }).execute();
  await expect(
    db.transaction().execute(async (transaction) => {
      await transaction.insertInto('thing').values({ name: 'lost' }).execute();
      await transaction.insertInto('thing').values({ name: 'kept' }).execute();
    }),
  ).rejects.toThrow('UNIQUE');
  expect(await db.selectFrom('thing').selectAll().execute()).toEqual([{ name: 'kept' }]);
  await db.destroy();
});

it('opens so that a commit is on disk when it returns, and what is deleted is gone', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-store-'));
  const db = await openDatabase({ path: join(folder, 'store.db'), migrations: {} });
  const pragma = async (name: string) => (await sql.raw(`PRAGMA ${name}`).execute(db)).rows;
  expect(await pragma('journal_mode')).toEqual([{ journal_mode: 'wal' }]);
  // 2: FULL.
  expect(await pragma('synchronous')).toEqual([{ synchronous: 2 }]);
  expect(await pragma('secure_delete')).toEqual([{ secure_delete: 1 }]);
  await db.destroy();
  rmSync(folder, { recursive: true });
});

it('refuses to start on a migration that fails', async () => {
  const broken = {
    'broken-001': {
      up: async () => {
        throw new Error('no such luck');
      },
    },
  };
  await expect(openDatabase({ path: ':memory:', migrations: broken })).rejects.toThrow('no such luck');
});
