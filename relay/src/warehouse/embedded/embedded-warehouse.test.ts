import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { openShop } from '@sluice/demo';
import type { Binds, Warehouse, WarehouseSession } from '../index.ts';
import type { CatalogObject, ObjectName } from '@sluice/snowflake-sql';
import { prettyJson as printed } from './pretty-json.ts';
import { executable, runSql } from './testing.ts';

let warehouse: Warehouse;
let session: WarehouseSession;
beforeAll(async () => {
  warehouse = await openShop({ customers: 300 });
});
afterAll(() => warehouse.close());
beforeEach(async () => {
  session = await warehouse.openSession(warehouse.defaults);
});

async function find(of: WarehouseSession, name: ObjectName): Promise<CatalogObject | null> {
  const [loaded] = await of.catalog.load([{ name, type: 'table' }]);
  return loaded!.object;
}

async function run(sql: string, binds: Binds = {}) {
  return await runSql(session, sql, { binds });
}

describe('everyday Snowflake SQL', () => {
  const cases: Record<string, unknown[][]> = {
    "SELECT 1, 'a', NULL, TRUE": [['1', 'a', null, '1']],
    'SELECT ID FROM CUSTOMERS QUALIFY ROW_NUMBER() OVER (ORDER BY ID) = 2': [['2']],
    "SELECT DATEADD(day, 3, '2024-01-01'::DATE), DATEADD('hour', 1, '2024-01-01'::TIMESTAMP)": [
      ['19726', '1704070800.000000000'],
    ],
    "SELECT DATEDIFF(day, '2024-01-01', '2024-03-01'), DATE_TRUNC('month', '2024-03-05'::DATE)": [
      ['60', '19783'],
    ],
    "SELECT TO_CHAR('2024-03-05'::DATE, 'YYYY/MM/DD'), TO_DATE('05.03.2024', 'DD.MM.YYYY')": [
      ['2024/03/05', '19787'],
    ],
    "SELECT IFF(1 > 2, 'a', 'b'), NVL(NULL, 3), ZEROIFNULL(NULL), DIV0(1, 0)": [['b', '3', '0', '0.000000']],
    "SELECT 'Abc' ILIKE 'a%', 'abc' LIKE ANY ('x%', 'a%'), 'abc' RLIKE 'a.*', NOT 'a' = 'b'": [
      ['1', '1', '1', '1'],
    ],
    "SELECT LISTAGG(V, ',') WITHIN GROUP (ORDER BY V DESC) FROM (VALUES ('a'), ('b')) AS t(V)": [['b,a']],
    'SELECT ARRAY_AGG(V) WITHIN GROUP (ORDER BY V) FROM (VALUES (1), (2), (NULL)) AS t(V)': [
      [printed('[1,2]')],
    ],
    "SELECT OBJECT_CONSTRUCT('a', 1, 'b', NULL), ARRAY_CONSTRUCT(1, 'x'), [1, 2], {'k': 'v'}": [
      ['{"a":1}', '[1,"x"]', '[1,2]', '{"k":"v"}'].map(printed),
    ],
    [`SELECT PARSE_JSON('{"a":{"b":[1,"x"]}}'):a.b[1]::STRING, PARSE_JSON('{"a":5}'):a::NUMBER + 1`]: [
      ['x', '6'],
    ],
    [`SELECT PARSE_JSON('{"a":"x"}'):a, PARSE_JSON('{"a":"x"}')['a']::STRING`]: [['"x"', 'x']],
    [`SELECT f.INDEX, f.VALUE::STRING FROM TABLE(FLATTEN(PARSE_JSON('["p","q"]'))) f ORDER BY 1`]: [
      ['0', 'p'],
      ['1', 'q'],
    ],
    [`SELECT f.KEY, f.VALUE, f.PATH FROM (SELECT PARSE_JSON('{"k":1}') AS v) t, LATERAL FLATTEN(INPUT => t.v) f`]:
      [['k', '1', 'k']],
    "SELECT s.VALUE FROM TABLE(SPLIT_TO_TABLE('a.b', '.')) s ORDER BY s.INDEX": [['a'], ['b']],
    "SELECT TRY_CAST('x' AS INT), TRY_TO_NUMBER('12.34', 10, 2), '7'::INT": [[null, '12.34', '7']],
    "SELECT SPLIT_PART('a@b', '@', 2), CONTAINS('abc', 'b'), STARTSWITH('abc', 'a'), INITCAP('ada lovelace')":
      [['b', '1', '1', 'Ada Lovelace']],
    "SELECT REGEXP_SUBSTR('a1b22', '[0-9]+'), REGEXP_REPLACE('a1b2', '[0-9]', '#'), REGEXP_COUNT('aaa', 'a')":
      [['1', 'a#b#', '3']],
    'SELECT COUNT(*), COUNT_IF(ID > 290), MEDIAN(ID), APPROX_COUNT_DISTINCT(1) FROM CUSTOMERS': [
      ['300', '10', '150.500', '1'],
    ],
    'SELECT COLUMN1 FROM VALUES (1), (2) ORDER BY 1 DESC': [['2'], ['1']],
    'SELECT TOP 1 ID FROM CUSTOMERS ORDER BY ID DESC': [['300']],
    'SELECT * FROM (SELECT 1 AS A, 2 AS B) EXCEPT SELECT 3, 4': [['1', '2']],
    'SELECT * EXCLUDE B FROM (SELECT 1 AS A, 2 AS B)': [['1']],
    'WITH RECURSIVE t AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM t WHERE n < 3) SELECT SUM(n) FROM t': [
      ['6'],
    ],
    'SELECT V, K FROM (SELECT 1 AS A, 2 AS B) UNPIVOT (V FOR K IN (A, B)) ORDER BY K': [
      ['1', 'A'],
      ['2', 'B'],
    ],
    "SELECT * FROM (SELECT 'x' AS K, 5 AS V) PIVOT (SUM(V) FOR K IN ('x')) AS p": [['5']],
    'SELECT COUNT(*) FROM TABLE(GENERATOR(ROWCOUNT => 7))': [['7']],
    'SELECT CURRENT_DATABASE(), CURRENT_SCHEMA(), CURRENT_ROLE()': [['SHOP', 'PUBLIC', 'PUBLIC']],
    'SELECT "ID" AS "quoted name" FROM SHOP.PUBLIC.CUSTOMERS WHERE ID = 1': [['1']],
    'SELECT 7 / 2, 1.5 + 1, 10 % 3': [['3.500000', '2.5', '1']],
    "SELECT TABLE_NAME FROM INFORMATION_SCHEMA.TABLES WHERE TABLE_NAME LIKE 'ORDER%' ORDER BY 1": [
      ['ORDERS'],
      ['ORDER_ITEMS'],
    ],
    "SELECT DATA_TYPE FROM INFORMATION_SCHEMA.COLUMNS WHERE TABLE_NAME = 'CUSTOMERS' AND COLUMN_NAME = 'PROFILE'":
      [['VARIANT']],
    'SELECT ORDERS > 0 FROM CUSTOMER_OVERVIEW WHERE ID = 1': [['1']],
    "EXECUTE IMMEDIATE 'SELECT 5'": [['5']],
    'SELECT V FROM (VALUES (1), (NULL), (2)) AS t(V) ORDER BY V DESC': [[null], ['2'], ['1']],
    "SELECT CONCAT('a', NULL), GREATEST(1, NULL), SUBSTR('abc', 0, 2), DAYNAME('2024-01-01'::DATE)": [
      [null, null, 'ab', 'Mon'],
    ],
    [`SELECT PARSE_JSON('{"a":"x"}'):a = 'x', PARSE_JSON('{"a":5}'):a > 3, TRUE::INT`]: [['1', '1', '1']],
    'SELECT /* a comment */ 1 -- and another\n + /* more */ 1': [['2']],
  };
  it.each(Object.entries(cases))('%s', async (sql, rows) => {
    expect((await run(sql)).rows).toEqual(rows);
  });

  it('names columns as Snowflake does', async () => {
    const { columns } = await run('SELECT id, count(*) over (), 1 + 1, name as "N" FROM customers LIMIT 1');
    expect(columns.map(({ name }) => name)).toEqual(['ID', 'COUNT(*) OVER ()', '1 + 1', 'N']);
  });

  it('remembers variables, the schema and temporary tables for the session, and for no other', async () => {
    await run("SET v = 'DE'");
    await run('USE SCHEMA SHOP.SCRATCH');
    await run('CREATE TEMPORARY TABLE T (A INT)');
    expect((await run('SELECT $v, CURRENT_SCHEMA()')).rows).toEqual([['DE', 'SCRATCH']]);
    expect(session.state.schema).toBe('SCRATCH');
    expect((await run('SELECT COUNT(*) FROM T')).rows).toEqual([['0']]);
    const name = { database: 'SHOP', schema: 'SCRATCH', name: 'T' };
    expect(await find(session, name)).toMatchObject({ columns: [{ name: 'A' }] });
    const other = await warehouse.openSession(warehouse.defaults);
    expect(await find(other, name)).toBeNull();
  });
});

