import { openShop } from '../../../../demo/src/shop.ts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Binds, Warehouse, WarehouseSession } from '../warehouse.ts';
import { executable, runSql } from './testing.ts';

let warehouse: Warehouse;
let session: WarehouseSession;
beforeAll(async () => {
  warehouse = await openShop({ customers: 20 });
  session = await warehouse.openSession(warehouse.defaults);
  await runSql(session, 'USE SCHEMA SHOP.SCRATCH');
});
afterAll(() => warehouse.close());

const run = (sql: string, binds: Binds = {}) => runSql(session, sql, { binds });

/** Values of each type as drivers send them, the column that they go into, and what is to be read back. */
const values: readonly [type: string, column: string, sent: readonly (string | null)[]][] = [
  ['FIXED', 'NUMBER(38, 0)', ['1', '-2', null, '99999999999999999999999999999999999999']],
  ['FIXED', 'NUMBER(12, 2)', ['1', '2.50', null, '-0.01']],
  ['FIXED', 'VARCHAR', ['1', '2', null]],
  ['REAL', 'FLOAT', ['1.5', '-1e300', 'inf', '-inf', 'nan', null]],
  [
    'TEXT',
    'VARCHAR',
    ["o'brien", '"quoted" \\ back', 'Zoë 😀', '', 'NULL', null, 'line\nbreak\ttab', 'a\0b', '[1,2]'],
  ],
  ['TEXT', 'NUMBER(10, 2)', ['12.34', ' 5 ', null]],
  ['TEXT', 'DATE', ['2024-02-29', null]],
  ['TEXT', 'BOOLEAN', ['true', 'FALSE', null]],
  ['BOOLEAN', 'BOOLEAN', ['true', 'FALSE', '1', '0', null]],
  ['BINARY', 'BINARY', ['CAFE', '00ff', '', null]],
  ['DATE', 'DATE', ['1704067200000', '-86400000', null]],
  ['TIME', 'TIME', ['45296123456789', null]],
  ['TIMESTAMP_NTZ', 'TIMESTAMP_NTZ', ['1704067200123456789', '-1500000000', null]],
  ['TIMESTAMP_LTZ', 'TIMESTAMP_LTZ', ['1704067200123456000', null]],
  ['ANY', 'VARCHAR', [null, null]],
];

