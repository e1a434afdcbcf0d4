import { afterEach, beforeEach, expect, it } from 'vitest';
import { openShop } from '@sluice/demo';
import type { Warehouse, WarehouseSession } from '../index.ts';
import { runSql } from './testing.ts';

let warehouse: Warehouse;
let session: WarehouseSession;
beforeEach(async () => {
  warehouse = await openShop({ customers: 5 });
  session = await warehouse.openSession(warehouse.defaults);
});
afterEach(() => warehouse.close());

const run = (sql: string) => runSql(session, sql);
const ids = async () => (await run('SELECT ID FROM SCRATCH.N ORDER BY ID')).rows.flat();

it.each([
  ['AUTOINCREMENT', ['1', '2', '3']],
  ['IDENTITY', ['1', '2', '3']],
  ['IDENTITY(10, 5)', ['10', '15', '20']],
  ['AUTOINCREMENT START 100 INCREMENT 10', ['100', '110', '120']],
  ['AUTOINCREMENT START WITH 7 INCREMENT BY 1 ORDER', ['7', '8', '9']],
])('counts the rows of a column that is %s', async (how, expected) => {
  await run(`CREATE TABLE SCRATCH.N (ID INT ${how}, A VARCHAR)`);
  await run("INSERT INTO SCRATCH.N (A) VALUES ('a'), ('b')");
  await run("INSERT INTO SCRATCH.N VALUES (DEFAULT, 'c')");
  expect(await ids()).toEqual(expected);
});

it('counts anew in a table that is made in the place of another, and in a temporary one', async () => {
  for (const create of ['CREATE TABLE', 'CREATE OR REPLACE TABLE', 'CREATE TEMPORARY TABLE']) {
    await run(`${create} SCRATCH.N (ID INT AUTOINCREMENT, A VARCHAR)`);
    await run("INSERT INTO SCRATCH.N (A) SELECT 'a'");
    expect(await ids()).toEqual(['1']);
  }
  await run('DROP TABLE SCRATCH.N');
  await run('DROP TABLE SCRATCH.N');
});

it('counts rows of binds, and says so of its column', async () => {
  await run('CREATE TABLE SCRATCH.N (ID INT AUTOINCREMENT, A VARCHAR)');
  const binds = { '1': { type: 'TEXT', value: ['x', 'y'] } };
  await runSql(session, 'INSERT INTO SCRATCH.N (A) VALUES (?)', { binds });
  expect(await ids()).toEqual(['1', '2']);
  const { rows } = await run('DESCRIBE TABLE SCRATCH.N');
  expect(rows[0]?.[4]).toBe('IDENTITY START 1 INCREMENT 1 NOORDER');
});

it.each(['AUTOINCREMENT START 0', 'IDENTITY(1, 0)'])('refuses %s', async (how) => {
  await expect(run(`CREATE TABLE SCRATCH.N (ID INT ${how})`)).rejects.toMatchObject({
    code: 'unsupported_by_warehouse',
  });
});
