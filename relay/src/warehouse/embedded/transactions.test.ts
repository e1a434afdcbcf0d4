import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openShop } from '@sluice/demo';
import type { ImpliedTransaction, Warehouse, WarehouseSession } from '../index.ts';
import { executable, rowsOf, runSql } from './testing.ts';

let warehouse: Warehouse;
let session: WarehouseSession;
let other: WarehouseSession;
beforeEach(async () => {
  warehouse = await openShop({ customers: 5 });
  session = await warehouse.openSession(warehouse.defaults);
  other = await warehouse.openSession(warehouse.defaults);
  await run('CREATE TABLE SCRATCH.T (A INT)');
});
afterEach(() => warehouse.close());

const run = (sql: string) => runSql(session, sql);
const runAll = async (...statements: string[]) => {
  for (const sql of statements) await run(sql);
};
/** What somebody else sees. */
const committed = async () => (await runSql(other, 'SELECT A FROM SCRATCH.T ORDER BY A')).rows.flat();

it('begins a transaction with the first change when AUTOCOMMIT is off, and with no query', async () => {
  await runAll('ALTER SESSION SET AUTOCOMMIT = FALSE', 'SELECT COUNT(*) FROM SCRATCH.T');
  expect(session.isInTransaction).toBe(false);
  await run('INSERT INTO SCRATCH.T VALUES (1)');
  expect(session.isInTransaction).toBe(true);
  expect(await committed()).toEqual([]);
  await run('COMMIT');
  expect([session.isInTransaction, await committed()]).toEqual([false, ['1']]);
  await runAll('INSERT INTO SCRATCH.T VALUES (2)', 'ROLLBACK', 'TRUNCATE TABLE SCRATCH.T', 'ROLLBACK');
  expect(await committed()).toEqual(['1']);
});

it.each(['COMMIT', 'ROLLBACK', 'COMMIT WORK', 'ROLLBACK WORK'])(
  'answers %s outside of a transaction as Snowflake does, and does nothing',
  async (sql) => {
    expect((await run(sql)).rows).toEqual([['Statement executed successfully.']]);
    await run('INSERT INTO SCRATCH.T VALUES (1)');
    expect(await committed()).toEqual(['1']);
  },
);

it.each(['BEGIN', 'BEGIN WORK', 'BEGIN TRANSACTION', 'BEGIN NAME T1', 'START TRANSACTION NAME T1'])(
  'goes on with the transaction that there is at another %s',
  async (sql) => {
    await runAll(sql, 'INSERT INTO SCRATCH.T VALUES (1)', sql, 'ROLLBACK');
    expect([session.isInTransaction, await committed()]).toEqual([false, []]);
  },
);

it.each([
  'CREATE TABLE SCRATCH.U AS SELECT 1 AS B',
  'CREATE VIEW SCRATCH.V AS SELECT A FROM SCRATCH.T',
  'CREATE TEMPORARY TABLE W (B INT)',
  'DROP TABLE SCRATCH.T2',
])('commits with DDL, and tells: %s', async (ddl) => {
  await runAll('CREATE TABLE SCRATCH.T2 (A INT)', 'BEGIN', 'INSERT INTO SCRATCH.T VALUES (1)');
  const told: ImpliedTransaction[] = [];
  const statement = await executable(session, ddl);
  const onTransaction = (made: ImpliedTransaction) => void told.push(made);
  await rowsOf(await session.execute({ ...statement, onTransaction }, new AbortController().signal));
  expect(told).toEqual([{ became: 'committed', because: 'DDL commits the transaction that is open' }]);
  await run('ROLLBACK');
  expect([session.isInTransaction, await committed()]).toEqual([false, ['1']]);
});

it('reads a view that was made inside of a transaction', async () => {
  await runAll(
    'BEGIN',
    'INSERT INTO SCRATCH.T VALUES (7)',
    'CREATE VIEW SCRATCH.V AS SELECT A FROM SCRATCH.T',
  );
  expect((await run('SELECT * FROM SCRATCH.V')).rows).toEqual([['7']]);
});

