import { type Demo, startDemo } from '@sluice/demo';
import type { Binds, Connection } from 'snowflake-sdk';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { signIn } from '../support/wire.ts';
import { connect, disconnect, execute } from './node-driver.ts';

let demo: Demo;
let port: number;
let connection: Connection;
beforeAll(async () => {
  demo = await startDemo({ customers: 20, logLevel: 'silent' });
  port = Number(new URL(demo.relay.url).port);
  connection = await connect(port, { token: await demo.tokenFor('grace') });
});
afterAll(async () => {
  await disconnect(connection);
  await demo.close();
});

const rowsOf = async (sql: string, of = connection) => (await execute(of, sql)).rows;
const SCAN = 'SELECT * FROM TABLE(RESULT_SCAN(LAST_QUERY_ID()))';

it('of a query gives what it gave, in its types', async () => {
  const before = await rowsOf(
    "SELECT 1 AS N, 'x' AS T, DATE '2024-01-01' AS D, TO_TIMESTAMP('2024-01-01 10:00:00.123456') AS TS, X'41' AS B, PARSE_JSON('{\"a\":[1]}') AS V, 1.5::FLOAT AS F, 12.50::NUMBER(10,2) AS M, TRUE AS Z, NULL AS U",
  );
  expect(JSON.stringify(await rowsOf(SCAN))).toBe(JSON.stringify(before));
  expect(
    await rowsOf('SELECT N + 1 AS N, V:a[0]::INT AS A, M * 2 AS M FROM TABLE(RESULT_SCAN(LAST_QUERY_ID()))'),
  ).toEqual([{ N: 2, A: 1, M: 25 }]);
});

it('is of the statement whose id is bound', async () => {
  const { statement } = await execute(connection, 'SELECT ID, EMAIL FROM CUSTOMERS ORDER BY ID LIMIT 2');
  const scan = async (sqlText: string, binds: Binds) => (await execute(connection, sqlText, { binds })).rows;
  const sql = 'SELECT ?::INT AS X, EMAIL FROM TABLE(RESULT_SCAN(?))';
  const rows = await scan(sql, [1, statement.getStatementId()]);
  expect(rows).toHaveLength(2);
  expect(JSON.stringify(rows)).not.toMatch(/@/);
  await expect(scan(sql, [1, 'none'])).rejects.toBeDefined();
});

it('is of SHOW and DESCRIBE, too', async () => {
  await rowsOf('SHOW TABLES IN SCHEMA PUBLIC');
  const named = `SELECT "name", "rows" FROM TABLE(RESULT_SCAN(LAST_QUERY_ID())) WHERE "name" LIKE 'ORDER%' ORDER BY 1`;
  expect(await rowsOf(named)).toEqual([
    { name: 'ORDERS', rows: 40 },
    { name: 'ORDER_ITEMS', rows: 80 },
  ]);
  await rowsOf('DESCRIBE TABLE ORDERS');
  expect(await rowsOf('SELECT COUNT(*) AS N FROM TABLE(RESULT_SCAN(LAST_QUERY_ID()))')).toEqual([{ N: 5 }]);
});

it('of a masked result is masked, says so, and lets nobody compare', async () => {
  await rowsOf('SELECT ID, EMAIL, CARD_NUMBER FROM CUSTOMERS ORDER BY ID');
  const { rows, statement } = await execute(connection, SCAN);
  expect(rows).toHaveLength(20);
  expect(JSON.stringify(rows)).not.toMatch(/@|\d{16}/);
  expect(statement.getColumns()?.map((column) => column.getName())).toEqual(['ID', 'EMAIL', 'CARD_NUMBER']);
  const first = statement.getStatementId();
  await expect(
    execute(connection, `SELECT ID FROM TABLE(RESULT_SCAN('${first}')) WHERE CARD_NUMBER LIKE '4%'`),
  ).rejects.toMatchObject({ code: '003001' });
});

it("of another session's or another person's statement is of none", async () => {
  const { statement } = await execute(connection, 'SELECT 1 AS A');
  const sql = `SELECT * FROM TABLE(RESULT_SCAN('${statement.getStatementId()}'))`;
  expect(await rowsOf(sql)).toEqual([{ A: 1 }]);
  for (const who of ['grace', 'ada']) {
    const other = await connect(port, { token: await demo.tokenFor(who) });
    await expect(execute(other, sql)).rejects.toMatchObject({ code: '000709', sqlState: '02000' });
    await disconnect(other);
  }
});

it('DESCRIBE RESULT names the columns and types of one', async () => {
  await rowsOf("SELECT 1.5::NUMBER(10,2) AS N, 'abc' AS T");
  expect(await rowsOf('DESCRIBE RESULT LAST_QUERY_ID()')).toMatchObject([
    { name: 'N', type: 'NUMBER(10,2)' },
    { name: 'T', type: 'VARCHAR(3)' },
  ]);
});

it('LAST_QUERY_ID counts from the end, or from the first', async () => {
  const own = await connect(port, { token: await demo.tokenFor('grace') });
  const ids = [];
  for (const sql of ['SELECT 1', 'SELECT 2', 'SELECT 3'])
    ids.push((await execute(own, sql)).statement.getStatementId());
  const [row] = await rowsOf(
    'SELECT LAST_QUERY_ID() AS A, LAST_QUERY_ID(-2) AS B, LAST_QUERY_ID(1) AS C, LAST_QUERY_ID(99) AS D',
    own,
  );
  expect(row).toEqual({ A: ids[2], B: ids[1], C: ids[0], D: null });
  await disconnect(own);
});

it('a session says who and where it is', async () => {
  const [row] = await rowsOf(
    "SELECT CURRENT_USER() AS U, CURRENT_ROLE() AS R, CURRENT_ACCOUNT_NAME() AS A, CURRENT_REGION() AS G, CURRENT_DATABASE() AS D, CURRENT_STATEMENT() AS S, CURRENT_TRANSACTION() AS T, IS_ROLE_IN_SESSION('PUBLIC') AS I",
  );
  expect(row).toMatchObject({
    U: 'GRACE',
    R: 'PUBLIC',
    A: 'SLUICE',
    G: 'EMBEDDED',
    D: 'SHOP',
    T: null,
    I: true,
  });
  expect(row!['S']).toMatch(/^SELECT CURRENT_USER\(\)/);
});

it('CREATE TABLE AS and TRUNCATE tell how many rows they made and removed', async () => {
  const wire = await signIn(demo.relay.url, await demo.tokenFor('grace'));
  const stats = async (sql: string) => (await wire.query(sql)).data?.['stats'];
  const make = 'CREATE OR REPLACE TABLE SCRATCH.COUNTED AS SELECT ID FROM ORDERS LIMIT 7';
  expect(await stats(make)).toMatchObject({ numRowsInserted: 7, numRowsDeleted: 0 });
  expect(await stats('TRUNCATE TABLE SCRATCH.COUNTED')).toMatchObject({
    numRowsInserted: 0,
    numRowsDeleted: 7,
  });
  expect(await rowsOf('SELECT COUNT(*) AS N FROM SCRATCH.COUNTED')).toEqual([{ N: 0 }]);
});
