import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { CatalogObject, ObjectName } from '@sluice/snowflake-sql';
import { openShop } from '@sluice/demo';
import type { Warehouse, WarehouseSession } from '../index.ts';
import { executable, rowsOf, runSql } from './testing.ts';

let warehouse: Warehouse;
let session: WarehouseSession;
let other: WarehouseSession;
beforeAll(async () => {
  warehouse = await openShop({ customers: 20 });
});
afterAll(() => warehouse.close());
beforeEach(async () => {
  session = await warehouse.openSession(warehouse.defaults);
  other = await warehouse.openSession(warehouse.defaults);
  await elsewhere(
    'CREATE OR REPLACE TABLE SCRATCH.T (A NUMBER(38, 0), B VARCHAR)',
    'CREATE OR REPLACE TABLE SCRATCH.U (A NUMBER(38, 0))',
    'CREATE OR REPLACE VIEW SCRATCH.V AS SELECT A FROM SCRATCH.T',
  );
});

async function elsewhere(...statements: readonly string[]): Promise<void> {
  for (const sql of statements) await runSql(other, sql);
}

const PAGE = { after: null, most: 9, names: [['', '']] };
const inScratch = (name: string): ObjectName => ({ database: 'SHOP', schema: 'SCRATCH', name });

async function find(name: string, of = session): Promise<CatalogObject | null> {
  const [loaded] = await of.catalog.load([{ name: inScratch(name), type: 'table' }]);
  return loaded!.object;
}

