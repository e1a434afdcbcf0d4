import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Connection } from 'snowflake-sdk';
import { type Demo, startDemo } from '@sluice/demo';
import { connect, disconnect, execute } from './node-driver.ts';

let demo: Demo;
let connection: Connection;
beforeAll(async () => {
  demo = await startDemo({ customers: 20, logLevel: 'silent' });
  connection = await connect(Number(new URL(demo.relay.url).port), { token: await demo.tokenFor('ada') });
});
afterAll(async () => {
  await disconnect(connection);
  await demo.close();
});

const NOT_THERE = /^SQL compilation error:\nObject does not exist, or operation cannot be performed$/;

// What Snowflake itself answers: dbt, SQLAlchemy and people's own programs look at codes, states and wording.
it.each([
  [
    'SELEC 1',
    '001003',
    '42000',
    /^SQL compilation error:\nsyntax error line 1 at position 0 unexpected 'SELEC'\. /,
  ],
  ['SELECT ID,\nFROM', '001003', '42000', /line 2 at position 4 unexpected '<EOF>'/],
  [
    'SELECT * FROM NOPE',
    '002003',
    '42S02',
    /^SQL compilation error:\nObject 'SHOP\.PUBLIC\.NOPE' does not exist or not authorized$/,
  ],
  ['SELECT * FROM OTHER.S.T', '002003', '42S02', /Object 'OTHER\.S\.T' does not exist or not authorized/],
  ['DELETE FROM NOPE WHERE ID = 1', '002003', '42S02', /does not exist or not authorized/],
  [
    'SELECT c.nope FROM CUSTOMERS c',
    '000904',
    '42000',
    /^SQL compilation error: error line 1 at position 7\ninvalid identifier 'C\.NOPE'$/,
  ],
  ['INSERT INTO ORDERS (NOPE) VALUES (1)', '000904', '42000', /invalid identifier 'NOPE'/],
  ['SELECT ID FROM CUSTOMERS, ORDERS', '002028', '42601', /ambiguous column name 'ID'/],
  ['USE DATABASE NOSUCH', '002043', '02000', NOT_THERE],
  ['USE SCHEMA NOSUCH', '002043', '02000', NOT_THERE],
  ['USE SCHEMA SHOP.NOSUCH', '002043', '02000', NOT_THERE],
  ['USE WAREHOUSE NOSUCH', '002043', '02000', NOT_THERE],
  ['USE ROLE NOSUCH', '003013', '42501', /^SQL access control error:\nblocked by rule /],
  ['DROP TABLE CUSTOMERS', '003001', '42501', /^SQL access control error:\nblocked by rule `no-structure`/],
])('%s is answered with %s', async (sql, code, sqlState, message) => {
  await expect(execute(connection, sql)).rejects.toMatchObject({
    code,
    sqlState,
    message: expect.stringMatching(message),
  });
});

it('a USE that fails changes nothing, and one that succeeds does', async () => {
  await execute(connection, 'USE WAREHOUSE DEMO_WH');
  await execute(connection, 'USE SCHEMA SHOP.PUBLIC');
  const sql = 'SELECT CURRENT_DATABASE() AS D, CURRENT_SCHEMA() AS S, CURRENT_WAREHOUSE() AS W';
  const before = await execute(connection, sql);
  await expect(execute(connection, 'USE SCHEMA NOSUCH')).rejects.toThrow('does not exist');
  await expect(execute(connection, 'USE WAREHOUSE NOSUCH')).rejects.toThrow('does not exist');
  expect((await execute(connection, sql)).rows).toEqual(before.rows);
});
