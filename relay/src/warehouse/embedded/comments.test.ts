import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openEmbeddedWarehouse, type Warehouse, type WarehouseSession } from '../index.ts';
import { type Given, runSql } from './testing.ts';

let warehouse: Warehouse;
let session: WarehouseSession;
beforeEach(async () => {
  warehouse = await openEmbeddedWarehouse();
  session = await warehouse.openSession(warehouse.defaults);
  await run(
    'CREATE TABLE T (A INT, "b c" INT)',
    'CREATE VIEW V AS SELECT A FROM T',
    'CREATE SCHEMA S',
    'USE SCHEMA PUBLIC',
  );
});
afterEach(() => warehouse.close());

async function run(...statements: readonly string[]): Promise<unknown[]> {
  let rows: unknown[] = [];
  for (const sql of statements) ({ rows } = await runSql(session, sql));
  return rows;
}

/** The values of one column of a listing, by another. */
async function listed(sql: string, by: string, column: string, given: Given = {}) {
  const { columns, rows } = await runSql(session, sql, given);
  const [at, value] = [by, column].map((name) => columns.findIndex((one) => one.name === name));
  return Object.fromEntries(rows.map((row) => [row[at!], row[value!]]));
}

const ofTables = () => listed('SHOW TABLES', 'name', 'comment');
const ofColumns = (of = 'T') => listed(`DESCRIBE TABLE ${of}`, 'name', 'comment');
const ofSchemas = () => listed('SHOW SCHEMAS', 'name', 'comment');

describe('what is said of a table', () => {
  it.each([
    "COMMENT ON TABLE T IS 'it''s \\'t'",
    "COMMENT IF EXISTS ON TABLE PUBLIC.T IS 'it''s ''t'",
    "ALTER TABLE T SET COMMENT = 'it''s ''t'",
    "ALTER TABLE IF EXISTS T SET COMMENT 'it''s ''t'",
    "CREATE OR REPLACE TABLE T (A INT) COMMENT = 'it''s ''t'",
    "CREATE OR REPLACE TABLE T COMMENT = 'it''s ''t' AS SELECT 1 AS A",
    "CREATE OR REPLACE TEMPORARY TABLE T (A INT) COMMENT = 'it''s ''t'",
    "COMMENT ON TABLE IDENTIFIER('T') IS 'it''s ''t'",
  ])('is shown: %s', async (sql) => {
    expect(await run(sql)).toEqual([[expect.stringMatching(/successfully/)]]);
    expect(await ofTables()).toEqual({ T: "it's 't" });
  });

  it('is shown in INFORMATION_SCHEMA, and is none where nothing is said', async () => {
    expect(await ofTables()).toEqual({ T: '' });
    const asked = "SELECT COMMENT FROM INFORMATION_SCHEMA.TABLES WHERE TABLE_NAME = 'T'";
    expect(await run(asked)).toEqual([[null]]);
    await run("COMMENT ON TABLE T IS 'said'");
    expect(await run(asked)).toEqual([['said']]);
    for (const unsaid of ["COMMENT ON TABLE T IS ''", 'ALTER TABLE T UNSET COMMENT']) {
      await run("COMMENT ON TABLE T IS 'said'", unsaid);
      expect(await ofTables()).toEqual({ T: '' });
      expect(await run(asked)).toEqual([[null]]);
    }
  });

  it('stays while the table is changed, and goes with it', async () => {
    await run("COMMENT ON TABLE T IS 'said'", "COMMENT ON COLUMN T.A IS 'first'");
    await run(
      'ALTER TABLE T ADD COLUMN C INT',
      'ALTER TABLE T RENAME COLUMN A TO D',
      'ALTER TABLE T RENAME TO U',
    );
    expect(await ofTables()).toEqual({ U: 'said' });
    expect(await ofColumns('U')).toEqual({ D: 'first', 'b c': null, C: null });
    await run('DROP TABLE U', 'CREATE TABLE U (D INT)');
    expect(await ofTables()).toEqual({ U: '' });
    expect(await ofColumns('U')).toEqual({ D: null });
  });

  it('makes no other table of it, and no table of a view', async () => {
    const version = async () => {
      const names = ['T', 'V'].map((name) => ({ database: 'SHOP', schema: 'PUBLIC', name }));
      const loaded = await session.catalog.load(names.map((name) => ({ type: 'table', name })));
      return loaded.map(({ object }) => [object?.type, object?.version]);
    };
    const before = await version();
    await run(
      "COMMENT ON TABLE T IS 'said'",
      "COMMENT ON VIEW V IS 'seen'",
      "COMMENT ON COLUMN V.A IS 'one'",
    );
    expect(await version()).toEqual(before);
    expect(await run('SELECT * FROM V')).toEqual([]);
  });

  it('is taken back with its transaction', async () => {
    await run("COMMENT ON TABLE T IS 'said'");
    await expect(
      run("ALTER TABLE T ALTER COLUMN A COMMENT 'one', COLUMN NOPE COMMENT 'two'"),
    ).rejects.toMatchObject({ code: 'column_unknown' });
    expect(await ofColumns()).toEqual({ A: null, 'b c': null });
  });
});

