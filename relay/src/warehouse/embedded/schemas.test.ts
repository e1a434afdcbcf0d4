import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { catalogName, type CatalogSchema, type ObjectName } from '@sluice/snowflake-sql';
import { openEmbeddedWarehouse, type Warehouse, type WarehouseSession } from '../index.ts';
import { executable, runSql } from './testing.ts';

let warehouse: Warehouse;
let session: WarehouseSession;
let other: WarehouseSession;
beforeEach(async () => {
  warehouse = await openEmbeddedWarehouse();
  session = await warehouse.openSession(warehouse.defaults);
  other = await warehouse.openSession(warehouse.defaults);
  await run(
    'CREATE SCHEMA "my S"',
    'CREATE SEQUENCE "my S".Q',
    'CREATE TABLE "my S".T (ID INT AUTOINCREMENT, N INT DEFAULT "my S".Q.NEXTVAL, A INT)',
    'CREATE VIEW "my S".V AS SELECT A FROM "my S".T',
    'CREATE STAGE "my S".F',
    'CREATE FILE FORMAT "my S".F',
    'CREATE TEMPORARY TABLE "my S".OWN (A INT)',
    'CREATE SCHEMA NEAR',
    'CREATE TABLE NEAR.T (ID INT DEFAULT "my S".Q.NEXTVAL, A INT)',
    'INSERT INTO NEAR.T (A) VALUES (1)',
    'CREATE VIEW NEAR.V AS SELECT A FROM "my S".T',
  );
});
afterEach(() => warehouse.close());

async function run(...statements: readonly string[]): Promise<unknown[]> {
  let rows: unknown[] = [];
  for (const sql of statements) ({ rows } = await runSql(session, sql));
  return rows;
}

const NAMED = catalogName('schema', { database: 'SHOP', schema: '', name: 'my S' });

async function contents(of = session): Promise<CatalogSchema | null> {
  const [loaded] = await of.catalog.load([{ type: 'schema', name: NAMED }]);
  return loaded!.object as CatalogSchema | null;
}

const isThere = async (type: 'table' | 'stage' | 'file_format', name: string, of = session) => {
  const object: ObjectName = { database: 'SHOP', schema: 'my S', name };
  const [loaded] = await of.catalog.load([{ type, name: catalogName(type, object) }]);
  return loaded!.object !== null;
};

it('holds tables, views, sequences, stages and file formats, and what is the session’s own', async () => {
  const listed = (schema: CatalogSchema | null) =>
    schema?.contents.map(({ type, name }) => `${type} ${name.database} ${name.schema} ${name.name}`).sort();
  const shared = ['file_format SHOP my S F', 'sequence SHOP my S Q', 'stage SHOP my S F'];
  expect(listed(await contents())).toEqual([
    ...shared,
    'table SHOP my S OWN',
    'table SHOP my S T',
    'view SHOP my S V',
  ]);
  expect(listed(await contents(other))).toEqual([...shared, 'table SHOP my S T', 'view SHOP my S V']);
});

it('is another with each thing that comes, changes or goes', async () => {
  const versions = new Set([(await contents())!.version]);
  const changes = [
    'INSERT INTO "my S".T (A) VALUES (1)',
    'CREATE TABLE "my S".U (A INT)',
    'ALTER TABLE "my S".U ADD COLUMN B INT',
    'CREATE OR REPLACE SEQUENCE "my S".Q',
    'DROP STAGE "my S".F',
    'CREATE TEMPORARY TABLE "my S".OWN2 (A INT)',
  ];
  for (const sql of changes) {
    await run(sql);
    versions.add((await contents())!.version);
  }
  expect(versions.size).toBe(changes.length);
});

describe.each([
  'DROP SCHEMA "my S"',
  'DROP SCHEMA IF EXISTS SHOP."my S" CASCADE',
  'DROP SCHEMA "my S" RESTRICT',
])('%s', (sql) => {
  it('takes all that is in it', async () => {
    expect(await run(sql)).toEqual([['my S successfully dropped.']]);
    expect(await contents()).toBeNull();
    expect(await session.catalog.schemas('SHOP')).not.toContain('my S');
    for (const of of [session, other]) {
      expect(await isThere('table', 'T', of)).toBe(false);
      expect(await isThere('table', 'V', of)).toBe(false);
      expect(await isThere('stage', 'F', of)).toBe(false);
      expect(await isThere('file_format', 'F', of)).toBe(false);
    }
    expect(await isThere('table', 'OWN')).toBe(false);
    // One that is made in its place has nothing of it.
    await run(
      'CREATE SCHEMA "my S"',
      'CREATE TABLE "my S".T (B INT)',
      'CREATE TEMPORARY TABLE "my S".OWN (B INT)',
    );
    expect(await run('SELECT * FROM "my S".T, "my S".OWN')).toEqual([]);
    await expect(run('LIST @"my S".F')).rejects.toMatchObject({ code: expect.any(String) });
  });

  it('takes nothing that is elsewhere', async () => {
    await run(sql);
    expect(await run('SELECT ID, A FROM NEAR.T')).toEqual([['1', '1']]);
    await run('INSERT INTO NEAR.T (ID, A) VALUES (7, 2)');
    await expect(run('INSERT INTO NEAR.T (A) VALUES (3)')).rejects.toMatchObject({
      code: 'statement_failed',
    });
    await expect(run('SELECT * FROM NEAR.V')).rejects.toThrow(/NEAR.V. cannot be/);
  });
});

