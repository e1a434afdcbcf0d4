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
  ['SELECT "id" FROM CUSTOMERS', '000904', '42000', /\ninvalid identifier '"id"'$/],
  ['SELECT c."a b; c" FROM CUSTOMERS c', '000904', '42000', /\ninvalid identifier "C\.\\"a b; c\\""$/],
  ['SELECT ID FROM CUSTOMERS QUALIFY ID = 1', '001007', '22023', /QUALIFY needs a window function/],
  ['SELECT ID FROM CUSTOMERS LIMIT -1', '001007', '22023', /whole numbers from 0 on/],
  ['SELECT LAG(ID) FROM CUSTOMERS', '002303', '42601', /Window function 'lag' requires an OVER clause/],
  [`SELECT REGEXP_SUBSTR(CITY, '(') FROM CUSTOMERS`, '100048', '2201B', /^Invalid regular expression$/],
  [`SELECT CONVERT_TIMEZONE('Mars', CURRENT_TIMESTAMP)`, '001007', '22023', /^Unknown timezone: 'Mars'$/],
  [
    'CREATE TABLE SHOP.SCRATCH.TWICE AS SELECT 1 AS A, 2 AS A',
    '002025',
    '42S21',
    /duplicate column name 'A': give each column its own/,
  ],
  ['INSERT INTO ORDERS (NOPE) VALUES (1)', '000904', '42000', /invalid identifier 'NOPE'/],
  ['SELECT ID FROM CUSTOMERS, ORDERS', '002028', '42601', /ambiguous column name 'ID'/],
  ['SELECT NOFUNC(1)', '002140', '42601', /^SQL compilation error:\nUnknown function NOFUNC$/],
  [
    'SELECT UPPER()',
    '000938',
    '22023',
    /^SQL compilation error: error line 1 at position 7\nnot enough arguments for function \[UPPER\], expected 1, got 0$/,
  ],
  [
    "SELECT UPPER('a', 'b')",
    '000939',
    '22023',
    /too many arguments for function \[UPPER\] expected 1, got 2$/,
  ],
  [
    'SELECT 1 UNION SELECT 1, 2',
    '001789',
    '42601',
    /^SQL compilation error:\ninvalid number of result columns for set operator input branches, expected 1, got 2 in branch \{2\}$/,
  ],
  [
    'SELECT STATUS, TOTAL FROM ORDERS GROUP BY STATUS',
    '000979',
    '42601',
    /neither an aggregate nor in the group by clause/,
  ],
  [
    'SELECT ID FROM ORDERS WHERE COUNT(*) > 1',
    '002035',
    '42601',
    /Invalid aggregate function in where clause/,
  ],
  ["SELECT 'abc'::INT", '100038', '22018', /^Numeric value is not recognized$/],
  ['SELECT 12345::NUMBER(3, 0)', '100039', '22003', /^Numeric value is out of range$/],
  ["SELECT 'abc'::BOOLEAN", '100037', '22018', /^Boolean value is not recognized$/],
  ["SELECT 'abc'::DATE", '100040', '22007', /^Date is not recognized$/],
  ["SELECT 'abc'::TIMESTAMP", '100035', '22007', /^Timestamp is not recognized$/],
  ["SELECT 'abc'::TIME", '100108', '22007', /^Time is not recognized$/],
  ["SELECT PARSE_JSON('{a')", '100069', '22P02', /^Error parsing JSON/],
  ['SELECT o."total" FROM ORDERS o', '000904', '42000', /invalid identifier 'O\."total"'$/],
  ['SELECT 1 / 0', '100051', '22012', /^Division by zero$/],
  ['SELECT (SELECT ID FROM ORDERS)', '090150', '22000', /^Single-row subquery returns more than one row\.$/],
  ['SELECT $NOPE', '002211', '02000', /^SQL compilation error:\nSession variable '\$NOPE' does not exist$/],
  ['SELECT ?', '002049', '42601', /Bind variable not set/],
  ['-- nothing', '000900', '42601', /Empty SQL statement/],
  [
    'SELECT 1; SELECT 2',
    '000008',
    '0A000',
    /^Actual statement count 2 did not match the desired statement count 1\./,
  ],
  [
    "SELECT * FROM TABLE(RESULT_SCAN('01b2c3d4-0000-1234-0000-000000000000'))",
    '000709',
    '02000',
    /^Statement not found/,
  ],
  ['DESCRIBE TABLE NOPE', '002003', '42S02', /Object 'SHOP\.PUBLIC\.NOPE' does not exist or not authorized/],
  ['SHOW TABLES IN SCHEMA NOPE', '002043', '02000', NOT_THERE],
  [
    'DROP TABLE SCRATCH.NOPE',
    '002003',
    '42S02',
    /^SQL compilation error:\nObject 'NOPE' does not exist or not authorized\.$/,
  ],
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
