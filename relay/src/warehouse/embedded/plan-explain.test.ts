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

const plan = async (sql: string) =>
  (await runSql(session, sql)).rows.map(([, id, parents, operation, objects, , expressions]) =>
    [id, parents, operation, objects, expressions]
      .map((one) => one ?? '')
      .join(' ')
      .trim(),
  );

it('tells the steps of a statement, in the columns of Snowflake', async () => {
  const sql =
    'SELECT STATUS, COUNT(*) AS N FROM ORDERS WHERE TOTAL > 4711 GROUP BY STATUS ORDER BY N LIMIT 3';
  const { columns } = await runSql(session, `EXPLAIN ${sql}`);
  expect(columns.map(({ name }) => name)).toEqual(
    'step id parentOperators operation objects alias expressions partitionsTotal partitionsAssigned bytesAssigned'.split(
      ' ',
    ),
  );
  expect(await plan(`EXPLAIN USING TABULAR ${sql}`)).toEqual([
    'GlobalStats',
    '0  Result  STATUS, N',
    '1 [0] SortWithLimit',
    '2 [1] Aggregate',
    '3 [2] Filter',
    '4 [3] TableScan SHOP.PUBLIC.ORDERS STATUS, TOTAL',
  ]);
});

it.each([
  ['SELECT * FROM REVENUE_BY_MONTH', 'TableScan SHOP.PUBLIC.ORDERS'],
  ['SELECT o.ID FROM ORDERS o LEFT JOIN CUSTOMERS c ON c.ID = o.CUSTOMER_ID', 'LeftOuterJoin'],
  ['SELECT 1 UNION ALL SELECT 2', 'UnionAll'],
  ['WITH q AS (SELECT ID FROM ORDERS) SELECT * FROM q', 'WithReference'],
  ["UPDATE ORDERS SET STATUS = 'x' WHERE ID = 1", 'Update SHOP.PUBLIC.ORDERS'],
  ['DELETE FROM ORDERS', 'Delete SHOP.PUBLIC.ORDERS'],
  [
    'MERGE INTO ORDERS o USING PAYMENTS p ON o.ID = p.ID WHEN MATCHED THEN DELETE',
    'Merge SHOP.PUBLIC.ORDERS',
  ],
])('of %s', async (sql, step) => {
  expect((await plan(`EXPLAIN ${sql}`)).join('\n')).toContain(step);
});

it('changes nothing, and shows no value', async () => {
  await runSql(session, 'EXPLAIN DELETE FROM ORDERS');
  expect((await runSql(session, 'SELECT COUNT(*) > 0 FROM ORDERS')).rows).toEqual([['1']]);
  for (const format of ['TABULAR', 'JSON', 'TEXT']) {
    const { rows } = await runSql(
      session,
      `EXPLAIN USING ${format} SELECT NAME FROM CUSTOMERS WHERE EMAIL = 'a@b.example' AND ID = 4711`,
    );
    expect(JSON.stringify(rows)).toContain('CUSTOMERS');
    expect(JSON.stringify(rows)).not.toMatch(/a@b|4711/);
  }
});
