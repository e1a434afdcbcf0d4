import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openShop } from '@sluice/demo';
import type { Warehouse, WarehouseSession } from '../../index.ts';
import { prettyJson as printed } from '../pretty-json.ts';
import { runSql } from '../testing.ts';

let warehouse: Warehouse;
let session: WarehouseSession;
beforeAll(async () => {
  warehouse = await openShop({ customers: 20 });
  session = await warehouse.openSession(warehouse.defaults);
});
afterAll(() => warehouse.close());

const numbers = '(VALUES (1, 10), (2, 20), (3, 20)) AS t(A, B)';

describe('queries', () => {
  const cases: Record<string, unknown[][]> = {
    'SELECT 1 AS A FROM DUAL': [['1']],
    'SELECT 1 FROM dual WHERE 1 = 0': [],
    [`SELECT COUNT(*) FROM DUAL d, ${numbers}`]: [['3']],
    'WITH DUAL AS (SELECT 7 AS X UNION ALL SELECT 8) SELECT X FROM DUAL ORDER BY X': [['7'], ['8']],
    [`SELECT A + 1 AS X, X * 2 AS Y FROM ${numbers} WHERE X > 2 ORDER BY Y DESC`]: [
      ['4', '8'],
      ['3', '6'],
    ],
    [`SELECT A FROM ${numbers} ORDER BY -A, B LIMIT 1 OFFSET 1`]: [['2']],
    [`SELECT B FROM ${numbers} GROUP BY B ORDER BY SUM(A) DESC`]: [['20'], ['10']],
    [`SELECT B, SUM(A) AS S FROM ${numbers} GROUP BY 1 HAVING S > 1 ORDER BY 1`]: [['20', '5']],
    [`SELECT B * 2 AS D, COUNT(*) FROM ${numbers} GROUP BY D ORDER BY D`]: [
      ['20', '1'],
      ['40', '2'],
    ],
    [`SELECT 'x' AS K, 1 AS N, COUNT(*) FROM ${numbers} GROUP BY K, N`]: [['x', '1', '3']],
    [`SELECT B, SUM(A) FROM ${numbers} GROUP BY ALL ORDER BY ALL`]: [
      ['10', '1'],
      ['20', '5'],
    ],
    [`SELECT B, SUM(A), GROUPING(B) FROM ${numbers} GROUP BY ROLLUP (B) ORDER BY 3, 1`]: [
      ['10', '1', '0'],
      ['20', '5', '0'],
      [null, '6', '1'],
    ],
    [`SELECT A, B, SUM(1) FROM ${numbers} GROUP BY GROUPING SETS ((A, B), (B), ()) ORDER BY 1, 2, 3`]: [
      ['1', '10', '1'],
      ['2', '20', '1'],
      ['3', '20', '1'],
      [null, '10', '1'],
      [null, '20', '2'],
      [null, null, '3'],
    ],
    [`SELECT DISTINCT B FROM ${numbers} ORDER BY B DESC`]: [['20'], ['10']],
    [`SELECT DISTINCT B FROM ${numbers} ORDER BY B + 1 DESC LIMIT 1`]: [['20']],
    [`SELECT COUNT(A, B), COUNT(DISTINCT B, A - A), COUNT(DISTINCT B), COUNT(B, NULL) FROM ${numbers}`]: [
      ['3', '2', '2', '0'],
    ],
    [`SELECT DISTINCT B + 1 FROM ${numbers} ORDER BY B + 1 DESC`]: [['21'], ['11']],
    [`SELECT DISTINCT B + 1 FROM ${numbers} ORDER BY (B + 1)`]: [['11'], ['21']],
    [`SELECT DISTINCT 1, B FROM ${numbers} ORDER BY ((2)) DESC`]: [
      ['1', '20'],
      ['1', '10'],
    ],
    // What is no place is the same for every row, and no number of a column's.
    [`SELECT A, -A FROM ${numbers} UNION ALL SELECT 0, 0 ORDER BY 2e0, 2.0, '2', NULL, 1`]: [
      ['0', '0'],
      ['1', '-1'],
      ['2', '-2'],
      ['3', '-3'],
    ],
    [`SELECT f.KEY FROM TABLE(FLATTEN(PARSE_JSON('{"a": {"b": 1}, "c": {"d": 2}}'), 'c')) f`]: [['d']],
    [`SELECT f.KEY FROM TABLE(FLATTEN(PARSE_JSON('{"a": {"b": 1}}'), 'a', TRUE, FALSE, 'ARRAY')) f`]: [
      [null],
    ],
    [`SELECT COUNT(*) FROM (SELECT SUM(A) FROM ${numbers})`]: [['1']],
    [`SELECT COUNT(*) FROM (SELECT DISTINCT B FROM ${numbers})`]: [['2']],
    [`SELECT COUNT(*) FROM (SELECT A, B FROM ${numbers} UNION SELECT 1, 10)`]: [['3']],
    [`SELECT A FROM ${numbers} UNION ALL SELECT 9 ORDER BY A DESC LIMIT 2`]: [['9'], ['3']],
    [`(SELECT A FROM ${numbers} ORDER BY A DESC LIMIT 1) UNION ALL (SELECT 7 LIMIT 1) ORDER BY 1`]: [
      ['3'],
      ['7'],
    ],
    'SELECT 1 UNION SELECT 1 UNION ALL SELECT 1': [['1'], ['1']],
    'SELECT 1 AS A, 2 AS B UNION ALL BY NAME SELECT 3 AS B, 4 AS C ORDER BY B': [
      ['1', '2', null],
      [null, '3', '4'],
    ],
    [`SELECT x.A, y.A FROM ${numbers.replace('t(', 'x(')} JOIN ${numbers.replace('t(', 'y(')} USING (A) WHERE A = 2`]:
      [['2', '2']],
    'SELECT A FROM (SELECT 1 AS A) x FULL JOIN (SELECT 2 AS A) y USING (A) ORDER BY A': [['1'], ['2']],
    'SELECT * FROM (SELECT 1 AS A, 2 AS B) NATURAL JOIN (SELECT 1 AS A, 3 AS C)': [['1', '2', '3']],
    [`SELECT A, (SELECT MAX(y.A) FROM ${numbers.replace('t(', 'y(')} WHERE y.B = t.B) FROM ${numbers} ORDER BY A`]:
      [
        ['1', '1'],
        ['2', '3'],
        ['3', '3'],
      ],
    [`SELECT A FROM ${numbers} WHERE (A, B) IN (SELECT 2, 20)`]: [['2']],
    [`SELECT A FROM ${numbers} WHERE A >= ALL (SELECT y.A FROM ${numbers.replace('t(', 'y(')})`]: [['3']],
    [`SELECT A, l.D FROM ${numbers}, LATERAL (SELECT t.A * 2 AS D) l WHERE A = 2`]: [['2', '4']],
    [`SELECT A, SUM(B) OVER (ORDER BY A ROWS BETWEEN 1 PRECEDING AND CURRENT ROW) FROM ${numbers} ORDER BY A`]:
      [
        ['1', '10'],
        ['2', '30'],
        ['3', '40'],
      ],
    [`SELECT B, SUM(SUM(A)) OVER (ORDER BY B) FROM ${numbers} GROUP BY B ORDER BY B`]: [
      ['10', '1'],
      ['20', '6'],
    ],
    [`WITH a AS (SELECT 1 AS N), b AS (SELECT N + 1 AS N FROM a) SELECT a.N, b.N FROM a, b`]: [['1', '2']],
    [`WITH t AS (SELECT 5 AS N) SELECT N FROM t UNION ALL (WITH t AS (SELECT 6 AS N) SELECT N FROM t) ORDER BY 1`]:
      [['5'], ['6']],
    'WITH RECURSIVE t (N, P) AS (SELECT 1, 1 UNION ALL SELECT N + 1, P * 2 FROM t WHERE N < 5) SELECT MAX(P) FROM t':
      [['16']],
    [`SELECT * FROM (SELECT B, A, 1 AS G FROM ${numbers}) PIVOT (SUM(A) FOR B IN (10, 20, 30)) AS p`]: [
      ['1', '1', '5', null],
    ],
    [`SELECT K, V FROM ${numbers} UNPIVOT (V FOR K IN (A, B)) WHERE K = 'A' ORDER BY V`]: [
      ['A', '1'],
      ['A', '2'],
      ['A', '3'],
    ],
    [`SELECT TOP 2 A FROM ${numbers} ORDER BY A DESC`]: [['3'], ['2']],
    'SELECT COUNT(*) FROM CUSTOMERS SAMPLE (100)': [['20']],
    'SELECT COUNT(*), COUNT(c.ORDERS) FROM CUSTOMER_OVERVIEW c JOIN CUSTOMER_OVERVIEW d ON c.ID = d.ID': [
      ['20', '20'],
    ],
    [`SELECT OBJECT_CONSTRUCT(*) FROM (SELECT 1 AS A, NULL AS B)`]: [[printed('{"A":1}')]],
    [`SELECT ARRAY_AGG(DISTINCT B) WITHIN GROUP (ORDER BY B DESC) FROM ${numbers}`]: [[printed('[20,10]')]],
    [`SELECT TRANSFORM([1, 2], x -> x * 10), FILTER([1, 2, 3], x -> x > 1)`]: [
      ['[10,20]', '[2,3]'].map(printed),
    ],
    [`SELECT UPPER(v:n), v:n || '!', v:i + 1, v:n = 'ada', LENGTH(v:n) FROM (SELECT PARSE_JSON('{"n":"ada","i":2}') AS v)`]:
      [['ADA', 'ada!', '3', '1', '3']],
    "SELECT f.SEQ, f.INDEX, f.VALUE FROM TABLE(FLATTEN(INPUT => PARSE_JSON('[]'), OUTER => TRUE)) f": [
      ['1', null, null],
    ],
    "SELECT LEFT('abc', 2), RIGHT('abc', ID), SPLIT_PART('a.b', '.', ID) FROM CUSTOMERS WHERE ID = 1": [
      ['ab', 'c', 'a'],
    ],
    "SELECT '1,5' LIKE ANY ('x', '1%'), 5 = ANY (1, 5), 'abcdef'::VARCHAR(3)": [['1', '1', 'abc']],
    "SELECT 'abc'::CHAR, 'abc'::NCHAR(2), 'abc'::CHAR VARYING": [['a', 'ab', 'abc']],
    "SELECT EXTRACT(year FROM '2024-05-06'::DATE), HOUR('2024-05-06 07:00:00'::TIMESTAMP)": [['2024', '7']],
    'SELECT CASE 2 WHEN 1 THEN 3 WHEN 2 THEN 4 END, CASE WHEN NULL THEN 1 END': [['4', null]],
    'SELECT COUNT(1) FROM CUSTOMERS a LEFT JOIN (ORDERS o JOIN ORDER_ITEMS i ON i.ORDER_ID = o.ID) ON a.ID = o.CUSTOMER_ID AND o.ID < 0':
      [['20']],
  };
  it.each(Object.entries(cases))('%s', async (sql, rows) => {
    expect((await runSql(session, sql)).rows).toEqual(rows);
  });

  it('hold for what DuckDB could never have looked up', async () => {
    // Alias, column and table of one name, in one another.
    const sql = `SELECT ID.ID AS NAME, ID.NAME AS ID FROM (SELECT ID, 'n' AS NAME FROM CUSTOMERS WHERE ID = 1) AS ID ORDER BY ID`;
    expect((await runSql(session, sql)).rows).toEqual([['1', 'n']]);
  });

  it.each([
    'SELECT * FROM CUSTOMERS AT (OFFSET => -60)',
    'SELECT 1 FROM CUSTOMERS CONNECT BY PRIOR ID = ID',
    "SELECT * FROM TABLE(RESULT_SCAN('x'))",
    'SELECT $1 FROM @STAGE',
    'SELECT * FROM CUSTOMERS ASOF JOIN ORDERS MATCH_CONDITION (CREATED_AT >= ORDER_DATE) ON CUSTOMERS.ID < ORDERS.CUSTOMER_ID',
    'SELECT * FROM (SELECT 1 AS K, 5 AS V) PIVOT (SUM(V) FOR K IN (ANY))',
    'SELECT MY_FUNCTION(1)',
    'SELECT 1 INTERSECT ALL SELECT 1',
  ])('are refused by name, or not understood: %s', async (sql) => {
    await expect(runSql(session, sql)).rejects.toMatchObject({
      code: expect.stringMatching(
        /unsupported_by_warehouse|statement_not_understood|object_unknown|statement_syntax/,
      ),
    });
  });
});