describe('names mean what they mean in Snowflake, and never what DuckDB would make of them', () => {
  it('differ by their case', async () => {
    const sql = 'SELECT "x", "X" AS Y FROM (SELECT ID AS "X", NAME AS "x" FROM CUSTOMERS WHERE ID = 1)';
    const { rows, columns } = await run(sql);
    expect(rows).toEqual([[expect.stringMatching(/[a-z]/), '1']]);
    expect(columns.map(({ name }) => name)).toEqual(['x', 'Y']);
  });

  it('are not those that DuckDB gives to a second column of one name', async () => {
    const { rows } = await run('SELECT A_1 FROM (SELECT 1 AS A, 2 AS A, 3 AS A_1)');
    expect(rows).toEqual([['3']]);
  });

  it('of a temporary table hide the table or view of that name, however it is called', async () => {
    await run('CREATE TEMPORARY TABLE CUSTOMER_OVERVIEW (ID NUMBER, CONTACT VARCHAR)');
    for (const name of ['CUSTOMER_OVERVIEW', 'PUBLIC.CUSTOMER_OVERVIEW', 'SHOP.PUBLIC.CUSTOMER_OVERVIEW']) {
      expect((await run(`SELECT CONTACT FROM ${name}`)).rows).toEqual([]);
    }
    await run("INSERT INTO CUSTOMER_OVERVIEW VALUES (1, 'mine')");
    await run("UPDATE CUSTOMER_OVERVIEW SET CONTACT = 'yours' WHERE CUSTOMER_OVERVIEW.ID = 1");
    expect((await run('SELECT CUSTOMER_OVERVIEW.CONTACT FROM CUSTOMER_OVERVIEW')).rows).toEqual([['yours']]);
    const other = await warehouse.openSession(warehouse.defaults);
    const name = { database: 'SHOP', schema: 'PUBLIC', name: 'CUSTOMER_OVERVIEW' };
    expect(await find(session, name)).toMatchObject({ type: 'table', temporary: true });
    expect(await find(other, name)).toMatchObject({ type: 'view' });
    await run('DROP TABLE CUSTOMER_OVERVIEW');
    expect((await run('SELECT COUNT(*) FROM CUSTOMER_OVERVIEW')).rows).toEqual([['300']]);
  });

  it('of tables are kept with their case', async () => {
    await run('CREATE OR REPLACE TABLE SCRATCH."lower" ("a" INT, A INT)');
    await run('INSERT INTO SCRATCH."lower" VALUES (1, 2)');
    expect((await run('SELECT A, "a" FROM SCRATCH."lower"')).rows).toEqual([['2', '1']]);
    const found = await find(session, { database: 'SHOP', schema: 'SCRATCH', name: 'lower' });
    expect(found).toMatchObject({ columns: [{ name: 'a' }, { name: 'A' }] });
    await expect(run('SELECT * FROM SCRATCH.LOWER')).rejects.toMatchObject({ code: 'object_unknown' });
  });

  it('of a renamed view go on meaning its definition', async () => {
    await run('CREATE OR REPLACE VIEW SCRATCH.V1 AS SELECT EMAIL AS C FROM SHOP.PUBLIC.CUSTOMERS');
    await run('ALTER VIEW SCRATCH.V1 RENAME TO SHOP.SCRATCH.V2');
    const found = await find(session, { database: 'SHOP', schema: 'SCRATCH', name: 'V2' });
    expect(found).toMatchObject({ definition: expect.stringContaining('EMAIL') });
  });

  it('of INFORMATION_SCHEMA and of DuckDB itself are nobody to change or read', async () => {
    for (const sql of [
      'CREATE OR REPLACE VIEW INFORMATION_SCHEMA.TABLES AS SELECT 1 AS A',
      'DROP VIEW INFORMATION_SCHEMA.TABLES',
      'SELECT * FROM MEMORY.MAIN.VIEW_DEFINITION',
      'SELECT * FROM SHOP.SLUICE_INFORMATION_SCHEMA.TABLES',
      'CREATE TABLE SCRATCH.P (A INT MASKING POLICY X)',
    ]) {
      await expect(run(sql)).rejects.toMatchObject({
        code: expect.stringMatching(/unsupported_by_warehouse|object_unknown/),
      });
    }
  });

  it('and comments end where they end', async () => {
    await run('CREATE OR REPLACE TABLE SCRATCH.D AS SELECT ID FROM CUSTOMERS');
    await run('DELETE FROM SCRATCH.D -- \0\n WHERE ID = 1');
    expect((await run('SELECT COUNT(*) FROM SCRATCH.D')).rows).toEqual([['299']]);
    await expect(run("SELECT 'a\0b'")).rejects.toMatchObject({ code: 'unsupported_by_warehouse' });
  });
});