describe('a version', () => {
  const changes: readonly (readonly [string, boolean])[] = [
    ['ALTER TABLE SCRATCH.T ADD COLUMN C DATE', true],
    ['ALTER TABLE SCRATCH.T DROP COLUMN B', true],
    ['ALTER TABLE SCRATCH.T RENAME COLUMN B TO C', true],
    ['CREATE OR REPLACE TABLE SCRATCH.T (A NUMBER(38, 0), B VARCHAR)', true],
    ["CREATE OR REPLACE TABLE SCRATCH.T (A NUMBER(38, 0), B VARCHAR DEFAULT 'x')", true],
    ['CREATE OR REPLACE TABLE SCRATCH.T AS SELECT A, B FROM SCRATCH.T', true],
    ['DROP TABLE SCRATCH.T', true],
    ['CREATE TABLE IF NOT EXISTS SCRATCH.T (C DATE)', false],
    ["INSERT INTO SCRATCH.T VALUES (1, 'b')", false],
    ['ALTER TABLE SCRATCH.U ADD COLUMN C DATE', false],
    ['CREATE OR REPLACE TABLE SCRATCH.OTHER (A NUMBER(38, 0), B VARCHAR)', false],
    ['CREATE OR REPLACE VIEW SCRATCH.V AS SELECT B AS A FROM SCRATCH.T', false],
    ['SELECT * FROM SCRATCH.T', false],
  ];
  it.each(changes)('after %s is another: %s', async (sql, isAnother) => {
    const before = await find('T');
    await elsewhere(sql);
    const after = await find('T');
    expect(after?.version === before?.version).toBe(!isAnother);
  });

  it('of a view changes with its text', async () => {
    const before = await find('V');
    await elsewhere('CREATE OR REPLACE VIEW SCRATCH.V AS SELECT A FROM SCRATCH.U');
    expect(await find('V')).not.toMatchObject({ version: before!.version });
    expect(await find('V')).toMatchObject({ definition: 'SELECT A FROM SCRATCH.U' });
  });

  it('goes along with no name: what is renamed back is another', async () => {
    const before = await find('T');
    await elsewhere(
      'ALTER TABLE SCRATCH.T RENAME TO SHOP.SCRATCH.T2',
      'ALTER TABLE SCRATCH.T2 RENAME TO SHOP.SCRATCH.T',
    );
    expect(await find('T')).toMatchObject({ columns: before!.type === 'table' ? before!.columns : [] });
    expect(await find('T')).not.toMatchObject({ version: before!.version });
  });

  it('is the same for everybody inside of a transaction: DDL is committed by itself', async () => {
    const before = await find('T');
    await elsewhere('BEGIN', 'ALTER TABLE SCRATCH.T DROP COLUMN B', 'BEGIN');
    expect(await find('T', other)).toMatchObject({ columns: [{ name: 'A' }] });
    expect(await find('T')).toEqual(await find('T', other));
    await elsewhere('ROLLBACK');
    expect(await find('T')).not.toEqual(before);
    expect(await find('T')).toEqual(await find('T', other));
  });

  it('changes with nothing that failed', async () => {
    const before = await find('T');
    await expect(elsewhere('ALTER TABLE SCRATCH.T DROP COLUMN NOWHERE')).rejects.toMatchObject({
      code: expect.any(String),
    });
    await expect(elsewhere('CREATE TABLE SCRATCH.T (Z DATE)')).rejects.toMatchObject({
      code: expect.any(String),
    });
    await expect(elsewhere('CREATE OR REPLACE VIEW SCRATCH.T AS SELECT 1 AS A')).rejects.toMatchObject({
      code: expect.any(String),
    });
    expect(await find('T')).toEqual(before);
  });

  it('is lost by nothing that was there already', async () => {
    const before = await find('T');
    await elsewhere(
      'CREATE SCHEMA IF NOT EXISTS SHOP.SCRATCH',
      'ALTER TABLE IF EXISTS SCRATCH.NOWHERE ADD COLUMN X DATE',
      'DROP TABLE IF EXISTS SCRATCH.NOWHERE',
    );
    expect(await find('T')).toEqual(before);
    expect(await find('NOWHERE')).toBeNull();
  });

  it('goes with its schema', async () => {
    await elsewhere('CREATE SCHEMA SHOP.PASSING', 'CREATE TABLE PASSING.T (A DATE)');
    expect((await other.catalog.objects({ database: 'SHOP', schema: 'PASSING' }, PAGE)).length).toBe(1);
    await elsewhere('DROP SCHEMA SHOP.PASSING');
    expect((await other.catalog.objects({ database: 'SHOP', schema: 'PASSING' }, PAGE)).length).toBe(0);
    expect(await other.catalog.schemas('SHOP')).not.toContain('PASSING');
  });

  it('of a view stays when the tables behind it have gone', async () => {
    const before = await find('V');
    await elsewhere('DROP TABLE SCRATCH.T');
    expect(await find('V')).toEqual(before);
    // For a session that has not seen it before.
    await elsewhere(
      'CREATE TEMPORARY TABLE SCRATCH.OWN (X DATE)',
      'CREATE OR REPLACE VIEW SCRATCH.V AS SELECT X FROM SCRATCH.OWN',
    );
    expect(await find('V')).toMatchObject({ type: 'view', columns: [{ name: 'X', type: 'DATE' }] });
  });

  it('of a view that is made where there is one stays, and so does its text', async () => {
    const before = await find('V');
    await elsewhere('CREATE VIEW IF NOT EXISTS SCRATCH.V AS SELECT B AS A FROM SCRATCH.T');
    expect(await find('V')).toEqual(before);
  });

  it("of a temporary table is the session's alone, and changes with it", async () => {
    const shared = await find('T');
    const temporary = 'CREATE OR REPLACE TEMPORARY TABLE SCRATCH.T (A NUMBER(38, 0), B VARCHAR)';
    await runSql(session, temporary);
    const first = await find('T');
    expect(first).toMatchObject({ temporary: true, columns: [{ name: 'A' }, { name: 'B' }] });
    await runSql(session, 'ALTER TABLE SCRATCH.T ADD COLUMN C DATE');
    const second = await find('T');
    expect(second).toMatchObject({ temporary: true, columns: [{ name: 'A' }, { name: 'B' }, { name: 'C' }] });
    await runSql(session, temporary);
    const versions = [shared, first, second, await find('T')].map((one) => one!.version);
    expect(new Set(versions).size).toBe(4);
    expect(await find('T', other)).toEqual(shared);
    await runSql(session, 'DROP TABLE SCRATCH.T');
    expect(await find('T')).toEqual(shared);
  });

  it('of what is there from the start is the same after a restart', async () => {
    const names = [
      { database: 'SHOP', schema: 'PUBLIC', name: 'CUSTOMERS' },
      { database: 'SHOP', schema: 'PUBLIC', name: 'CUSTOMER_OVERVIEW' },
      { database: 'SHOP', schema: 'INFORMATION_SCHEMA', name: 'TABLES' },
    ].map((name) => ({ name, type: 'table' as const }));
    const again = await openShop({ customers: 20 });
    const next = await again.openSession(again.defaults);
    const found = await next.catalog.load(names);
    expect(found).toEqual(await session.catalog.load(names));
    expect(new Set(found.map(({ object }) => object!.version)).size).toBe(3);
    await again.close();
  });
});