it('is made anew, with nothing of what was in it', async () => {
  expect(await run('CREATE OR REPLACE SCHEMA "my S"')).toEqual([['Schema my S successfully created.']]);
  expect((await contents())?.contents).toEqual([]);
  expect(await run('SELECT COUNT(*) FROM NEAR.T')).toEqual([['1']]);
  expect(await run('CREATE SCHEMA IF NOT EXISTS NEAR')).toEqual([['Schema NEAR successfully created.']]);
  expect(await run('SELECT COUNT(*) FROM NEAR.T')).toEqual([['1']]);
});

it('stays while foreign keys of other schemas lead into it, if it is to be dropped only without', async () => {
  await run('CREATE TABLE NEAR.U (ID INT, FOREIGN KEY (ID) REFERENCES "my S".T (ID))');
  await expect(run('DROP SCHEMA "my S" RESTRICT')).rejects.toMatchObject({ code: 'statement_failed' });
  expect(await isThere('table', 'T')).toBe(true);
  await run('DROP SCHEMA NEAR RESTRICT', 'DROP SCHEMA "my S" RESTRICT');
  expect(await contents()).toBeNull();
});

it('is dropped as it was decided on, or not at all', async () => {
  for (const sql of [
    'CREATE TABLE "my S".U (A INT)',
    'CREATE STAGE "my S".G',
    'CREATE OR REPLACE SEQUENCE "my S".Q',
    'CREATE OR REPLACE TABLE "my S".T (A INT)',
  ]) {
    const decided = await executable(session, 'DROP SCHEMA "my S"');
    await runSql(other, sql);
    await expect(session.execute(decided, new AbortController().signal)).rejects.toMatchObject({
      code: 'session_changed',
    });
    expect(await isThere('table', 'T')).toBe(true);
  }
});

it('is not where the session is any more', async () => {
  await run('USE SCHEMA "my S"', 'DROP SCHEMA "my S"');
  expect(await run('SELECT CURRENT_DATABASE(), CURRENT_SCHEMA()')).toEqual([['SHOP', null]]);
  await run('USE SCHEMA NEAR', 'CREATE OR REPLACE SCHEMA NEAR');
  expect(await run('SELECT CURRENT_SCHEMA()')).toEqual([['NEAR']]);
});

it('goes by RESTRICT while nothing outside refers to it', async () => {
  await run(
    'CREATE TABLE "my S".U (ID INT, FOREIGN KEY (ID) REFERENCES "my S".T (ID))',
    'DROP SCHEMA "my S" RESTRICT',
  );
  expect(await contents()).toBeNull();
});

it('keeps its stages when it cannot be dropped', async () => {
  await run('CREATE TABLE NEAR.U (ID INT, FOREIGN KEY (ID) REFERENCES "my S".T (ID))');
  await expect(run('DROP SCHEMA "my S" RESTRICT')).rejects.toThrow(/foreign keys/);
  expect(await isThere('stage', 'F')).toBe(true);
});

it('is where the session is once it is made, unless it was there already', async () => {
  await run('USE SCHEMA PUBLIC', 'CREATE SCHEMA IF NOT EXISTS NEAR');
  expect(session.state).toMatchObject({ database: 'SHOP', schema: 'PUBLIC' });
  await run('CREATE SCHEMA IF NOT EXISTS FRESH');
  expect(session.state).toMatchObject({ database: 'SHOP', schema: 'FRESH' });
  await run('CREATE TABLE IN_IT (A INT)', 'CREATE OR REPLACE SCHEMA NEAR');
  expect(session.state).toMatchObject({ schema: 'NEAR' });
  expect(await run('SELECT COUNT(*) FROM FRESH.IN_IT')).toEqual([['0']]);
  expect(await run('SELECT CURRENT_SCHEMA()')).toEqual([['NEAR']]);
  await runSql(session, 'CREATE SCHEMA DESCRIBED', { describeOnly: true });
  expect(session.state).toMatchObject({ schema: 'NEAR' });
  await expect(run('CREATE SCHEMA FRESH')).rejects.toMatchObject({ warehouse: { code: '002002' } });
  expect(session.state).toMatchObject({ schema: 'NEAR' });
});

it.each([
  [{ schema: 'NOPE' }, { database: 'SHOP', schema: null }],
  [
    { database: 'NOPE', schema: 'PUBLIC' },
    { database: null, schema: null },
  ],
])('that is not there, %j, is not where a session is that is opened in it', async (asked, state) => {
  const opened = await warehouse.openSession({ ...warehouse.defaults, ...asked });
  expect(opened.state).toEqual({ ...warehouse.defaults, ...state });
  expect((await runSql(opened, 'SELECT CURRENT_DATABASE(), CURRENT_SCHEMA()')).rows).toEqual([
    [state.database, null],
  ]);
  await expect(runSql(opened, 'SELECT * FROM T')).rejects.toThrow('the session has none');
  await runSql(opened, 'USE SCHEMA SHOP.NEAR');
  expect((await runSql(opened, 'SELECT COUNT(*) FROM T')).rows).toEqual([['1']]);
});