describe('changes', () => {
  it('answer with their counts', async () => {
    await run(
      "CREATE OR REPLACE TABLE SCRATCH.T (ID NUMBER(38, 0), NAME VARCHAR(20) DEFAULT 'x', AT TIMESTAMP_NTZ, V VARIANT)",
    );
    expect((await run("INSERT INTO SCRATCH.T (ID, NAME) VALUES (1, 'a'), (2, 'b')")).changed).toEqual({
      inserted: 2,
      updated: 0,
      deleted: 0,
    });
    expect((await run("UPDATE SCRATCH.T SET NAME = 'z' WHERE ID = 2")).changed).toMatchObject({ updated: 1 });
    const merged =
      await run(`MERGE INTO SCRATCH.T t USING (SELECT 2 AS ID UNION ALL SELECT 3) s ON t.ID = s.ID
      WHEN MATCHED THEN UPDATE SET NAME = 'm' WHEN NOT MATCHED THEN INSERT (ID) VALUES (s.ID)`);
    expect(merged.changed).toEqual({ inserted: 1, updated: 1, deleted: 0, does: ['updated', 'inserted'] });
    expect((await run('DELETE FROM SCRATCH.T WHERE ID > 1')).changed).toMatchObject({ deleted: 2 });
    expect((await run('SELECT ID, NAME FROM SCRATCH.T')).rows).toEqual([['1', 'a']]);
  });

  it('can be rolled back', async () => {
    await run('CREATE OR REPLACE TABLE SCRATCH.R AS SELECT 1 AS A');
    await run('BEGIN');
    await run('DELETE FROM SCRATCH.R');
    await run('ROLLBACK');
    expect((await run('SELECT A FROM SCRATCH.R')).rows).toEqual([['1']]);
  });

  it('show in the catalog at once, in every session', async () => {
    const other = await warehouse.openSession(warehouse.defaults);
    await run('CREATE OR REPLACE VIEW SCRATCH.W AS SELECT ID FROM SHOP.PUBLIC.CUSTOMERS');
    expect(await find(other, { database: 'SHOP', schema: 'SCRATCH', name: 'W' })).toMatchObject({
      type: 'view',
      definition: 'SELECT ID FROM SHOP.PUBLIC.CUSTOMERS',
    });
  });

  it('of an array bind are all made, or none', async () => {
    await run('CREATE OR REPLACE TABLE SCRATCH.B (A NUMBER(38, 0) NOT NULL)');
    const insert = (value: (string | null)[]) =>
      run('INSERT INTO SCRATCH.B VALUES (?)', { 1: { type: 'FIXED', value } });
    expect((await insert(['1', '2', '3'])).changed).toMatchObject({ inserted: 3 });
    await expect(insert(['4', null])).rejects.toMatchObject({ code: 'statement_failed' });
    expect((await run('SELECT COUNT(*) FROM SCRATCH.B')).rows).toEqual([['3']]);
  });
});

