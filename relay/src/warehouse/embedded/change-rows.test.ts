import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { openEmbeddedWarehouse } from '../index.ts';
import type { Warehouse, WarehouseSession } from '../index.ts';
import { runSql } from './testing.ts';

let warehouse: Warehouse;
let session: WarehouseSession;
beforeAll(async () => {
  warehouse = await openEmbeddedWarehouse();
});
afterAll(() => warehouse.close());
beforeEach(async () => {
  session = await warehouse.openSession(warehouse.defaults);
  await runSql(
    session,
    'CREATE OR REPLACE TABLE T AS SELECT column1 AS ID, 0 AS N FROM VALUES (1), (2), (3), (4)',
  );
  await runSql(session, 'CREATE OR REPLACE TABLE KEPT (ID NUMBER)');
  await runSql(session, 'CREATE OR REPLACE TABLE S AS SELECT column1 AS ID FROM VALUES (3), (4), (5)');
});

const run = (sql: string, changesAtMost: number | null = null, binds = {}) =>
  runSql(session, sql, { changesAtMost, binds });
const all = async (table = 'T', from = session) =>
  (await runSql(from, `SELECT * FROM ${table} ORDER BY 1`).catch(() => null))?.rows ?? null;

/** Each changes so many rows. */
const changes: readonly [string, number, object?][] = [
  ['UPDATE T SET N = 1 WHERE ID <= 3', 3],
  ['UPDATE T SET N = 1 FROM S WHERE T.ID = S.ID', 2],
  [
    'UPDATE T SET N = ? WHERE ID = ?',
    2,
    { '1': { type: 'FIXED', value: ['7', '8'] }, '2': { type: 'FIXED', value: ['1', '2'] } },
  ],
  ['DELETE FROM T WHERE ID > 1', 3],
  ['DELETE FROM T USING S WHERE T.ID = S.ID', 2],
  ['INSERT INTO T SELECT ID, 1 FROM S', 3],
  ['INSERT INTO T (ID) VALUES (7), (8)', 2],
  ['INSERT INTO T (ID, N) VALUES (?, 0)', 3, { '1': { type: 'FIXED', value: ['7', '8', '9'] } }],
  [
    `MERGE INTO T USING S ON T.ID = S.ID WHEN MATCHED THEN UPDATE SET N = 1
     WHEN NOT MATCHED THEN INSERT (ID, N) VALUES (S.ID, 2)`,
    3,
  ],
  ['TRUNCATE TABLE T', 4],
  ['CREATE OR REPLACE TABLE T AS SELECT ID, 1 AS N FROM S', 3],
  ["EXECUTE IMMEDIATE 'DELETE FROM T WHERE ID > 1'", 3],
];

describe.each(changes)('%s', (sql, rows, binds = {}) => {
  it('runs for as many rows as it changes', async () => {
    const before = await all();
    await run(sql, rows, binds);
    expect(await all()).not.toEqual(before);
  });

  it('is undone as a whole when it changes more', async () => {
    const before = await all();
    await expect(run(sql, rows - 1, binds)).rejects.toMatchObject({ code: 'rows_exceeded' });
    expect(await all()).toEqual(before);
    // And nothing is left open: what comes next is there for others.
    await run('INSERT INTO S VALUES (99)');
    expect(await all('S', await warehouse.openSession(warehouse.defaults))).toContainEqual(['99']);
  });

  it('leaves what came before it in an open transaction when it would change more', async () => {
    await run('BEGIN');
    await run('INSERT INTO KEPT VALUES (77)');
    const before = [await all(), await all('KEPT')];
    await expect(run(sql, rows - 1, binds)).rejects.toMatchObject({ code: 'rows_exceeded' });
    expect([await all(), await all('KEPT')]).toEqual(before);
    await run('COMMIT');
    expect(await all('KEPT', await warehouse.openSession(warehouse.defaults))).toContainEqual(['77']);
  });
});

it('runs in an open transaction, which goes on', async () => {
  await run('BEGIN');
  await run('UPDATE T SET N = 5 WHERE ID = 1', 1);
  expect(await all('T', await warehouse.openSession(warehouse.defaults))).not.toContainEqual(['1', '5']);
  await run('ROLLBACK');
  expect(await all()).not.toContainEqual(['1', '5']);
});

it('undoes a statement that changes other rows than were counted, and nothing before it', async () => {
  await run(
    'CREATE OR REPLACE TABLE BIG AS SELECT SEQ4() AS ID, 0 AS N FROM TABLE(GENERATOR(ROWCOUNT => 400))',
  );
  await run('BEGIN');
  await run('INSERT INTO KEPT VALUES (77)');
  // Half of the rows, others each time: counted and run, the numbers hardly ever agree.
  const outcomes = new Set<string>();
  for (let attempt = 0; attempt < 60 && !outcomes.has('statement_failed'); attempt += 1) {
    const code = await run('UPDATE BIG SET N = 1 WHERE UNIFORM(0, 1, RANDOM()) = 0', 200).then(
      () => 'ran',
      (error: { code: string }) => error.code,
    );
    outcomes.add(code);
    if (code === 'ran')
      await run('ROLLBACK').then(() => run('BEGIN').then(() => run('INSERT INTO KEPT VALUES (77)')));
  }
  expect(outcomes).toContain('statement_failed');
  expect((await run('SELECT COUNT(*) FROM BIG WHERE N = 1')).rows).toEqual([['0']]);
  await run('COMMIT');
  expect(await all('KEPT', await warehouse.openSession(warehouse.defaults))).toEqual([['77']]);
});

it.each(['DROP TABLE T', 'ALTER TABLE T RENAME TO T2', 'CREATE OR REPLACE VIEW V AS SELECT * FROM T'])(
  'refuses a number of rows for what it cannot count: %s',
  async (sql) => {
    await expect(run(sql, 5)).rejects.toMatchObject({ code: 'unsupported_by_warehouse' });
    expect(await all()).toHaveLength(4);
  },
);

it('says nothing of the number to who asked', async () => {
  await expect(run('DELETE FROM T', 1)).rejects.toMatchObject({
    message: 'it would change more than the 1 row that it was approved for',
    advice: 'nothing was changed; narrow it, or ask again',
  });
});

it('means nothing for what changes nothing', async () => {
  expect((await run('SELECT * FROM T', 1)).rows).toHaveLength(4);
  await run("SET X = 'y'", 0);
});