describe('an array bind', () => {
  it.each(values)(
    'of type %s into %s makes the rows that one statement for each would make',
    async (type, column, sent) => {
      await run(`CREATE OR REPLACE TABLE T (N NUMBER(38, 0), V ${column})`);
      const numbers = sent.map((_, row) => String(row));
      const { changed } = await run('INSERT INTO T VALUES (?, ?)', {
        1: { type: 'FIXED', value: numbers },
        2: { type, value: [...sent] },
      });
      expect(changed?.inserted).toBe(sent.length);
      const together = (await run('SELECT V FROM T ORDER BY N')).rows;
      await run('TRUNCATE TABLE T');
      for (const [row, value] of sent.entries()) {
        await run('INSERT INTO T VALUES (?, ?)', {
          1: { type: 'FIXED', value: String(row) },
          2: { type, value },
        });
      }
      expect(together).toEqual((await run('SELECT V FROM T ORDER BY N')).rows);
    },
  );

  it.each([
    [
      'VALUES (?, UPPER(?))',
      [
        ['1', 'A'],
        ['2', 'B'],
      ],
    ],
    [
      'VALUES (? + 1, ? || 1)',
      [
        ['2', 'a1'],
        ['3', 'b1'],
      ],
    ],
    [
      'SELECT ?, PARSE_JSON(\'{"x": 1}\'):x || ?',
      [
        ['1', '1a'],
        ['2', '1b'],
      ],
    ],
    [
      'SELECT ?, ? LIMIT 1',
      [
        ['1', 'a'],
        ['2', 'b'],
      ],
    ],
    [
      'SELECT ?, MAX(?)',
      [
        ['1', 'a'],
        ['2', 'b'],
      ],
    ],
    ['SELECT ?, ? WHERE 1 = 0', []],
    [
      'SELECT P.ID + ?, ? FROM SHOP.PUBLIC.PRODUCTS P WHERE P.ID = 1',
      [
        ['2', 'a'],
        ['3', 'b'],
      ],
    ],
    [
      "VALUES (?, ?), (7, 'c')",
      [
        ['1', 'a'],
        ['2', 'b'],
        ['7', 'c'],
        ['7', 'c'],
      ],
    ],
    [
      'VALUES (DEFAULT, ?)',
      [
        [null, 'a'],
        [null, 'b'],
      ],
    ],
  ])('of two rows into INSERT INTO T (N, V) %s', async (source, rows) => {
    await run('CREATE OR REPLACE TABLE T (N NUMBER(38, 0), V VARCHAR)');
    const two = source.split('?').length - 1 === 2;
    const [numbers, texts] = [
      { type: 'FIXED', value: ['1', '2'] },
      { type: 'TEXT', value: ['a', 'b'] },
    ];
    await run(`INSERT INTO T (N, V) ${source}`, two ? { 1: numbers, 2: texts } : { 1: texts });
    expect((await run('SELECT N, V FROM T ORDER BY N, V')).rows).toEqual(rows);
  });

  it('keeps the order of its rows, draws for each, and is no slower for being long', async () => {
    await run('CREATE OR REPLACE TABLE T (N NUMBER(38, 0), V VARCHAR)');
    const value = Array.from({ length: 50_000 }, (_, row) => String(row));
    const { changed } = await run('INSERT INTO T SELECT ?, UUID_STRING()', { 1: { type: 'FIXED', value } });
    expect(changed?.inserted).toBe(50_000);
    const { rows } = await run('SELECT COUNT(DISTINCT N), COUNT(DISTINCT V), MIN(N), MAX(N) FROM T');
    expect(rows).toEqual([['50000', '50000', '0', '49999']]);
  });

  it('makes nothing when one of its rows cannot be made', async () => {
    await run('CREATE OR REPLACE TABLE T (N NUMBER(38, 0))');
    const value = ['1', '2', 'three'];
    await expect(run('INSERT INTO T VALUES (?)', { 1: { type: 'TEXT', value } })).rejects.toMatchObject({
      code: 'statement_failed',
    });
    expect((await run('SELECT COUNT(*) FROM T')).rows).toEqual([['0']]);
  });

  it('is held to the lengths of the columns', async () => {
    await run('CREATE OR REPLACE TABLE T (V VARCHAR(3))');
    const value = ['abc', 'abcd'];
    await expect(run('INSERT INTO T VALUES (?)', { 1: { type: 'TEXT', value } })).rejects.toMatchObject({
      code: 'statement_failed',
    });
    expect((await run('SELECT COUNT(*) FROM T')).rows).toEqual([['0']]);
  });

  it.each([
    ['differ in length', { 1: ['1', '2'], 2: ['a'] }, 'differ in length'],
    ['are fewer than the statement has', { 1: ['1', '2'] }, 'no value was given'],
  ])('whose columns %s is refused', async (_, given, message) => {
    await run('CREATE OR REPLACE TABLE T (N NUMBER(38, 0), V VARCHAR)');
    const binds = Object.fromEntries(
      Object.entries(given).map(([name, value]) => [name, { type: 'TEXT', value }]),
    );
    await expect(run('INSERT INTO T VALUES (?, ?)', binds)).rejects.toMatchObject({
      code: 'request_malformed',
      message: expect.stringContaining(message) as string,
    });
  });

  it.each(['', 'BEGIN'])('of more rows than may be made makes none, after %j', async (before) => {
    await run('CREATE OR REPLACE TABLE T (N NUMBER(38, 0))');
    if (before !== '') await run(before);
    const statement = await executable(session, 'INSERT INTO T VALUES (?)', {
      binds: { 1: { type: 'FIXED', value: ['1', '2', '3'] } },
      changesAtMost: 2,
    });
    await expect(session.execute(statement, new AbortController().signal)).rejects.toMatchObject({
      code: 'rows_exceeded',
    });
    expect((await run('SELECT COUNT(*) FROM T')).rows).toEqual([['0']]);
    if (before !== '') await run('ROLLBACK');
  });
});