it('commits nothing for DDL that is refused, since what it was decided on has changed', async () => {
  await runAll('BEGIN', 'INSERT INTO SCRATCH.T VALUES (1)');
  const statement = await executable(session, 'CREATE TABLE SCRATCH.U AS SELECT NAME FROM CUSTOMERS');
  await runSql(other, 'ALTER TABLE CUSTOMERS ADD COLUMN EXTRA INT');
  const changed = { ...statement, objects: statement.objects.map((one) => ({ ...one, version: 'before' })) };
  await expect(session.execute(changed, new AbortController().signal)).rejects.toMatchObject({
    code: 'session_changed',
  });
  expect([session.isInTransaction, await committed()]).toEqual([true, []]);
});

it('commits when AUTOCOMMIT is changed, and not when it is set to what it is', async () => {
  await runAll('BEGIN', 'INSERT INTO SCRATCH.T VALUES (1)', 'ALTER SESSION SET AUTOCOMMIT = TRUE');
  expect([session.isInTransaction, await committed()]).toEqual([true, []]);
  await run('ALTER SESSION SET AUTOCOMMIT = FALSE');
  expect([session.isInTransaction, await committed()]).toEqual([false, ['1']]);
  await runAll(
    'INSERT INTO SCRATCH.T VALUES (2)',
    'ALTER SESSION UNSET AUTOCOMMIT',
    'INSERT INTO SCRATCH.T VALUES (3)',
  );
  expect([session.isInTransaction, await committed()]).toEqual([false, ['1', '2', '3']]);
});

describe('a statement that fails in a transaction', () => {
  const FAILING = [
    "INSERT INTO SCRATCH.T SELECT 'x'::INT",
    'UPDATE SCRATCH.T SET A = 1 / 0',
    'SELECT 1 / (A - 1) FROM SCRATCH.T',
    "MERGE INTO SCRATCH.T USING (SELECT 5 AS B) ON A = B WHEN NOT MATCHED THEN INSERT VALUES ('y'::INT)",
  ];
  const fails = async (sql: string, given = {}) =>
    await expect(runSql(session, sql, given)).rejects.toMatchObject({ code: 'statement_failed' });
  const CHANGES = [
    'INSERT INTO SCRATCH.T VALUES (1), (2), (3)',
    'UPDATE SCRATCH.T SET A = 20 WHERE A = 2',
    'DELETE FROM SCRATCH.T WHERE A = 3',
    'MERGE INTO SCRATCH.T USING (SELECT 4 AS B) ON A = B WHEN NOT MATCHED THEN INSERT VALUES (B)',
  ];

  it.each(FAILING)('leaves it open, with what came before: %s', async (failing) => {
    await runAll('BEGIN', ...CHANGES);
    const [[id] = []] = (await run('SELECT CURRENT_TRANSACTION()')).rows;
    await fails(failing);
    expect((await run('SELECT A FROM SCRATCH.T ORDER BY A')).rows.flat()).toEqual(['1', '4', '20']);
    expect((await run('SELECT CURRENT_TRANSACTION()')).rows).toEqual([[id]]);
    expect(await committed()).toEqual([]);
    await run('INSERT INTO SCRATCH.T VALUES (30)');
    await fails(failing);
    await run('COMMIT');
    expect(await committed()).toEqual(['1', '4', '20', '30']);
  });

  it('leaves nothing of itself, whether or not DuckDB has noticed', async () => {
    await runAll('BEGIN', 'INSERT INTO SCRATCH.T VALUES (1)');
    // The second row fails before DuckDB is given it; the first has been changed.
    const binds = { '1': { type: 'DATE', value: ['0', 'never'] } };
    await expect(runSql(session, 'UPDATE SCRATCH.T SET A = YEAR(?::DATE)', { binds })).rejects.toBeDefined();
    await run('COMMIT');
    expect(await committed()).toEqual(['1']);
  });

  it('is undone with rows of binds and TRUNCATE before it', async () => {
    const binds = { '1': { type: 'FIXED', value: ['7', '8'] } };
    await runAll('INSERT INTO SCRATCH.T VALUES (9)', 'BEGIN', 'TRUNCATE TABLE SCRATCH.T');
    await runSql(session, 'INSERT INTO SCRATCH.T VALUES (?)', { binds });
    await fails('SELECT 1 / 0');
    await run('COMMIT');
    expect(await committed()).toEqual(['7', '8']);
  });

  it('is what ends the transaction when others have changed what it is about', async () => {
    await runAll(
      'CREATE TABLE SCRATCH.U (B INT)',
      'BEGIN',
      'INSERT INTO SCRATCH.T SELECT COUNT(*) FROM SCRATCH.U',
    );
    await runSql(other, 'INSERT INTO SCRATCH.U VALUES (1)');
    await fails('SELECT 1 / 0');
    await expect(run('INSERT INTO SCRATCH.T VALUES (2)')).rejects.toMatchObject({
      warehouse: { code: '000632' },
    });
    await expect(run('COMMIT')).rejects.toMatchObject({ warehouse: { code: '000632' } });
    expect([session.isInTransaction, await committed()]).toEqual([false, []]);
  });

  it('does not end it when they have changed something else', async () => {
    await runAll('CREATE TABLE SCRATCH.U (B INT)', 'BEGIN', 'INSERT INTO SCRATCH.T VALUES (1)');
    await runSql(other, 'INSERT INTO SCRATCH.U VALUES (1)');
    await fails('SELECT 1 / 0');
    await run('COMMIT');
    expect(await committed()).toEqual(['1']);
  });

  it.each([
    ['INSERT INTO SCRATCH.T SELECT UNIFORM(1, 1000000, RANDOM())'],
    ['INSERT INTO SCRATCH.T SELECT EXTRACT(EPOCH FROM CURRENT_TIMESTAMP)'],
    ['INSERT INTO SCRATCH.COUNTING (B) VALUES (1)'],
    ['SET X = 5', 'INSERT INTO SCRATCH.T VALUES ($X)', 'SET X = 6'],
  ])('ends it when what came before would become something else: %s', async (...before) => {
    await runAll('CREATE TABLE SCRATCH.COUNTING (A INT AUTOINCREMENT, B INT)', 'BEGIN', ...before);
    await fails('SELECT 1 / 0');
    await expect(run('COMMIT')).rejects.toMatchObject({ warehouse: { code: '000632' } });
    expect([session.isInTransaction, await committed()]).toEqual([false, []]);
  });

  it.each(['COMMIT', 'CREATE TABLE SCRATCH.U (B INT)', 'ALTER SESSION SET AUTOCOMMIT = FALSE'])(
    'never commits what is left of one that has ended: %s',
    async (end) => {
      await runAll('BEGIN', 'INSERT INTO SCRATCH.T SELECT UNIFORM(1, 9, RANDOM())');
      await fails('SELECT 1 / 0');
      await expect(run(end)).rejects.toMatchObject({ warehouse: { code: '000632' } });
      await run('ROLLBACK');
      expect([session.isInTransaction, await committed()]).toEqual([false, []]);
    },
  );
});