describe('changes', () => {
  it('take their values from queries, views and defaults', async () => {
    await runSql(session, "CREATE OR REPLACE TABLE SCRATCH.T (A INT DEFAULT 1 + 1, B VARCHAR DEFAULT 'x')");
    await runSql(session, 'INSERT INTO SCRATCH.T VALUES (DEFAULT, DEFAULT), (5, NULL)');
    await runSql(
      session,
      'INSERT INTO SCRATCH.T (B, A) WITH q AS (SELECT COUNT(*) AS N FROM CUSTOMER_OVERVIEW) SELECT N, 3 FROM q',
    );
    expect((await runSql(session, 'SELECT A, B FROM SCRATCH.T ORDER BY A')).rows).toEqual([
      ['2', 'x'],
      ['3', '20'],
      ['5', null],
    ]);
    await runSql(
      session,
      'UPDATE SCRATCH.T SET A = T.A + v.N, B = DEFAULT FROM (SELECT COUNT(*) AS N FROM CUSTOMER_OVERVIEW) v WHERE B IS NULL',
    );
    await runSql(session, 'DELETE FROM SCRATCH.T USING CUSTOMER_OVERVIEW o WHERE T.A = o.ID');
    expect((await runSql(session, 'SELECT A, B FROM SCRATCH.T')).rows).toEqual([['25', 'x']]);
    const merge = `MERGE INTO SCRATCH.T t USING (SELECT ID FROM CUSTOMER_OVERVIEW WHERE ID < 3 UNION ALL SELECT 25) s ON t.A = s.ID
      WHEN MATCHED AND s.ID = 25 THEN DELETE WHEN NOT MATCHED AND s.ID > 1 THEN INSERT (A, B) VALUES (s.ID, 'm')`;
    expect((await runSql(session, merge)).changed).toEqual({
      inserted: 1,
      updated: 0,
      deleted: 1,
      does: ['deleted', 'inserted'],
    });
    await runSql(session, 'CREATE OR REPLACE TABLE SCRATCH.T2 CLONE SCRATCH.T');
    await runSql(session, 'CREATE OR REPLACE TABLE SCRATCH.T3 LIKE SCRATCH.T');
    await runSql(session, 'ALTER TABLE SCRATCH.T3 ADD COLUMN C INT DEFAULT 4');
    expect(
      (await runSql(session, 'SELECT (SELECT COUNT(*) FROM SCRATCH.T2), (SELECT COUNT(C) FROM SCRATCH.T3)'))
        .rows,
    ).toEqual([['1', '0']]);
    await runSql(session, 'TRUNCATE TABLE SCRATCH.T2');
    await runSql(
      session,
      'CREATE OR REPLACE TABLE SCRATCH.T4 (X) AS SELECT A FROM SCRATCH.T2 UNION ALL SELECT 8',
    );
    expect((await runSql(session, 'SELECT X FROM SCRATCH.T4')).rows).toEqual([['8']]);
  });
});
