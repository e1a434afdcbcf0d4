import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openEmbeddedWarehouse, type Warehouse, type WarehouseSession } from '../index.ts';
import { runSql } from './testing.ts';

let warehouse: Warehouse;
let session: WarehouseSession;
beforeEach(async () => {
  warehouse = await openEmbeddedWarehouse();
  session = await warehouse.openSession(warehouse.defaults);
  await run('CREATE TABLE SCRATCH.T (ID INT, NAME VARCHAR)');
  await run(`INSERT INTO SCRATCH.T VALUES (1, 'a'), (2, 'b'), (3, 'c')`);
});
afterEach(() => warehouse.close());

const run = (sql: string) => runSql(session, sql);
const names = async () =>
  (await run('SELECT NAME FROM SCRATCH.T ORDER BY ID, NAME')).rows.map(([name]) => name as string).join('');

/** Rows of a source that has ID and GO. */
const using = (...rows: readonly string[]) =>
  `MERGE INTO SCRATCH.T t USING (SELECT COLUMN1 AS ID, COLUMN2 AS GO FROM VALUES ${rows.join(', ')}) s ON t.ID = s.ID`;
const duplicate = { warehouse: { code: '100090', sqlState: '42P18' } };

describe('MERGE', () => {
  it.each([
    ['one row updated twice', `${using('(1, TRUE)', '(1, TRUE)')} WHEN MATCHED THEN UPDATE SET NAME = 'x'`],
    [
      'one row updated and deleted',
      `${using('(1, TRUE)', '(1, FALSE)')} WHEN MATCHED AND s.GO THEN DELETE WHEN MATCHED THEN UPDATE SET NAME = 'x'`,
    ],
  ])('fails on %s, and changes nothing', async (_, sql) => {
    await expect(run(sql)).rejects.toMatchObject(duplicate);
    expect(await names()).toBe('abc');
    // What came before it in a transaction stays.
    await run('BEGIN');
    await run(`UPDATE SCRATCH.T SET NAME = 'z' WHERE ID = 3`);
    await expect(run(sql)).rejects.toMatchObject(duplicate);
    await run('COMMIT');
    expect(await names()).toBe('abz');
  });

  it.each([
    [
      'deleted twice',
      `${using('(1, TRUE)', '(1, TRUE)')} WHEN MATCHED THEN DELETE`,
      { inserted: 0, updated: 0, deleted: 1, does: ['deleted'] },
      'bc',
    ],
    [
      'matched twice, and updated once',
      `${using('(1, TRUE)', '(1, FALSE)')} WHEN MATCHED AND s.GO THEN UPDATE SET NAME = 'x'`,
      { inserted: 0, updated: 1, deleted: 0, does: ['updated'] },
      'xbc',
    ],
    [
      'inserted twice',
      `${using('(9, TRUE)', '(9, TRUE)')} WHEN MATCHED THEN UPDATE SET NAME = 'x' WHEN NOT MATCHED THEN INSERT VALUES (s.ID, 'n')`,
      { inserted: 2, updated: 0, deleted: 0, does: ['updated', 'inserted'] },
      'abcnn',
    ],
  ])('lets pass a row that is %s', async (_, sql, changed, after) => {
    expect((await run(sql)).changed).toEqual(changed);
    expect(await names()).toBe(after);
  });
});

it('counts a row that UPDATE joins to several once, and how many of them there are', async () => {
  const sql = `UPDATE SCRATCH.T t SET NAME = 'x' FROM (SELECT COLUMN1 AS ID FROM VALUES (1), (1), (2)) s WHERE s.ID = t.ID`;
  expect((await run(sql)).changed).toEqual({ inserted: 0, updated: 2, deleted: 0, multiJoined: 1 });
  expect(await names()).toBe('xxc');
});

it('refuses to tell rows of a table apart that has a column by the name that DuckDB does it by', async () => {
  await run('CREATE TABLE SCRATCH.R (ROWID INT)');
  const sql = 'UPDATE SCRATCH.R r SET ROWID = 2 FROM SCRATCH.T t WHERE t.ID = r.ROWID';
  await expect(run(sql)).rejects.toMatchObject({ code: 'unsupported_by_warehouse' });
});

it.each([
  ['CREATE TABLE IF NOT EXISTS SCRATCH.T (A INT)', 'T already exists, statement succeeded.'],
  ['CREATE TEMPORARY TABLE IF NOT EXISTS SCRATCH.N (A INT)', 'Table N successfully created.'],
  ['CREATE VIEW IF NOT EXISTS SCRATCH.T AS SELECT 1 AS A', 'T already exists, statement succeeded.'],
  ['DROP TABLE IF EXISTS SCRATCH.N', 'Drop statement executed successfully (N already dropped).'],
  ['DROP TABLE IF EXISTS SCRATCH.T', 'T successfully dropped.'],
])('says of what is there already, or not any more, that there was nothing to do: %s', async (sql, said) => {
  expect((await run(sql)).rows).toEqual([[said]]);
});

it('makes a column of texts of NULL alone', async () => {
  await run('CREATE TABLE SCRATCH.N AS SELECT NULL AS A, 1 AS B');
  await run(`INSERT INTO SCRATCH.N VALUES ('x', 2)`);
  const described = (await run('DESCRIBE TABLE SCRATCH.N')).rows.map((row) => row.slice(0, 2));
  expect(described).toEqual([
    ['A', 'VARCHAR(16777216)'],
    ['B', 'NUMBER(1,0)'],
  ]);
});