it('leaves no transaction behind a first change that failed', async () => {
  await run('ALTER SESSION SET AUTOCOMMIT = FALSE');
  await expect(run("INSERT INTO SCRATCH.T SELECT 'x'::INT")).rejects.toMatchObject({
    code: 'statement_failed',
  });
  expect(session.isInTransaction).toBe(false);
  await runAll('INSERT INTO SCRATCH.T VALUES (2)', 'COMMIT');
  expect(await committed()).toEqual(['2']);
});

it('rolls back when the session ends', async () => {
  await runAll('BEGIN', 'INSERT INTO SCRATCH.T VALUES (1)');
  await session.close();
  expect(await committed()).toEqual([]);
});

it('begins none for a statement that is only described', async () => {
  await run('ALTER SESSION SET AUTOCOMMIT = FALSE');
  await runSql(session, 'INSERT INTO SCRATCH.T VALUES (1)', { describeOnly: true });
  expect(session.isInTransaction).toBe(false);
  await run('INSERT INTO SCRATCH.T VALUES (1)');
  await runSql(session, 'CREATE TABLE SCRATCH.U (B INT)', { describeOnly: true });
  expect([session.isInTransaction, await committed()]).toEqual([true, []]);
});

it('names the transaction by when it began', async () => {
  const names = async () => (await run('SELECT CURRENT_TRANSACTION(), LAST_TRANSACTION()')).rows[0];
  expect(await names()).toEqual([null, null]);
  await run('BEGIN');
  const [current, last] = (await names())!;
  expect(current).toMatch(/^\d{19}$/);
  expect(last).toBe(current);
  await run('COMMIT');
  expect(await names()).toEqual([null, current]);
});
