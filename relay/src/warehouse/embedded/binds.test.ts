import { openShop } from '@sluice/demo';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Binds, Warehouse, WarehouseSession } from '../warehouse.ts';
import { runSql } from './testing.ts';

let warehouse: Warehouse;
let session: WarehouseSession;
beforeAll(async () => {
  warehouse = await openShop({ customers: 5 });
  session = await warehouse.openSession(warehouse.defaults);
  await runSql(session, 'USE SCHEMA SHOP.SCRATCH');
});
afterAll(() => warehouse.close());

const run = (sql: string, binds: Binds = {}) => runSql(session, sql, { binds });

const NOON = '1704196800123456000';
const FIRST_DAY = '1704067200000';

describe('a time that a driver binds', () => {
  it.each([
    ['DATE', FIRST_DAY, { type: 'date' }, '19723', '2024-01-01'],
    ['DATE', '-11651644800000', { type: 'date' }, '-134857', '1600-10-10'],
    ['TIME', '45296123456000', { type: 'time' }, '45296.123456000', '12:34:56'],
    ['TIMESTAMP_NTZ', NOON, { type: 'timestamp_ntz' }, '1704196800.123456000', '2024-01-02 12:00:00.123'],
    [
      'TIMESTAMP_LTZ',
      NOON,
      { type: 'timestamp_ltz' },
      '1704196800.123456000',
      '2024-01-02 12:00:00.123 +0000',
    ],
    [
      'TIMESTAMP_TZ',
      `${NOON} 1560`,
      { type: 'timestamp_tz' },
      '1704196800.123456000 1560',
      '2024-01-02 14:00:00.123 +0200',
    ],
  ])('is one of its type: %s %s', async (type, value, column, cell, text) => {
    const { columns, rows } = await run('SELECT ?, TO_VARCHAR(?), ?', {
      1: { type, value },
      2: { type, value },
      3: { type, value: null },
    });
    expect(columns[0]).toMatchObject(column);
    expect(columns[2]).toMatchObject(column);
    expect(rows).toEqual([[cell, text, null]]);
  });

  it('counts and compares as one', async () => {
    const binds = { 1: { type: 'TIMESTAMP_NTZ', value: NOON }, 2: { type: 'DATE', value: FIRST_DAY } };
    expect((await run('SELECT TO_CHAR(DATEADD(day, 1, ?)), ? + 1', binds)).rows).toEqual([
      ['2024-01-03 12:00:00.123', '19724'],
    ]);
    expect((await run('SELECT ? > ?', binds)).rows).toEqual([['1']]);
  });

  it('goes into a column of another type as what it is of its own', async () => {
    await run('CREATE OR REPLACE TABLE T (A TIMESTAMP_NTZ, B DATE)');
    await run("ALTER SESSION SET TIMEZONE = 'Asia/Tokyo'");
    const binds = {
      1: { type: 'TIMESTAMP_LTZ', value: [NOON, NOON] },
      2: { type: 'TIMESTAMP_NTZ', value: [NOON, null] },
    };
    await run('INSERT INTO T VALUES (?, ?)', binds);
    await run('ALTER SESSION UNSET TIMEZONE');
    expect((await run('SELECT TO_CHAR(A), TO_CHAR(B) FROM T ORDER BY B')).rows).toEqual([
      ['2024-01-02 21:00:00.123', '2024-01-02'],
      ['2024-01-02 21:00:00.123', null],
    ]);
  });
});

it('changes and removes rows by each row of an array bind, and counts them all', async () => {
  await run('CREATE OR REPLACE TABLE N (A INT, B VARCHAR)');
  await run("INSERT INTO N VALUES (1, 'a'), (2, 'b'), (2, 'c'), (3, 'd')");
  const texts = (value: string[]) => ({ type: 'TEXT', value });
  const numbers = (value: string[]) => ({ type: 'FIXED', value });
  const { changed } = await run('UPDATE N SET B = ? WHERE A = ?', {
    1: texts(['x', 'y', 'z']),
    2: numbers(['1', '2', '9']),
  });
  expect(changed).toMatchObject({ updated: 3 });
  expect((await run('SELECT B FROM N ORDER BY A, B')).rows).toEqual([['x'], ['y'], ['y'], ['d']]);
  expect((await run('DELETE FROM N WHERE A = ?', { 1: numbers(['2', '3', '3']) })).changed).toMatchObject({
    deleted: 3,
  });
  expect((await run('SELECT A FROM N')).rows).toEqual([['1']]);
});
