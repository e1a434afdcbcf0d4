import { afterEach, beforeEach, expect, it } from 'vitest';
import { openEmbeddedWarehouse, type Warehouse, type WarehouseSession } from '../index.ts';
import { type Given, runSql } from './testing.ts';

let warehouse: Warehouse;
let session: WarehouseSession;
beforeEach(async () => {
  warehouse = await openEmbeddedWarehouse();
  session = await warehouse.openSession(warehouse.defaults);
  for (const sql of [
    "CREATE TABLE T1 (A INT, B INT, C VARCHAR DEFAULT 'none')",
    'CREATE TABLE T2 (A INT, B VARCHAR(5), C DATE)',
    'CREATE TABLE SRC (N1 INT, N2 INT, D VARCHAR)',
    "INSERT INTO SRC VALUES (1, 11, '2024-01-01'), (2, 22, NULL), (3, 33, '2024-03-03')",
  ])
    await run(sql);
});
afterEach(() => warehouse.close());

const run = (sql: string, given?: Given) => runSql(session, sql, given);
const all = async (table: string) => (await run(`SELECT * FROM ${table} ORDER BY 1, 2, 3`)).rows;

it('puts each row into every table, with what is said of it or as it is', async () => {
  const done = await run(
    'INSERT ALL INTO T1 (A, B, C) VALUES (N2, N1, DEFAULT) INTO T2 VALUES (N1, N2, D) INTO T1 (A) VALUES (-N1) SELECT N1, N2, D FROM SRC WHERE N1 < 3',
  );
  expect(done).toMatchObject({ statementTypeId: 0x3500, changed: { inserted: 6, updated: 0, deleted: 0 } });
  expect(await all('T1')).toEqual([
    ['-2', null, 'none'],
    ['-1', null, 'none'],
    ['11', '1', 'none'],
    ['22', '2', 'none'],
  ]);
  expect(await all('T2')).toEqual([
    ['1', '11', '19723'],
    ['2', '22', null],
  ]);
});

it.each([
  ['ALL', ['1', '2', '3'], ['2', '3'], []],
  ['FIRST', ['1', '2', '3'], [], []],
])('takes every branch whose condition is true, or the first: %s', async (how, first, second, rest) => {
  const branches =
    'WHEN N1 > 0 THEN INTO T1 (A) VALUES (N1) WHEN N1 > 1 THEN INTO T2 (A) VALUES (N1) ELSE INTO SRC VALUES (N1, N1, D)';
  await run(`INSERT ${how} ${branches} SELECT * FROM SRC`);
  expect((await all('T1')).map(([a]) => a)).toEqual(first);
  expect((await all('T2')).map(([a]) => a)).toEqual(second);
  expect(await all('SRC')).toHaveLength(3 + rest.length);
});

it.each(['ALL', 'FIRST'])(
  'puts by ELSE what no condition is true of, and NULL is not true: %s',
  async (how) => {
    const sql = `INSERT ${how} WHEN D > '2024-02-01' THEN INTO T1 (A) VALUES (N1) WHEN N1 = 99 THEN INTO T1 (A) VALUES (0) ELSE INTO T2 (A) VALUES (N1) SELECT * FROM SRC`;
    expect((await run(sql)).changed).toMatchObject({ inserted: 3 });
    expect((await all('T2')).map(([a]) => a)).toEqual(['1', '2']);
  },
);

it('reads the query once, and computes only what is put somewhere', async () => {
  await run('INSERT ALL INTO SRC VALUES (N1 + 10, N2, D) INTO SRC VALUES (N1 + 20, N2, D) SELECT * FROM SRC');
  expect((await all('SRC')).map(([n]) => n)).toEqual(['1', '2', '3', '11', '12', '13', '21', '22', '23']);
  await run(
    'INSERT ALL INTO T1 (A) VALUES (R) INTO T2 (A) VALUES (R) SELECT UNIFORM(1, 1000000, RANDOM()) AS R',
  );
  expect((await run('SELECT COUNT(*) FROM T1 JOIN T2 ON T1.A = T2.A')).rows).toEqual([['1']]);
  await run(
    "INSERT ALL WHEN N1 = 1 THEN INTO T1 (A) VALUES (D::INT) SELECT N1, IFF(N1 = 1, '7', D) AS D FROM SRC",
  );
  expect((await run('SELECT COUNT(*) FROM T1 WHERE A = 7')).rows).toEqual([['1']]);
});