describe('binds', () => {
  it.each([
    ['FIXED', '42', '42'],
    ['TEXT', "o'brien", "o'brien"],
    ['BOOLEAN', 'true', 'true'],
    ['REAL', '1.5', '1.5'],
  ])('of type %s', async (type, value, text) => {
    expect((await run('SELECT ?::VARCHAR', { 1: { type, value } })).rows).toEqual([[text]]);
  });

  it('of dates and times, in the units that drivers send', async () => {
    const { rows } = await run('SELECT :1::DATE, :2::TIME, :3::TIMESTAMP_NTZ', {
      1: { type: 'DATE', value: '1704067200000' },
      2: { type: 'TIME', value: '3723000000000' },
      3: { type: 'TIMESTAMP_NTZ', value: '-1500000000' },
    });
    expect(rows).toEqual([['19723', '3723.000000000', '-1.500000000']]);
  });

  it('that are missing are an error', async () => {
    await expect(run('SELECT ?')).rejects.toMatchObject({
      code: 'statement_failed',
      warehouse: { code: '002049', sqlState: '42601' },
    });
  });
});

describe('errors', () => {
  const cases: Record<string, [code: string, sqlState: string]> = {
    'SELECT 1 / 0': ['100051', '22012'],
    "SELECT 'abc'::NUMBER": ['100038', '22018'],
    'SELECT ID FROM CUSTOMERS WHERE ID = (SELECT ID FROM ORDERS)': ['090150', '22000'],
    'CREATE TABLE CUSTOMERS (A INT)': ['002002', '42710'],
    'SELECT GEO(1)': ['000002', '0A000'],
    'CREATE STREAM S ON TABLE CUSTOMERS': ['000002', '0A000'],
  };
  it.each(Object.entries(cases))("%s has Snowflake's code", async (sql, [code, sqlState]) => {
    await expect(run(sql)).rejects.toMatchObject({ warehouse: { code, sqlState } });
  });

  it('hold no data, in their text or their advice', async () => {
    const { rows } = await run('SELECT EMAIL, PROFILE::VARCHAR FROM CUSTOMERS WHERE ID = 7');
    const [[email]] = rows as [[string]];
    const attempts = [
      'SELECT EMAIL::NUMBER FROM CUSTOMERS WHERE ID = 7',
      'SELECT EMAIL::DATE FROM CUSTOMERS WHERE ID = 7',
      'SELECT PARSE_JSON(EMAIL) FROM CUSTOMERS WHERE ID = 7',
      'SELECT ID FROM CUSTOMERS WHERE EMAIL::BOOLEAN AND ID = 7',
      "SELECT TO_DATE(EMAIL, 'YYYY') FROM CUSTOMERS WHERE ID = 7",
      'INSERT INTO SCRATCH.NUMBERS SELECT EMAIL FROM CUSTOMERS WHERE ID = 7',
    ];
    await run('CREATE OR REPLACE TABLE SCRATCH.NUMBERS (A NUMBER(5, 0))');
    for (const sql of attempts) {
      const error = await run(sql).catch((thrown: unknown) => thrown);
      expect(error).toMatchObject({ code: 'statement_failed' });
      expect(JSON.stringify(error, ['code', 'message', 'advice'])).not.toContain(email.slice(0, 8));
    }
  });
});

