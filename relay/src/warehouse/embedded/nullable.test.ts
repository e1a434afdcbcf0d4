import { afterAll, beforeAll, expect, it } from 'vitest';
import { openShop } from '@sluice/demo';
import type { Warehouse, WarehouseSession } from '../index.ts';
import { runSql } from './testing.ts';

let warehouse: Warehouse;
let session: WarehouseSession;
beforeAll(async () => {
  warehouse = await openShop({ customers: 5 });
  session = await warehouse.openSession(warehouse.defaults);
});
afterAll(() => warehouse.close());

const nullable = async (sql: string) => (await runSql(session, sql)).columns.map((column) => column.nullable);

const JOINED = 'ORDERS o JOIN CUSTOMERS c ON c.ID = o.CUSTOMER_ID';

it.each([
  ["SELECT 1, 'a', NULL, TRUE, COUNT(*), ROW_NUMBER() OVER (ORDER BY ID) FROM ORDERS GROUP BY ID"],
  ['SELECT ID, ID + 1, ID::INT, ABS(ID), ID IS NULL, TOTAL, TOTAL IS NULL, ID = TOTAL FROM ORDERS'],
  [`SELECT o.ID, c.ID, COALESCE(c.CREDIT_LIMIT, 0), NVL(c.CITY, c.COUNTRY) FROM ${JOINED}`],
  [
    'SELECT CASE WHEN ID > 1 THEN 1 ELSE 2 END, CASE WHEN ID > 1 THEN 1 END, TRY_TO_NUMBER(ID::VARCHAR) FROM ORDERS',
  ],
  ['SELECT * FROM (SELECT ID, TOTAL FROM ORDERS UNION ALL SELECT ID, NULL FROM PAYMENTS)'],
  ['WITH o AS (SELECT ID AS A FROM ORDERS) SELECT A, (SELECT A FROM o LIMIT 1) FROM o'],
  ['SELECT COLUMN1, COLUMN2 FROM VALUES (1, NULL), (2, 3)'],
])('knows which columns cannot be NULL: %s', async (sql) => {
  // Worked out by hand, in the order of the cases.
  const expected: Readonly<Record<string, readonly boolean[]>> = {
    'SELECT 1, ': [false, false, true, false, false, false],
    'SELECT ID,': [false, false, false, false, false, true, false, true],
    'SELECT o.I': [false, false, false, true],
    'SELECT CAS': [false, true, true],
    'SELECT * F': [false, true],
    'WITH o AS ': [false, true],
    'SELECT COL': [false, true],
  };
  expect(await nullable(sql)).toEqual(expected[sql.slice(0, 10)]);
});

it.each([
  ['LEFT JOIN', [false, true]],
  ['RIGHT JOIN', [true, false]],
  ['FULL JOIN', [true, true]],
])('says that the other side of a %s may be missing', async (join, expected) => {
  expect(await nullable(`SELECT o.ID, p.ID FROM ORDERS o ${join} PAYMENTS p ON p.ORDER_ID = o.ID`)).toEqual(
    expected,
  );
});

it('says that a key may be NULL that rows are not always grouped by', async () => {
  expect(await nullable('SELECT ID, COUNT(*) FROM ORDERS GROUP BY ROLLUP (ID)')).toEqual([true, true]);
});

it('never says of a JSON null that it cannot be NULL', async () => {
  await runSql(session, 'CREATE TABLE SCRATCH.J (V VARIANT NOT NULL)');
  await runSql(session, "INSERT INTO SCRATCH.J SELECT PARSE_JSON('null')");
  expect(await runSql(session, 'SELECT V::INT FROM SCRATCH.J')).toMatchObject({
    columns: [{ nullable: true }],
    rows: [[null]],
  });
});
