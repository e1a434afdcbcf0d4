import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openEmbeddedWarehouse, type Warehouse, type WarehouseSession } from '../index.ts';
import { runSql } from './testing.ts';

let warehouse: Warehouse;
let session: WarehouseSession;
beforeEach(async () => {
  warehouse = await openEmbeddedWarehouse();
  session = await warehouse.openSession(warehouse.defaults);
});
afterEach(() => warehouse.close());

const run = (sql: string, given = {}) => runSql(session, sql, given);
const valuesOf = async (sql: string) => (await run(sql)).rows.flat();

it.each<[string, string[]]>([
  ['CREATE SEQUENCE S', ['1', '2', '3']],
  ['CREATE SEQUENCE IF NOT EXISTS PUBLIC.S START = 5', ['5', '6', '7']],
  ['CREATE OR REPLACE SEQUENCE S START WITH 5 INCREMENT BY 10 NOORDER', ['5', '15', '25']],
  ['CREATE SEQUENCE S WITH START WITH = 5 INCREMENT = -3', ['5', '2', '-1']],
])('counts as it was made: %s', async (sql, values) => {
  expect(await valuesOf(sql)).toEqual(['Sequence S successfully created.']);
  expect(await valuesOf('SELECT S.NEXTVAL FROM TABLE(GENERATOR(ROWCOUNT => 3))')).toEqual(values);
});

it('gives each row and each place a value of its own', async () => {
  await run('CREATE SEQUENCE S');
  const drawn = await valuesOf('SELECT S.NEXTVAL A, PUBLIC.S.NEXTVAL B FROM TABLE(GENERATOR(ROWCOUNT => 2))');
  expect(new Set(drawn)).toEqual(new Set(['1', '2', '3', '4']));
  await run('BEGIN');
  expect(await valuesOf('SELECT S.NEXTVAL')).toEqual(['5']);
  await run('ROLLBACK');
  expect(await valuesOf('SELECT S.NEXTVAL')).toEqual(['6']);
});

it('fills a column by DEFAULT, and what is inserted', async () => {
  await run('CREATE SEQUENCE S START 100');
  await run('CREATE TABLE T (ID INT DEFAULT S.NEXTVAL, A VARCHAR)');
  await run("INSERT INTO T (A) VALUES ('a'), ('b')");
  await run("INSERT INTO T SELECT S.NEXTVAL * 10, 'c'");
  const binds = { '1': { type: 'TEXT', value: ['d', 'e'] } };
  await run('INSERT INTO T (ID, A) VALUES (S.NEXTVAL, ?)', { binds });
  expect((await run('SELECT ID, A FROM T ORDER BY A')).rows).toEqual([
    ['100', 'a'],
    ['101', 'b'],
    ['1020', 'c'],
    ['103', 'd'],
    ['104', 'e'],
  ]);
});

it.each(['DROP SEQUENCE S', 'CREATE OR REPLACE SEQUENCE S START 50'])(
  'is gone for what drew from it: %s',
  async (sql) => {
    await run('CREATE SEQUENCE S');
    await run(
      `CREATE TABLE "t ""_1" (ID INT DEFAULT S.NEXTVAL, TWICE INT NOT NULL DEFAULT S.NEXTVAL * 2, A INT)`,
    );
    await run(`CREATE TABLE PLAIN (ID INT DEFAULT 7, B VARCHAR DEFAULT 'nextval(''"SHOP"."PUBLIC"."S"'')')`);
    await run('INSERT INTO "t ""_1" (A) VALUES (1)');
    await run(sql);
    if (sql.startsWith('DROP')) await run('CREATE SEQUENCE S START 50');
    expect(await valuesOf('SELECT S.NEXTVAL')).toEqual(['50']);
    await expect(run('INSERT INTO "t ""_1" (A) VALUES (2)')).rejects.toMatchObject({
      warehouse: { code: '002003' },
      message: expect.stringContaining('DEFAULT'),
    });
    await run('INSERT INTO "t ""_1" VALUES (S.NEXTVAL, 0, 2)');
    await run('INSERT INTO PLAIN (B) VALUES (DEFAULT)');
    expect(await valuesOf('SELECT ID FROM "t ""_1" UNION ALL SELECT ID FROM PLAIN ORDER BY 1')).toEqual([
      '1',
      '7',
      '51',
    ]);
    await run('DROP TABLE "t ""_1"');
    await run('DROP SEQUENCE S');
  },
);

