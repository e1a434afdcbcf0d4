import { afterEach, beforeEach, expect, it } from 'vitest';
import { catalogName } from '@sluice/snowflake-sql';
import { openEmbeddedWarehouse, type Warehouse, type WarehouseSession } from '../../index.ts';
import { type Given, runSql } from '../testing.ts';

let warehouse: Warehouse;
let session: WarehouseSession;
let other: WarehouseSession;
beforeEach(async () => {
  warehouse = await openEmbeddedWarehouse();
  session = await warehouse.openSession(warehouse.defaults);
  other = await warehouse.openSession(warehouse.defaults);
  for (const sql of [
    "CREATE STAGE S COMMENT = 'it''s ours'",
    'CREATE TEMPORARY STAGE SCRATCH."own s"',
    "CREATE FILE FORMAT F TYPE = JSON COMMENT = 'documents'",
    "CREATE FILE FORMAT SCRATCH.G FIELD_DELIMITER = '|'",
  ])
    await runSql(session, sql);
});
afterEach(() => warehouse.close());

async function shown(sql: string, of = session, given: Given = {}) {
  const { columns, rows } = await runSql(of, sql, given);
  return rows.map((row) => Object.fromEntries(columns.map(({ name }, index) => [name, row[index]])));
}

it('lists stages, a session’s own to itself', async () => {
  expect(await shown('SHOW STAGES IN DATABASE')).toMatchObject([
    {
      name: 'S',
      database_name: 'SHOP',
      schema_name: 'PUBLIC',
      url: '',
      comment: "it's ours",
      type: 'INTERNAL',
      owner: 'SYSADMIN',
    },
    {
      name: 'own s',
      schema_name: 'SCRATCH',
      comment: '',
      type: 'INTERNAL TEMPORARY',
      directory_enabled: 'N',
    },
  ]);
  expect((await shown('SHOW STAGES IN DATABASE', other)).map(({ name }) => name)).toEqual(['S']);
  expect(await shown('SHOW STAGES')).toHaveLength(1);
  expect(await shown("SHOW STAGES LIKE 'OWN%' IN SCHEMA SCRATCH")).toHaveLength(1);
  expect(await shown("SHOW STAGES LIKE 'x'")).toEqual([]);
  await runSql(other, 'DROP STAGE S');
  expect(await shown('SHOW STAGES')).toEqual([]);
});

it('lists file formats, with the options that were said', async () => {
  expect(await shown('SHOW FILE FORMATS IN DATABASE SHOP')).toMatchObject([
    {
      name: 'F',
      schema_name: 'PUBLIC',
      type: 'JSON',
      comment: 'documents',
      format_options: '{"TYPE":"JSON"}',
    },
    {
      name: 'G',
      schema_name: 'SCRATCH',
      type: 'CSV',
      comment: '',
      format_options: '{"FIELD_DELIMITER":"|"}',
    },
  ]);
});

it('lists by name alone what the asker may not know of', async () => {
  const given = { mayKnowOf: () => false };
  expect(await shown('SHOW STAGES', session, given)).toMatchObject([{ name: 'S', comment: '' }]);
  expect(await shown('SHOW FILE FORMATS', session, given)).toMatchObject([
    { name: 'F', type: 'CSV', comment: '', format_options: '{}' },
  ]);
});

it('takes what ALTER and COMMENT ON say, and keeps what they do not', async () => {
  await runSql(session, "ALTER STAGE S SET FILE_FORMAT = (TYPE = 'JSON') COMMENT = 'theirs'");
  await runSql(session, "COMMENT ON FILE FORMAT F IS 'more documents'");
  await runSql(session, 'ALTER FILE FORMAT SCRATCH.G SET SKIP_HEADER = 1');
  await runSql(other, 'ALTER STAGE IF EXISTS S RENAME TO S2');
  await runSql(session, 'ALTER STAGE SCRATCH."own s" UNSET COMMENT');
  expect(await shown('SHOW STAGES')).toMatchObject([{ name: 'S2', comment: 'theirs' }]);
  expect(await shown('SHOW FILE FORMATS IN DATABASE')).toMatchObject([
    { name: 'F', comment: 'more documents', format_options: '{"TYPE":"JSON"}' },
    { name: 'G', comment: '', format_options: '{"FIELD_DELIMITER":"|","SKIP_HEADER":1}' },
  ]);
  const stage = async (name: string) =>
    await session.catalog.load([
      { type: 'stage', name: catalogName('stage', { database: 'SHOP', schema: 'PUBLIC', name }) },
    ]);
  expect(await stage('S2')).toMatchObject([{ object: { type: 'stage', format: { TYPE: 'JSON' } } }]);
  expect(await stage('S')).toMatchObject([{ object: null }]);
  await runSql(session, "COMMENT ON STAGE S2 IS ''");
  await runSql(session, 'ALTER STAGE S2 SET DIRECTORY = (ENABLE = TRUE)');
  expect(await shown('SHOW STAGES')).toMatchObject([{ name: 'S2', comment: '' }]);
  expect(await stage('S2')).toMatchObject([{ object: { format: { TYPE: 'JSON' } } }]);
});

it('is another format for what was decided under it, once it is altered', async () => {
  const version = async () => {
    const name = catalogName('file_format', { database: 'SHOP', schema: 'PUBLIC', name: 'F' });
    return (await session.catalog.load([{ type: 'file_format', name }]))[0]?.object?.version;
  };
  const before = await version();
  await runSql(session, 'ALTER FILE FORMAT F SET STRIP_OUTER_ARRAY = TRUE');
  expect(await version()).not.toBe(before);
});

it.each([
  ['ALTER STAGE NOPE SET COMMENT = 1', 'object_unknown'],
  ["COMMENT ON STAGE NOPE IS 'x'", 'object_unknown'],
  ["ALTER FILE FORMAT F SET TYPE = 'CSV'", 'unsupported_by_warehouse'],
  ['ALTER FILE FORMAT F SET DATE_FORMAT = "x"', 'unsupported_by_warehouse'],
  ["ALTER STAGE S SET URL = 's3://x'", 'unsupported_by_warehouse'],
  ['ALTER STAGE S RENAME TO SCRATCH.S', 'unsupported_by_warehouse'],
  ['ALTER STAGE S REFRESH', 'unsupported_by_warehouse'],
  ['ALTER FILE FORMAT F RENAME TO F2, SET COMMENT = 1', 'statement_syntax'],
])('refuses %s', async (sql, code) => {
  await expect(runSql(session, sql)).rejects.toMatchObject({ code });
});

it('does not take a name that is taken', async () => {
  await runSql(session, 'CREATE STAGE S3');
  await expect(runSql(session, 'ALTER STAGE S RENAME TO S3')).rejects.toMatchObject({
    warehouse: { code: '002002' },
  });
});

it('is read again as any listing is', async () => {
  const { rows } = await runSql(session, 'SHOW STAGES IN SCHEMA SHOP.PUBLIC');
  expect(rows).toHaveLength(1);
  // Nothing but a listing is told of them.
  await runSql(session, "SET V = 'x'");
  expect((await runSql(session, "SELECT '~stages'")).rows).toEqual([['~stages']]);
});