describe('what runs, runs on what it was decided on', () => {
  const statement = 'SELECT V.A FROM SCRATCH.V V';
  const changes: readonly (readonly [string, string])[] = [
    ['CREATE OR REPLACE TABLE SCRATCH.T (A NUMBER(38, 0), B VARCHAR)', 'session_changed'],
    ['ALTER TABLE SCRATCH.T ADD COLUMN C DATE', 'session_changed'],
    ['DROP TABLE SCRATCH.T', 'session_changed'],
    ['CREATE OR REPLACE VIEW SCRATCH.V AS SELECT A FROM SCRATCH.T', 'session_changed'],
    ['DROP VIEW SCRATCH.V', 'session_changed'],
    ['CREATE OR REPLACE TABLE SCRATCH.U (A NUMBER(38, 0))', 'ran'],
    ['CREATE OR REPLACE VIEW SCRATCH.W AS SELECT A FROM SCRATCH.T', 'ran'],
    ["INSERT INTO SCRATCH.T VALUES (1, 'b')", 'ran'],
  ];
  it.each(changes)('%s in between: %s', async (sql, end) => {
    const ready = await executable(session, statement);
    await elsewhere(sql);
    expect(await endOf(ready)).toBe(end);
    // Either way the session goes on.
    expect((await runSql(session, 'SELECT 1')).rows).toEqual([['1']]);
  });

  const writes = ["INSERT INTO SCRATCH.T VALUES (7, 'x')", 'DELETE FROM SCRATCH.T', 'DROP TABLE SCRATCH.T'];
  it.each(writes)('%s, and its table is another by then: nothing is changed', async (sql) => {
    await elsewhere("INSERT INTO SCRATCH.T VALUES (1, 'b')");
    const ready = await executable(session, sql);
    await elsewhere("CREATE OR REPLACE TABLE SCRATCH.T AS SELECT 5 AS A, 'c' AS B");
    expect(await endOf(ready)).toBe('session_changed');
    expect((await runSql(other, 'SELECT A FROM SCRATCH.T')).rows).toEqual([['5']]);
  });

  it('what was not there is not there still', async () => {
    const ready = await executable(session, 'CREATE OR REPLACE TABLE SCRATCH.NEW_ONE (A NUMBER(38, 0))');
    await elsewhere("CREATE TABLE SCRATCH.NEW_ONE AS SELECT 'x' AS X");
    expect(await endOf(ready)).toBe('session_changed');
    await elsewhere('DROP TABLE SCRATCH.NEW_ONE');
  });

  it('a transaction of the client goes on seeing what it saw', async () => {
    await runSql(session, 'BEGIN');
    expect((await runSql(session, 'SELECT COUNT(*) FROM SCRATCH.T')).rows).toEqual([['0']]);
    await elsewhere("CREATE OR REPLACE TABLE SCRATCH.T AS SELECT 5 AS A, 'c' AS B");
    expect((await runSql(session, 'SELECT COUNT(*) FROM SCRATCH.T')).rows).toEqual([['0']]);
    await runSql(session, 'COMMIT');
    expect((await runSql(session, 'SELECT COUNT(*) FROM SCRATCH.T')).rows).toEqual([['1']]);
  });

  it('a transaction in which something failed, and that cannot be repeated, is not committed, and says so', async () => {
    await runSql(session, 'BEGIN');
    // Another value each time.
    await runSql(session, 'INSERT INTO SCRATCH.T SELECT 8, UUID_STRING()');
    await expect(runSql(session, "SELECT 'x'::NUMBER")).rejects.toMatchObject({ code: 'statement_failed' });
    await expect(runSql(session, 'COMMIT')).rejects.toMatchObject({ code: 'statement_failed' });
    expect((await runSql(session, 'SELECT COUNT(*) FROM SCRATCH.T WHERE A = 8')).rows).toEqual([['0']]);
    expect((await runSql(session, 'SELECT 1')).rows).toEqual([['1']]);
  });

  it('a result that is read late is of the moment that it began', async () => {
    await elsewhere('CREATE OR REPLACE TABLE SCRATCH.T AS SELECT ID AS A, NAME AS B FROM PUBLIC.CUSTOMERS');
    const result = await session.execute(
      await executable(session, 'SELECT COUNT(*) FROM SCRATCH.T'),
      new AbortController().signal,
    );
    await elsewhere('DROP TABLE SCRATCH.T');
    expect(await rowsOf(result)).toEqual([['20']]);
  });

  async function endOf(ready: Awaited<ReturnType<typeof executable>>): Promise<string> {
    try {
      await rowsOf(await session.execute(ready, new AbortController().signal));
      return 'ran';
    } catch (error) {
      return (error as { code: string }).code;
    }
  }
});