it('is not what a table of its name is', async () => {
  await run('CREATE SEQUENCE S');
  await run('CREATE TABLE S (NEXTVAL INT)');
  await run('INSERT INTO S VALUES (77)');
  expect(await valuesOf('SELECT S.NEXTVAL FROM S')).toEqual(['77']);
  expect(await valuesOf('SELECT S.NEXTVAL')).toEqual(['1']);
  expect(await valuesOf("SELECT COUNT(*) FROM INFORMATION_SCHEMA.TABLES WHERE TABLE_NAME = 'S'")).toEqual([
    '1',
  ]);
  await run('DROP SEQUENCE S');
  expect(await valuesOf('SELECT NEXTVAL FROM S')).toEqual(['77']);
});

it('is shown and described, and one behind a column that counts is not', async () => {
  await run('CREATE SEQUENCE SCRATCH.S START 5 INCREMENT 2');
  await run('CREATE SEQUENCE "low"');
  await run('CREATE TABLE T (ID INT AUTOINCREMENT)');
  await run('SELECT SCRATCH.S.NEXTVAL');
  const shown = await run('SHOW SEQUENCES IN DATABASE');
  expect(shown.columns.map(({ name }) => name).slice(0, 5)).toEqual([
    'name',
    'database_name',
    'schema_name',
    'next_value',
    'interval',
  ]);
  expect(shown.rows.map((row) => row.slice(0, 5))).toEqual(
    [
      ['S', 'SHOP', 'SCRATCH', '7', '2'],
      ['low', 'SHOP', 'PUBLIC', '1', '1'],
    ].toSorted((a, b) => (a[0]! < b[0]! ? -1 : 1)),
  );
  expect((await run("SHOW SEQUENCES LIKE 's%' IN SCHEMA SCRATCH")).rows).toHaveLength(1);
  expect((await run('DESC SEQUENCE SCRATCH.S')).rows.map((row) => row.slice(0, 5))).toEqual([
    ['S', 'SHOP', 'SCRATCH', '7', '2'],
  ]);
});

describe('a sequence that is not there', () => {
  it.each(['SELECT NOPE.NEXTVAL', 'DESC SEQUENCE NOPE', 'DROP SEQUENCE NOPE', 'SELECT SCRATCH.NOPE.NEXTVAL'])(
    '%s',
    async (sql) => {
      await expect(run(sql)).rejects.toSatisfy(
        (error: { code: string; warehouse?: { code: string } }) =>
          error.code === 'object_unknown' || error.warehouse?.code === '002003',
      );
    },
  );

  it('is dropped if it is there', async () => {
    expect((await run('DROP SEQUENCE IF EXISTS NOPE')).rows).toHaveLength(1);
  });
});

it.each([
  'ALTER SEQUENCE S SET INCREMENT 5',
  'CREATE TEMPORARY SEQUENCE U',
  'CREATE SEQUENCE U INCREMENT 0',
  'CREATE SEQUENCE U START 1.5',
  'CREATE SEQUENCE INFORMATION_SCHEMA.U',
  'CREATE SEQUENCE MAIN.U',
])('refuses by name: %s', async (sql) => {
  await run('CREATE SEQUENCE S');
  await expect(run(sql)).rejects.toMatchObject({
    code: expect.stringMatching(/unsupported_by_warehouse|not_understood|syntax/),
  });
});
