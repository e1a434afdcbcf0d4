import { afterEach, beforeEach, expect, it } from 'vitest';
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

it('is read again as any listing is', async () => {
  const { rows } = await runSql(session, 'SHOW STAGES IN SCHEMA SHOP.PUBLIC');
  expect(rows).toHaveLength(1);
  // Nothing but a listing is told of them.
  await runSql(session, "SET V = 'x'");
  expect((await runSql(session, "SELECT '~stages'")).rows).toEqual([['~stages']]);
});
