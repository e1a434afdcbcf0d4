import { type Demo, startDemo } from '@sluice/demo';
import type { Binds, Connection } from 'snowflake-sdk';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { connect, disconnect, execute } from './node-driver.ts';

let demo: Demo;
let port: number;
let connection: Connection;
beforeAll(async () => {
  demo = await startDemo({ customers: 20, logLevel: 'silent' });
  port = Number(new URL(demo.relay.url).port);
  connection = await connect(port, { token: await demo.tokenFor('ada') });
});
afterAll(async () => {
  await disconnect(connection);
  await demo.close();
});

const rowsOf = async (sqlText: string, binds: Binds, of = connection) =>
  (await execute(of, sqlText, { binds })).rows;

it.each<[string, unknown[]]>([
  ['SELECT ? AS A, B FROM (SELECT ? AS B)', ['first', 'second']],
  ['WITH W AS (SELECT ? AS A) SELECT A, ? AS B FROM W', ['first', 'second']],
  ['SELECT ? AS B, COLUMN1 AS A FROM VALUES (?) WHERE ? = COLUMN1', ['second', 'first', 'first']],
  ['SELECT IFF(EXISTS (SELECT 1 WHERE ? = 1), ?, ?) AS A, ? AS B', [1, 'first', 'none', 'second']],
])('takes values in the order of the text, whatever is evaluated first: %s', async (sql, binds) => {
  const [row] = await rowsOf(sql, binds as Binds);
  expect(row).toEqual({ A: 'first', B: 'second' });
});

describe('a variable that is set to what is bound', () => {
  it('holds it, and is no name', async () => {
    await rowsOf('SET (V, N) = (?, ?)', ['ORDERS', 3]);
    expect(await rowsOf('SELECT $V AS V, $N + 1 AS N', [])).toEqual([{ V: 'ORDERS', N: 4 }]);
    expect(await rowsOf('SELECT COUNT(*) AS N FROM ORDERS WHERE ID <= $N', [])).toEqual([{ N: 3 }]);
    // Which table it would be is not known when the statement is decided on.
    await expect(rowsOf('SELECT COUNT(*) FROM IDENTIFIER($V)', [])).rejects.toThrow(/blocked by/);
  });

  it('takes the place of one that was a name', async () => {
    await rowsOf("SET T = 'ORDERS'", []);
    expect(await rowsOf('SELECT COUNT(*) AS N FROM IDENTIFIER($T)', [])).toEqual([{ N: 40 }]);
    await rowsOf('SET T = ?', ['PAYMENTS']);
    await expect(rowsOf('SELECT COUNT(*) AS N FROM IDENTIFIER($T)', [])).rejects.toThrow(/blocked by/);
  });
});

describe('a name that is bound', () => {
  it.each([
    ['SELECT COUNT(*) AS N FROM IDENTIFIER(?) WHERE ? = 1', ['ORDERS', 1]],
    ['SELECT COUNT(*) AS N FROM IDENTIFIER(?) WHERE ? = 1', ['shop.public."ORDERS"', 1]],
    ['SELECT COUNT(*) AS N FROM TABLE(?) WHERE ? = 1', ['PUBLIC.ORDERS', 1]],
    ['SELECT N FROM (SELECT ? AS X, COUNT(*) AS N FROM IDENTIFIER(?))', [7, 'ORDERS']],
  ])('is the table: %s', async (sql, binds) => {
    expect(await rowsOf(sql, binds as Binds)).toEqual([{ N: 40 }]);
  });

  it('is decided on as if it were written', async () => {
    const sql = 'SELECT ID, EMAIL, CARD_NUMBER FROM IDENTIFIER(?) ORDER BY ID';
    expect(await rowsOf(sql, ['CUSTOMERS'])).toEqual(
      (await execute(connection, 'SELECT ID, EMAIL, CARD_NUMBER FROM CUSTOMERS ORDER BY ID')).rows,
    );
    const mallory = await connect(port, { token: await demo.tokenFor('mallory') });
    onTestFinished(() => disconnect(mallory));
    const count = 'SELECT COUNT(*) AS N FROM IDENTIFIER(?)';
    // The same text, with a value that leads elsewhere each time.
    const tables = ['ORDERS', 'PAYMENTS', 'ORDERS', 'payments', 'SHOP.PUBLIC.PAYMENTS'];
    const answers: unknown[] = [];
    for (const table of tables)
      answers.push(await rowsOf(count, [table], mallory).catch((error: { code: unknown }) => error.code));
    const refused = '003001';
    expect(answers).toEqual([[{ N: 40 }], refused, [{ N: 40 }], refused, refused]);
  });

  it.each(['', 'ORDERS; SELECT 1', 'ORDERS WHERE 1 = 0', '(SELECT 1)', 'ORDERS AS O', 'A.B.C.D'])(
    'is a name and nothing else: %j',
    async (name) => {
      await expect(rowsOf('SELECT COUNT(*) AS N FROM IDENTIFIER(?)', [name])).rejects.toBeDefined();
    },
  );

  it('makes and drops', async () => {
    await rowsOf('CREATE OR REPLACE TABLE IDENTIFIER(?) (A INT)', ['SCRATCH.NAMED']);
    await rowsOf('INSERT INTO IDENTIFIER(?) VALUES (?)', ['SCRATCH.NAMED', 5]);
    expect(await rowsOf('SELECT A FROM IDENTIFIER(?)', ['SCRATCH.NAMED'])).toEqual([{ A: 5 }]);
    await rowsOf('DROP TABLE IDENTIFIER(?)', ['SCRATCH.NAMED']);
    await expect(rowsOf('SELECT A FROM IDENTIFIER(?)', ['SCRATCH.NAMED'])).rejects.toMatchObject({
      code: '002003',
    });
  });
});

it('shares its values among the statements of a request, in order', async () => {
  await execute(connection, 'CREATE OR REPLACE TABLE SCRATCH.SHARED (A INT, B VARCHAR)');
  await execute(
    connection,
    'INSERT INTO SCRATCH.SHARED VALUES (?, ?); UPDATE SCRATCH.SHARED SET B = ? WHERE A = ?; SELECT 1; SELECT A, B, ? AS C FROM SCRATCH.SHARED',
    { binds: [7, 'seven', 'changed', 7, 'last'], parameters: { MULTI_STATEMENT_COUNT: 4 } },
  );
  expect(await rowsOf('SELECT A, B FROM SCRATCH.SHARED', [])).toEqual([{ A: 7, B: 'changed' }]);
});