describe('what is said of columns', () => {
  it.each([
    ["COMMENT ON COLUMN T.A IS 'one'", { A: 'one', 'b c': null }],
    ['COMMENT ON COLUMN SHOP.PUBLIC.T."b c" IS \'two\'', { A: null, 'b c': 'two' }],
    ["ALTER TABLE T ALTER COLUMN A COMMENT 'one', COLUMN \"b c\" COMMENT 'two'", { A: 'one', 'b c': 'two' }],
    ["ALTER TABLE T MODIFY A COMMENT 'one'", { A: 'one', 'b c': null }],
    ["CREATE OR REPLACE TABLE T (A INT NOT NULL COMMENT 'one', B INT)", { A: 'one', B: null }],
    ["CREATE OR REPLACE TABLE T (A INT AUTOINCREMENT COMMENT 'one')", { A: 'one' }],
    ["CREATE OR REPLACE TEMPORARY TABLE T (A INT COMMENT 'one')", { A: 'one' }],
    ["ALTER TABLE T ADD COLUMN C INT COMMENT 'three'", { A: null, 'b c': null, C: 'three' }],
  ])('is shown: %s', async (sql, comments) => {
    await run(sql);
    expect(await ofColumns()).toEqual(comments);
    expect(await listed('SHOW COLUMNS IN TABLE T', 'column_name', 'comment')).toEqual(
      Object.fromEntries(Object.entries(comments).map(([name, text]) => [name, text ?? ''])),
    );
  });

  it('of a view and its columns', async () => {
    await run("CREATE OR REPLACE VIEW V (B COMMENT 'one') COMMENT = 'seen' AS SELECT A FROM T");
    expect(await listed('SHOW VIEWS', 'name', 'comment')).toEqual({ V: 'seen' });
    expect(await ofColumns('V')).toEqual({ B: 'one' });
    await run("ALTER VIEW V SET COMMENT = 'again'", "COMMENT ON COLUMN V.B IS 'other'");
    expect(await run("SELECT COMMENT FROM INFORMATION_SCHEMA.VIEWS WHERE TABLE_NAME = 'V'")).toEqual([
      ['again'],
    ]);
    expect(await run("SELECT COMMENT FROM INFORMATION_SCHEMA.COLUMNS WHERE TABLE_NAME = 'V'")).toEqual([
      ['other'],
    ]);
    await run('ALTER VIEW V ALTER COLUMN B UNSET COMMENT');
    expect(await ofColumns('V')).toEqual({ B: null });
  });
});

