import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openShop } from '@sluice/demo';
import type { Warehouse, WarehouseSession } from '../../index.ts';
import { runSql } from '../testing.ts';

let warehouse: Warehouse;
let session: WarehouseSession;
beforeAll(async () => {
  warehouse = await openShop({ customers: 300, memoryLimit: '500MB' });
  session = await warehouse.openSession(warehouse.defaults);
});
afterAll(() => warehouse.close());

describe('texts are no longer than in Snowflake, and what is too long is never made', () => {
  const all = "FROM (SELECT REPEAT('x', 1000000) AS v)";
  it.each([
    "SELECT LENGTH(REPEAT('x', 1500000000))",
    'SELECT LENGTH(SPACE(1500000000))',
    "SELECT LENGTH(LPAD('x', 1500000000, 'ab'))",
    "SELECT LENGTH(RPAD('x', 1500000000, 'ab'))",
    "SELECT LENGTH(REPLACE(REPEAT('x', 200000), 'x', REPEAT('y', 200000)))",
    "SELECT LENGTH(REGEXP_REPLACE(REPEAT('x', 200000), 'x', REPEAT('y', 200000)))",
    "SELECT LENGTH(REGEXP_REPLACE(REPEAT('x', 200000), '^.*$', REPEAT('\\\\0', 100000)))",
    'SELECT ARRAY_SIZE(ARRAY_GENERATE_RANGE(0, 1500000000))',
    "SELECT LENGTH(LISTAGG(REPEAT(NAME, 8000), '')) FROM CUSTOMERS",
    'SELECT ARRAY_SIZE(ARRAY_AGG(REPEAT(NAME, 8000))) FROM CUSTOMERS',
    'SELECT LENGTH(REPEAT(NAME, 1000000)) FROM CUSTOMERS',
    'SELECT LENGTH(RANDSTR(1500000000, RANDOM()))',
    "SELECT LENGTH(HEX_ENCODE(REPEAT('x', 16000000)))",
    `SELECT LENGTH(CONCAT(v, v, v, v, v, v, v, v, v, v, v, v, v, v, v, v, v, v)) ${all}`,
    `SELECT LENGTH(${Array.from({ length: 30 }, () => 'v').join(' || ')}) ${all}`,
    `SELECT ARRAY_CONSTRUCT(${Array.from({ length: 30 }, () => 'v').join(', ')}) ${all}`,
    `SELECT OBJECT_CONSTRUCT(${Array.from({ length: 30 }, (_, i) => `'k${i}', v`).join(', ')}) ${all}`,
    "WITH RECURSIVE t AS (SELECT 'x' AS v, 1 AS n UNION ALL SELECT v || v, n + 1 FROM t WHERE n < 40) SELECT MAX(LENGTH(v)) FROM t",
  ])('%s', async (sql) => {
    const before = process.memoryUsage().rss;
    await expect(runSql(session, sql)).rejects.toMatchObject({ warehouse: { code: '100078' } });
    expect(process.memoryUsage().rss - before).toBeLessThan(400 * 2 ** 20);
  });

  it('and what fits is made', async () => {
    const sql = `SELECT LENGTH(REPEAT('x', 16000000)), REPLACE('aXbX', 'X', '--'), LPAD('7', 3, '0'), RPAD('7', 3, '0'),
      REGEXP_REPLACE('a1b2', '[0-9]', '#'), SPACE(2), REPEAT('ab', 2), 'a' || 'b' || NULL, LENGTH(RANDSTR(50, RANDOM()))`;
    expect((await runSql(session, sql)).rows).toEqual([
      ['16000000', 'a--b--', '007', '700', 'a#b#', '  ', 'abab', null, '50'],
    ]);
  });
});

