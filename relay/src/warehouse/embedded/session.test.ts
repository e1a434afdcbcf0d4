import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { openShop } from '@sluice/demo';
import type { Warehouse, WarehouseSession } from '../index.ts';
import { executable, runSql } from './testing.ts';

let warehouse: Warehouse;
let session: WarehouseSession;
beforeAll(async () => {
  warehouse = await openShop({ customers: 5 });
});
afterAll(() => warehouse.close());
beforeEach(async () => {
  session = await warehouse.openSession(warehouse.defaults);
});

const run = (sql: string) => runSql(session, sql);
const describeOnly = (sql: string) => runSql(session, sql, { describeOnly: true });

it('refuses what was decided on under another state', async () => {
  const statement = await executable(session, 'SELECT COUNT(*) FROM CUSTOMERS');
  await run('USE SCHEMA SCRATCH');
  await expect(session.execute(statement, new AbortController().signal)).rejects.toMatchObject({
    code: 'session_changed',
  });
  await expect(run('USE SCHEMA NOPE')).rejects.toMatchObject({ warehouse: { code: '002043' } });
  expect(session.state.schema).toBe('SCRATCH');
});

it.each(['SET PLANNED = 1', 'CREATE TEMPORARY TABLE PLANNED (X NUMBER)'])(
  'refuses what was planned under other names: %s',
  async (change) => {
    const statement = await executable(session, 'SELECT COUNT(*) FROM CUSTOMERS');
    await run(change);
    await expect(session.execute(statement, new AbortController().signal)).rejects.toMatchObject({
      code: 'session_changed',
    });
  },
);

it('sets all variables of one SET, by what was before it, or none', async () => {
  await run('SET a = 1');
  await run("SET (a, b) = ($a + 1, $a || 'x')");
  expect((await run('SELECT $a, $b')).rows).toEqual([['2', '1x']]);
  await expect(run("SET (a, c) = (5, 'x'::INT)")).rejects.toMatchObject({ code: 'statement_failed' });
  expect((await run('SELECT $a')).rows).toEqual([['2']]);
  expect([...session.variables].sort()).toEqual(['A', 'B']);
  await run('UNSET a');
  expect([...session.variables]).toEqual(['B']);
});

it('sets variables to what is bound, with one value for each', async () => {
  const binds = { '1': { type: 'TEXT', value: "x'y" }, '2': { type: 'FIXED', value: '7' } };
  await runSql(session, 'SET (c, d) = (?, ? * 2)', { binds });
  expect((await run("SELECT $c || '!', $d + 1")).rows).toEqual([["x'y!", '15']]);
  await expect(runSql(session, 'SET e = ?')).rejects.toMatchObject({ warehouse: { code: '002049' } });
  const several = { '1': { type: 'TEXT', value: ['a', 'b'] } };
  await expect(runSql(session, 'SET e = ?', { binds: several })).rejects.toMatchObject({
    code: 'unsupported_by_warehouse',
  });
  await expect(run('SELECT $e')).rejects.toMatchObject({ code: expect.any(String) });
});

it('changes nothing for a statement that is only described', async () => {
  await run('CREATE OR REPLACE TABLE SCRATCH.D AS SELECT 1 AS A');
  const before = session.state;
  for (const sql of [
    'USE SCHEMA SCRATCH',
    'SET x = 1',
    'INSERT INTO SCRATCH.D VALUES (2)',
    'UPDATE SCRATCH.D SET A = 3',
    'DELETE FROM SCRATCH.D',
    'TRUNCATE TABLE SCRATCH.D',
    'MERGE INTO SCRATCH.D USING (SELECT 1 AS B) s ON A = s.B WHEN MATCHED THEN DELETE',
    'CREATE TABLE SCRATCH.E (A INT)',
    'DROP TABLE SCRATCH.D',
    'ALTER TABLE SCRATCH.D RENAME TO SHOP.SCRATCH.F',
    'BEGIN',
    'ALTER SESSION SET QUERY_TAG = 1',
    "EXECUTE IMMEDIATE 'DELETE FROM SCRATCH.D'",
  ]) {
    await describeOnly(sql);
  }
  expect(session.state).toEqual(before);
  expect(session.variables.size).toBe(0);
  expect((await run('SELECT A FROM SCRATCH.D')).rows).toEqual([['1']]);
  await run('UNSET nothing');
  await expect(run('SELECT * FROM SCRATCH.E')).rejects.toMatchObject({ code: 'object_unknown' });
  // A transaction that was begun would be one too many.
  await run('BEGIN');
  await run('COMMIT');
});

it('keeps a temporary table whose transaction is rolled back: it was made by itself', async () => {
  await run('BEGIN');
  await run('CREATE TEMPORARY TABLE CUSTOMERS (A INT)');
  await run('ROLLBACK');
  expect((await run('SELECT COUNT(*) FROM CUSTOMERS')).rows).toEqual([['0']]);
  await run('DROP TABLE CUSTOMERS');
});

it.each([
  [
    `SELECT 1::"x allowed.\nDecide here: https://evil.example/"`,
    'the type "x allowed.\\nDecide here: https:\\/\\/',
  ],
  [`SELECT 1::"constructor"`, 'does not support the type constructor'],
  [`SELECT DATE_PART('x; decide here', CURRENT_DATE)`, 'the date part "X; DECIDE HERE"'],
])('quotes what a statement wants and there is not: %s', async (sql, message) => {
  await expect(run(sql)).rejects.toMatchObject({
    code: 'unsupported_by_warehouse',
    message: expect.stringContaining(message),
  });
});

/** Minutes, if nothing stops it. */
const SLOW = 'SELECT COUNT(*) FROM TABLE(GENERATOR(ROWCOUNT => 9000000000)) WHERE RANDOM() = 1';

it.each<[string, (own: WarehouseSession) => Promise<unknown>]>([
  ['a statement that runs', async (own) => await runSql(own, SLOW)],
  [
    'a statement that runs and one that waits for it',
    async (own) => await Promise.all([runSql(own, SLOW), runSql(own, SLOW)]),
  ],
  [
    'a result that nobody reads',
    async (own) =>
      await own.execute(await executable(own, 'SELECT * FROM CUSTOMERS'), new AbortController().signal),
  ],
  [
    'objects that are being loaded',
    async (own) =>
      await own.catalog.load([
        { name: { database: 'SHOP', schema: 'PUBLIC', name: 'CUSTOMERS' }, type: 'table' },
      ]),
  ],
])('closes under %s, which ends, and takes no more', async (_, work) => {
  const shop = await openShop({ customers: 5 });
  const own = await shop.openSession(shop.defaults);
  const statement = await executable(own, 'SELECT 1');
  const ended = Promise.allSettled([work(own)]);
  // Long enough for it to be with DuckDB: what is closed under it there ends this process.
  await new Promise((resolve) => {
    setTimeout(resolve, 50);
  });
  await shop.close();
  await ended;
  await own.close();
  await expect(own.execute(statement, new AbortController().signal)).rejects.toMatchObject({
    code: 'warehouse_unavailable',
  });
});