it('of schemas is shown, and goes with them', async () => {
  await run("COMMENT ON SCHEMA S IS 'ours'", "ALTER SCHEMA SHOP.PUBLIC SET COMMENT = 'theirs'");
  await run(
    "CREATE SCHEMA IF NOT EXISTS S COMMENT = 'no'",
    'CREATE SCHEMA IF NOT EXISTS "s 2" COMMENT = \'new\'',
  );
  expect(await ofSchemas()).toMatchObject({ S: 'ours', PUBLIC: 'theirs', 's 2': 'new', SCRATCH: '' });
  expect(await run("SELECT COMMENT FROM INFORMATION_SCHEMA.SCHEMATA WHERE SCHEMA_NAME = 'S'")).toEqual([
    ['ours'],
  ]);
  await run('CREATE OR REPLACE SCHEMA S', 'DROP SCHEMA "s 2"', 'CREATE SCHEMA "s 2"');
  await run('ALTER SCHEMA PUBLIC UNSET COMMENT');
  expect(await ofSchemas()).toMatchObject({ S: '', 's 2': '', PUBLIC: '' });
  expect(await run('SELECT COUNT(*), COUNT(DISTINCT SCHEMA_NAME) FROM INFORMATION_SCHEMA.SCHEMATA')).toEqual([
    ['5', '5'],
  ]);
});

it.each([
  ["COMMENT ON TABLE NOPE IS 'x'", 'object_unknown'],
  ["COMMENT ON COLUMN NOPE.A IS 'x'", 'object_unknown'],
  ["COMMENT ON COLUMN T.NOPE IS 'x'", 'column_unknown'],
  ["COMMENT ON COLUMN A IS 'x'", 'object_unknown'],
  ["COMMENT ON SCHEMA NOPE IS 'x'", 'statement_failed'],
  ["COMMENT ON SCHEMA MAIN IS 'x'", 'unsupported_by_warehouse'],
  ["COMMENT ON TABLE INFORMATION_SCHEMA.TABLES IS 'x'", 'unsupported_by_warehouse'],
  ["COMMENT ON SEQUENCE Q IS 'x'", 'unsupported_by_warehouse'],
  ["ALTER TABLE T SET COMMENT = 'x' DATA_RETENTION_TIME_IN_DAYS = 1", 'unsupported_by_warehouse'],
])('fails where there is no such thing: %s', async (sql, code) => {
  await expect(run(sql)).rejects.toMatchObject({ code });
});

it('is nothing where it says so', async () => {
  expect(await run("COMMENT IF EXISTS ON TABLE NOPE IS 'x'")).toEqual([['Statement executed successfully.']]);
  expect(await run("ALTER VIEW IF EXISTS NOPE SET COMMENT = 'x'")).toEqual([
    ['Statement executed successfully.'],
  ]);
});

it('is shown to those alone who may know of what it is about', async () => {
  await run("COMMENT ON TABLE T IS 'said'", "COMMENT ON COLUMN T.A IS 'one'");
  const hidden = { mayKnowOf: () => false };
  expect(await listed('SHOW TABLES', 'name', 'comment', hidden)).toEqual({ T: '' });
  expect(await listed('SHOW COLUMNS IN TABLE T', 'column_name', 'comment', hidden)).toEqual({
    A: '',
    'b c': '',
  });
  const { rows } = await runSql(
    session,
    "SELECT COMMENT FROM INFORMATION_SCHEMA.TABLES WHERE TABLE_NAME = 'T' UNION ALL SELECT COMMENT FROM INFORMATION_SCHEMA.COLUMNS WHERE TABLE_NAME = 'T'",
    hidden,
  );
  expect(rows).toEqual([[null], [null], [null]]);
});

it('stands in GET_DDL', async () => {
  await run(
    "COMMENT ON TABLE T IS 'it''s'",
    "COMMENT ON COLUMN T.A IS 'o\\\\ne'",
    "COMMENT ON VIEW V IS 'seen'",
  );
  expect(await run("SELECT GET_DDL('table', 'T'), GET_DDL('view', 'V')")).toEqual([
    [
      "create or replace TABLE T (\n\tA NUMBER(38,0) COMMENT 'o\\\\ne',\n\tb c NUMBER(38,0)\n)COMMENT='it''s'\n;",
      "create or replace view V(\n\tA\n) COMMENT='seen'\n as SELECT A FROM T;",
    ],
  ]);
});