it('has no way to files or the network', async () => {
  for (const sql of [
    "SELECT * FROM read_csv('/etc/passwd')",
    "SELECT * FROM '/etc/passwd'",
    'SELECT * FROM "/etc/passwd"',
    "SELECT * FROM TABLE(read_text('/etc/passwd'))",
    "SELECT getenv('HOME')",
    'SELECT * FROM duckdb_settings()',
  ]) {
    await expect(run(sql)).rejects.toMatchObject({
      code: expect.stringMatching(/syntax|unknown|unsupported|understood/),
    });
  }
});

it('streams a large result, and stops when the reader or the client does', async () => {
  const result = await session.execute(
    await executable(session, 'SELECT a.ID, b.NAME FROM CUSTOMERS a, CUSTOMERS b, CUSTOMERS c', {
      describeOnly: false,
    }),
    new AbortController().signal,
  );
  let chunks = 0;
  for await (const { rowCount } of result.chunks) {
    expect(rowCount).toBeLessThanOrEqual(2_048);
    if ((chunks += 1) === 20) break;
  }
  expect((await run('SELECT 1')).rows).toEqual([['1']]);

  const abort = new AbortController();
  setTimeout(() => abort.abort(), 50);
  const slow =
    'SELECT COUNT(*) FROM CUSTOMERS a, CUSTOMERS b, CUSTOMERS c, CUSTOMERS d WHERE a.NAME || b.NAME < c.NAME || d.NAME';
  await expect(
    (async () => {
      const cancelled = await session.execute(await executable(session, slow), abort.signal);
      for await (const _ of cancelled.chunks);
    })(),
  ).rejects.toMatchObject({ code: 'statement_cancelled' });
  expect((await run('SELECT 2')).rows).toEqual([['2']]);
});

