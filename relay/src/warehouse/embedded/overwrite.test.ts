import { afterEach, beforeEach, expect, it } from 'vitest';
import { openShop } from '@sluice/demo';
import type { Warehouse, WarehouseSession } from '../index.ts';
import { runSql } from './testing.ts';

let warehouse: Warehouse;
let session: WarehouseSession;
beforeEach(async () => {
  warehouse = await openShop({ customers: 5 });
  session = await warehouse.openSession(warehouse.defaults);
  await runSql(session, 'CREATE TABLE SCRATCH.T (A INT)');
  await runSql(session, 'INSERT INTO SCRATCH.T VALUES (1), (1), (2)');
});
afterEach(() => warehouse.close());

const rows = async () => (await runSql(session, 'SELECT A FROM SCRATCH.T ORDER BY A')).rows.flat();

it('puts rows in the place of those that are there, also when they are made of them', async () => {
  const { changed } = await runSql(
    session,
    'INSERT OVERWRITE INTO SCRATCH.T SELECT DISTINCT A FROM SCRATCH.T',
  );
  expect(changed).toEqual({ inserted: 2, updated: 0, deleted: 0 });
  expect(await rows()).toEqual(['1', '2']);
  await runSql(session, 'INSERT OVERWRITE INTO SCRATCH.T SELECT A FROM SCRATCH.T WHERE FALSE');
  expect(await rows()).toEqual([]);
  await runSql(session, 'INSERT OVERWRITE INTO SCRATCH.T VALUES (7)');
  expect(await rows()).toEqual(['7']);
});

it('takes away what the transaction has put in before, and is undone with it', async () => {
  await runSql(session, 'BEGIN');
  await runSql(session, 'INSERT INTO SCRATCH.T VALUES (8)');
  await runSql(session, 'INSERT OVERWRITE INTO SCRATCH.T VALUES (9)');
  expect(await rows()).toEqual(['9']);
  await runSql(session, 'ROLLBACK');
  expect(await rows()).toEqual(['1', '1', '2']);
});

it.each(['BEGIN', 'SELECT 1'])(
  'counts the rows that it takes away to those that it may change, after %s',
  async (before) => {
    await runSql(session, before);
    const sql = 'INSERT OVERWRITE INTO SCRATCH.T VALUES (9)';
    await expect(runSql(session, sql, { changesAtMost: 3 })).rejects.toMatchObject({ code: 'rows_exceeded' });
    expect(await rows()).toEqual(['1', '1', '2']);
    await runSql(session, sql, { changesAtMost: 4 });
    expect(await rows()).toEqual(['9']);
  },
);

it('puts in every row of its binds', async () => {
  const binds = { '1': { type: 'FIXED', value: ['4', '5'] } };
  await runSql(session, 'INSERT OVERWRITE INTO SCRATCH.T VALUES (?)', { binds });
  expect(await rows()).toEqual(['4', '5']);
});

it('takes nothing away by a column that is called as a row’s place is', async () => {
  await runSql(session, 'CREATE TABLE SCRATCH.R (ROWID INT)');
  await runSql(session, 'INSERT INTO SCRATCH.R VALUES (5)');
  const overwrite = runSql(session, 'INSERT OVERWRITE INTO SCRATCH.R VALUES (6)');
  await expect(overwrite).rejects.toThrow('a column ROWID');
});
