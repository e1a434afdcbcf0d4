import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openEmbeddedWarehouse, type Warehouse, type WarehouseSession } from '../index.ts';
import { runSql } from './testing.ts';

let warehouse: Warehouse;
let session: WarehouseSession;
beforeEach(async () => {
  warehouse = await openEmbeddedWarehouse();
  session = await warehouse.openSession(warehouse.defaults);
  await run('CREATE TABLE SCRATCH.T (ID NUMBER(5,0) DEFAULT 3, NAME VARCHAR(10))');
  await run(`INSERT INTO SCRATCH.T VALUES (1, 'a'), (2, NULL)`);
});
afterEach(() => warehouse.close());

const run = (sql: string) => runSql(session, sql);
/** Name, type, whether it can be NULL, default. */
const described = async (table: string) =>
  (await run(`DESCRIBE TABLE ${table}`)).rows.map((row) => [row[0], row[1], row[3], row[4]]);

describe('ALTER COLUMN', () => {
  it('makes columns longer, required and without a default, several at once', async () => {
    await run(
      'ALTER TABLE SCRATCH.T ALTER COLUMN NAME SET DATA TYPE VARCHAR(100), COLUMN ID TYPE NUMBER(12,0)',
    );
    await run('ALTER TABLE SCRATCH.T MODIFY COLUMN ID SET NOT NULL');
    await run('ALTER TABLE SCRATCH.T ALTER ID DROP DEFAULT');
    expect(await described('SCRATCH.T')).toEqual([
      ['ID', 'NUMBER(12,0)', 'N', null],
      ['NAME', 'VARCHAR(100)', 'Y', null],
    ]);
    await run(`INSERT INTO SCRATCH.T VALUES (999999999999, REPEAT('x', 100))`);
    await run('ALTER TABLE SCRATCH.T ALTER COLUMN ID DROP NOT NULL');
    await run('INSERT INTO SCRATCH.T (NAME) VALUES (NULL)');
    expect((await run('SELECT ID FROM SCRATCH.T WHERE ID > 2 OR ID IS NULL ORDER BY ID')).rows).toEqual([
      ['999999999999'],
      [null],
    ]);
  });

  it('keeps a default when it changes the type', async () => {
    await run('ALTER TABLE SCRATCH.T ALTER COLUMN ID SET DATA TYPE NUMBER(6,0)');
    expect(await described('SCRATCH.T')).toContainEqual(['ID', 'NUMBER(6,0)', 'Y', '3']);
  });

  it.each([
    ['NAME SET DATA TYPE VARCHAR(9)', '040052', 'reducing the byte-length'],
    ['NAME SET DATA TYPE NUMBER(5,0)', '040052', 'from type VARCHAR(10) to NUMBER(5,0)'],
    ['ID SET DATA TYPE NUMBER(7,2)', '040052', 'from type NUMBER(5,0) to NUMBER(7,2)'],
    ['ID SET DATA TYPE VARCHAR(100)', '040052', 'from type NUMBER(5,0)'],
    ['ID SET DATA TYPE NUMBER(4,0)', '000002', 'a column of fewer digits'],
    ['NAME SET NOT NULL', '100072', 'NULL'],
  ])('refuses %s, and changes nothing', async (change, code, message) => {
    const before = await described('SCRATCH.T');
    await expect(run(`ALTER TABLE SCRATCH.T ALTER COLUMN ${change}`)).rejects.toMatchObject({
      warehouse: { code },
      message: expect.stringContaining(message),
    });
    expect(await described('SCRATCH.T')).toEqual(before);
  });

  it('refuses a column that is not there, and lets a table be missing only with IF EXISTS', async () => {
    const change = 'ALTER COLUMN GONE SET DATA TYPE VARCHAR(100)';
    await expect(run(`ALTER TABLE SCRATCH.T ${change}`)).rejects.toMatchObject({
      code: 'column_unknown',
      message: "invalid identifier 'GONE'",
    });
    expect((await run(`ALTER TABLE IF EXISTS SCRATCH.NONE ${change}`)).rows).toHaveLength(1);
  });

  it('changes a session’s own table', async () => {
    await run('CREATE TEMPORARY TABLE SCRATCH.OWN (A VARCHAR(2))');
    await run('ALTER TABLE SCRATCH.OWN ALTER A SET DATA TYPE VARCHAR(4)');
    await run(`INSERT INTO SCRATCH.OWN VALUES ('abcd')`);
    await expect(run('ALTER TABLE SCRATCH.OWN ALTER A SET DATA TYPE VARCHAR(3)')).rejects.toMatchObject({
      warehouse: { code: '040052' },
    });
  });
});

it('adds and drops several columns at once, or none of them', async () => {
  await run('ALTER TABLE SCRATCH.T ADD COLUMN A INT DEFAULT 5, B VARCHAR(3)');
  await expect(run('ALTER TABLE SCRATCH.T ADD COLUMN C INT, A INT')).rejects.toMatchObject({
    warehouse: { code: '002025' },
  });
  expect((await described('SCRATCH.T')).map(([name]) => name)).toEqual(['ID', 'NAME', 'A', 'B']);
  await run('ALTER TABLE SCRATCH.T DROP COLUMN A, NAME');
  expect((await described('SCRATCH.T')).map(([name]) => name)).toEqual(['ID', 'B']);
});

describe('SWAP WITH', () => {
  it('gives each table the other’s name, with all that is known of it', async () => {
    await run('CREATE TABLE SCRATCH.U (ONLY_U VARCHAR(7) NOT NULL PRIMARY KEY)');
    await run(`INSERT INTO SCRATCH.U VALUES ('u')`);
    await run('CREATE VIEW SCRATCH.V AS SELECT COUNT(*) AS N FROM SCRATCH.U');
    await run('ALTER TABLE SCRATCH.T SWAP WITH SCRATCH.U');
    expect(await described('SCRATCH.T')).toEqual([['ONLY_U', 'VARCHAR(7)', 'N', null]]);
    expect((await run('SELECT * FROM SCRATCH.T')).rows).toEqual([['u']]);
    expect((await run('SELECT N FROM SCRATCH.V')).rows).toEqual([['2']]);
    expect((await run('SHOW PRIMARY KEYS IN SCHEMA SCRATCH')).rows.map((row) => row[3])).toEqual(['T']);
  });

  it('refuses tables of the session’s own', async () => {
    await run('CREATE TEMPORARY TABLE SCRATCH.OWN (A INT)');
    for (const sql of ['SCRATCH.T SWAP WITH SCRATCH.OWN', 'SCRATCH.OWN SWAP WITH SCRATCH.T'])
      await expect(run(`ALTER TABLE ${sql}`)).rejects.toMatchObject({ code: 'unsupported_by_warehouse' });
  });
});