it('makes chunks by how many rows and columns there are, not by what is in them', async () => {
  const many = (count: number) => Array.from({ length: count }, () => 'NAME').join();
  const rowCounts = async (value: string, columns: number) => {
    const sql = `SELECT ${many(columns)} FROM (SELECT ${value} AS NAME FROM CUSTOMERS a, CUSTOMERS b LIMIT 5000)`;
    const { chunks } = await session.execute(await executable(session, sql), new AbortController().signal);
    const counts: number[] = [];
    for await (const { rowCount } of chunks) counts.push(rowCount);
    return counts;
  };
  expect(await rowCounts("REPEAT('x', 900)", 3)).toEqual(await rowCounts('NULL::VARCHAR', 3));
  expect(await rowCounts("REPEAT('x', 90)", 300)).toEqual(await rowCounts("''", 300));
  expect(Math.max(...(await rowCounts("''", 300)))).toBeLessThan(150);
});

it('tells the shape of a result without running it', async () => {
  const result = await session.execute(
    await executable(session, 'SELECT ID, NAME, PROFILE, CREDIT_LIMIT FROM CUSTOMERS', {
      describeOnly: true,
    }),
    new AbortController().signal,
  );
  expect(result.columns.map(({ name, type, precision, scale }) => [name, type, precision, scale])).toEqual([
    ['ID', 'fixed', 38, 0],
    ['NAME', 'text', null, null],
    ['PROFILE', 'variant', null, null],
    ['CREDIT_LIMIT', 'fixed', 12, 2],
  ]);
});

it('makes the same shop every time', async () => {
  const again = await openShop({ customers: 300 });
  const other = await again.openSession(again.defaults);
  const sql = 'SELECT * FROM CUSTOMERS WHERE ID = 42';
  const mine = (await run(sql)).rows;
  session = other;
  expect((await run(sql)).rows).toEqual(mine);
  expect(mine[0]).toEqual(
    expect.arrayContaining([expect.stringMatching(/^[45]\d{15}$/), expect.stringMatching(/^DE\d{20}$/)]),
  );
  await again.close();
});