describe('what there is', () => {
  it("is listed by page, with nothing of the warehouse's own", async () => {
    expect(await session.catalog.databases()).toEqual(['SHOP']);
    expect(await session.catalog.schemas('SHOP')).toEqual(['INFORMATION_SCHEMA', 'PUBLIC', 'SCRATCH']);
    expect(await session.catalog.schemas('NOWHERE')).toEqual([]);
    const page = (after: string | null) =>
      session.catalog.objects({ database: 'SHOP', schema: 'SCRATCH' }, { after, most: 2, names: [['', '']] });
    const names = async (after: string | null) => (await page(after)).map(({ name }) => name.name);
    expect(await names(null)).toEqual(['OTHER', 'T']);
    expect(await page('T')).toMatchObject([
      { type: 'table', name: inScratch('U') },
      { type: 'view', name: inScratch('V') },
    ]);
    expect(
      await session.catalog.objects(
        { database: 'SHOP', schema: 'main' },
        { after: null, most: 9, names: [['', '']] },
      ),
    ).toEqual([]);
  });

  it('is loaded in batches, whatever the number', async () => {
    const many = Array.from({ length: 1_200 }, (_, index) => ({
      name: inScratch(`NO_${index}`),
      type: 'table' as const,
    }));
    const found = await session.catalog.load([...many, { name: inScratch('T'), type: 'table' }]);
    expect(found).toHaveLength(1_201);
    expect(found.filter(({ object }) => object !== null)).toMatchObject([{ name: inScratch('T') }]);
  });

  it("is not what keeps the versions: that is nobody's to name", async () => {
    for (const name of ['MAIN."~OBJECT"', '"main"."~OBJECT"', 'SHOP.MAIN."~OBJECT"']) {
      await expect(runSql(session, `SELECT * FROM ${name}`)).rejects.toMatchObject({
        code: 'object_unknown',
      });
      await expect(runSql(session, `CREATE OR REPLACE TABLE ${name} (A DATE)`)).rejects.toMatchObject({
        code: expect.any(String),
      });
    }
    await expect(runSql(session, 'DROP SCHEMA SHOP.MAIN')).rejects.toMatchObject({
      code: 'unsupported_by_warehouse',
    });
    await expect(runSql(session, 'CREATE OR REPLACE SCHEMA SHOP.MAIN')).rejects.toMatchObject({
      code: 'unsupported_by_warehouse',
    });
  });
});