it('takes binds, and values of every type', async () => {
  const types =
    'NUMBER(5,2), FLOAT, BOOLEAN, DATE, TIME, TIMESTAMP_NTZ, TIMESTAMP_LTZ, TIMESTAMP_TZ, VARIANT, BINARY'.split(
      ', ',
    );
  await run(`CREATE TABLE W (${types.map((type, index) => `C${index} ${type}`).join(', ')})`);
  const values =
    "1.25, 2.5, TRUE, '2024-01-01', '12:00', '2024-01-01 10:00', '2024-01-01 10:00', '2024-01-01 10:00:00 +0200', V, '00ff'";
  await run(
    `INSERT ALL INTO W VALUES (${values}) INTO W SELECT ${types.map((type, index) => (index === 8 ? "PARSE_JSON('[1]') AS V" : `NULL AS N${index}`)).join(', ')}`,
  );
  await run(`INSERT INTO W SELECT ${values.replace('V,', "PARSE_JSON('[1]'),")}`);
  const [first, second, third] = (await run('SELECT * FROM W ORDER BY C0')).rows;
  expect(first).toEqual(second);
  expect(third?.[0]).toBeNull();
  const binds = { '1': { type: 'FIXED', value: '5' }, '2': { type: 'TEXT', value: 'b' } };
  await run('INSERT ALL INTO T1 (A, C) VALUES (N1, ?) SELECT N1 FROM SRC WHERE N1 < ?', {
    binds: { '1': binds['2'], '2': binds['1'] },
  });
  expect(await all('T1')).toHaveLength(3);
});

it('puts everything or nothing', async () => {
  const fails = "INSERT ALL INTO T1 (A) VALUES (N1) INTO T2 (B) VALUES ('too long') SELECT N1 FROM SRC";
  await expect(run(fails)).rejects.toMatchObject({ warehouse: { code: '100078' } });
  expect(await all('T1')).toEqual([]);
  await run('BEGIN');
  await run('INSERT ALL INTO T1 (A) VALUES (N1) INTO T2 (A) VALUES (N1) SELECT N1 FROM SRC');
  await expect(run(fails)).rejects.toThrow(/too long/);
  // What came before it is there again.
  expect(await all('T1')).toHaveLength(3);
  await run('ROLLBACK');
  expect(await all('T2')).toEqual([]);
});

it('puts no more rows than it may', async () => {
  const sql = 'INSERT ALL INTO T1 (A) VALUES (N1) INTO T2 (A) VALUES (N1) SELECT N1 FROM SRC';
  await expect(run(sql, { changesAtMost: 5 })).rejects.toMatchObject({ code: 'rows_exceeded' });
  expect(await all('T1')).toEqual([]);
  await run(sql, { changesAtMost: 6 });
  expect(await all('T1')).toHaveLength(3);
});

it('does nothing when it is only described', async () => {
  await run('INSERT ALL INTO T1 (A) VALUES (1) SELECT 1', { describeOnly: true });
  expect(await all('T1')).toEqual([]);
});

it.each([
  'INSERT OVERWRITE ALL INTO T1 (A) VALUES (N1) SELECT N1 FROM SRC',
  'INSERT ALL INTO T1 (A) VALUES (S.NEXTVAL) SELECT N1 FROM SRC',
  'INSERT ALL INTO T1 (A) VALUES (DEFAULT) SELECT N1 FROM SRC',
  'INSERT ALL INTO INFORMATION_SCHEMA.T (A) VALUES (1) SELECT 1',
])('refuses by name: %s', async (sql) => {
  await run('CREATE SEQUENCE S');
  await expect(run(sql)).rejects.toMatchObject({
    code: expect.stringMatching(/unsupported_by_warehouse|object_unknown/),
  });
});