describe('nesting does not multiply', () => {
  const chain = (length: number, of: (before: string) => string) =>
    Array.from({ length }, (_, index) => `${of(index === 0 ? 'NAME' : `a${index - 1}`)} AS a${index}`).join(
      ', ',
    );

  it.each([
    ['aliases', `SELECT ${chain(60, (a) => `${a} || ${a}`)} FROM CUSTOMERS`],
    ['aliases in CASE', `SELECT ${chain(60, (a) => `IFF(${a} = 'x', ${a}, ${a})`)} FROM CUSTOMERS`],
    ['deep aliases', `SELECT ${chain(5000, (a) => `UPPER(${a})`)} FROM CUSTOMERS`],
  ])('%s end with a typed error', async (_, sql) => {
    const start = Date.now();
    await expect(runSql(session, sql)).rejects.toMatchObject({
      code: expect.stringMatching(/unsupported_by_warehouse|not_understood/),
    });
    expect(Date.now() - start).toBeLessThan(10_000);
  });

  const many = (condition: (i: number) => string, operator: string) =>
    `SELECT COUNT(*) FROM CUSTOMERS WHERE ${Array.from({ length: 10_001 }, (_, i) => condition(i)).join(` ${operator} `)}`;
  const values = Array.from({ length: 10_001 }, (_, i) => `'n${i}'`).join(', ');
  // DuckDB's optimizer compares all of them with each other and cannot be interrupted: with 75,000 it takes minutes.
  it.each([
    ['OR', many((i) => `ID = ${i}`, 'OR')],
    ['AND', many((i) => `ID <> ${i}`, 'AND')],
    ['OR within OR', many((i) => `(ID = ${i})`, 'OR').replaceAll('50)', '50 OR ID = 7)')],
    ['LIKE ANY', `SELECT COUNT(*) FROM CUSTOMERS WHERE NAME LIKE ANY (${values})`],
    ['= ANY', `SELECT COUNT(*) FROM CUSTOMERS WHERE NAME = ANY (${values})`],
  ])('more conditions joined by %s than DuckDB can plan are refused', async (_, sql) => {
    await expect(runSql(session, sql)).rejects.toMatchObject({
      code: 'unsupported_by_warehouse',
      message: expect.stringContaining('more than 10000 conditions'),
    });
  });

  it.each(['UNION ALL', 'UNION', 'EXCEPT'])('more queries joined by %s are refused', async (operator) => {
    const sql = Array.from({ length: 1_001 }, (_, i) => `SELECT ${i}`).join(` ${operator} `);
    await expect(runSql(session, sql)).rejects.toMatchObject({
      code: 'unsupported_by_warehouse',
      message: expect.stringMatching(/more than 1000 queries|as long as this one/),
    });
  });

  it('a long list takes the place of a long chain', async () => {
    const { rows } = await runSql(session, `SELECT COUNT(*) FROM CUSTOMERS WHERE NAME IN (${values})`);
    expect(rows).toEqual([['0']]);
  });

  it.each([
    ['GREATEST', (x: string) => `GREATEST(${x}, 1)`],
    ['division', (x: string) => `(1 / (${x} + 1))`],
    ['DIV0', (x: string) => `DIV0(${x}, 2)`],
    ['DECODE', (x: string) => `DECODE(${x}, 1, 2, 3)`],
    ['SUBSTR', (x: string) => `LENGTH(SUBSTR('abc', ${x}))`],
    ['a cast of what is not known', (x: string) => `IFNULL(NULL, ${x})::INT`],
    ['an element', (x: string) => `ARRAY_CONSTRUCT(1, 2)[LEAST(${x}, 1)]::INT`],
    ['RPAD', (x: string) => `LENGTH(RPAD('a', 1 + LEAST(3, ${x})))`],
  ])('%s inside of itself', async (_, nest) => {
    const sql = `SELECT ${Array.from({ length: 14 }).reduce<string>((x) => nest(x), 'ID')} FROM CUSTOMERS LIMIT 1`;
    const start = Date.now();
    expect((await runSql(session, sql)).rows).toHaveLength(1);
    expect(Date.now() - start).toBeLessThan(5_000);
  });

  it('and views of views, each read twice by the next, are made once', async () => {
    await runSql(
      session,
      'CREATE OR REPLACE VIEW SCRATCH.V0 AS SELECT ID FROM SHOP.PUBLIC.CUSTOMERS WHERE ID < 3',
    );
    for (let i = 1; i <= 12; i += 1) {
      await runSql(
        session,
        `CREATE OR REPLACE VIEW SCRATCH.V${i} AS SELECT a.ID FROM SCRATCH.V${i - 1} a JOIN SCRATCH.V${i - 1} b ON a.ID = b.ID`,
      );
    }
    expect((await runSql(session, 'SELECT COUNT(*) FROM SCRATCH.V12')).rows).toEqual([['2']]);
  });
});
