import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import type { Connection, ConnectionOptions } from 'snowflake-sdk';
import { type Demo, startDemo } from '@sluice/demo';
import { connect, disconnect, execute } from './node-driver.ts';
import { orSkip, pythonProgram } from './other-drivers.ts';

const run = promisify(execFile);

let demo: Demo;
let port: number;
let connection: Connection;
beforeAll(async () => {
  demo = await startDemo({ customers: 20, logLevel: 'silent' });
  port = Number(new URL(demo.relay.url).port);
  connection = await open();
  await execute(connection, 'CREATE TABLE SCRATCH.T (A INT)');
});
afterAll(async () => {
  await disconnect(connection);
  await demo.close();
});

async function open(options: Partial<ConnectionOptions> = {}): Promise<Connection> {
  return await connect(port, { token: await demo.tokenFor('ada'), ...options });
}
const rows = async (sql: string, of = connection) => (await execute(of, sql)).rows;

describe('with Node’s driver', () => {
  it('what AUTOCOMMIT off leaves open is rolled back when the session ends', async () => {
    const own = await open();
    await execute(own, 'ALTER SESSION SET AUTOCOMMIT = FALSE');
    await execute(own, 'INSERT INTO SCRATCH.T VALUES (1)');
    expect(await rows('SELECT COUNT(*) AS N FROM SCRATCH.T', own)).toEqual([{ N: 1 }]);
    await disconnect(own);
    expect(await rows('SELECT COUNT(*) AS N FROM SCRATCH.T')).toEqual([{ N: 0 }]);
  });

  it('is told how many rows an INSERT into several tables has put into all of them', async () => {
    await execute(connection, 'CREATE OR REPLACE TABLE SCRATCH.BIG (A INT)');
    await execute(connection, 'CREATE OR REPLACE TABLE SCRATCH.SMALL (A INT)');
    const sql =
      'INSERT FIRST WHEN ID > 15 THEN INTO SCRATCH.BIG VALUES (ID) ELSE INTO SCRATCH.SMALL VALUES (ID) SELECT ID FROM PUBLIC.CUSTOMERS';
    expect(await rows(sql)).toEqual([{ 'number of rows inserted': 20 }]);
    expect(await rows('SELECT MAX(A) AS M FROM SCRATCH.SMALL')).toEqual([{ M: 15 }]);
  });

  it('shows dates and times as the session says', async () => {
    const own = await open();
    onTestFinished(() => disconnect(own));
    await execute(own, "ALTER SESSION SET DATE_OUTPUT_FORMAT = 'DD/MM/YYYY', TIMEZONE = 'Asia/Tokyo'");
    const sql = "SELECT '2024-01-05'::DATE AS D, '2024-01-05 12:00:00'::TIMESTAMP_LTZ AS T";
    const {
      rows: [row],
    } = await execute(own, sql, { fetchAsString: ['Date'] });
    expect(row).toMatchObject({
      D: '05/01/2024',
      T: expect.stringMatching(/^2024-01-05 12:00:00\.000 .*09:?00$/),
    });
  });

  it('a parameter that is not honoured is refused, and one that is not known', async () => {
    await expect(
      execute(connection, 'ALTER SESSION SET QUOTED_IDENTIFIERS_IGNORE_CASE = TRUE'),
    ).rejects.toMatchObject({ code: expect.stringMatching(/000002|003001/) });
    await expect(execute(connection, 'ALTER SESSION SET NOT_ONE = TRUE')).rejects.toMatchObject({
      code: '001420',
    });
  });

  it('several statements in one request, when the session says how many', async () => {
    const own = await open();
    onTestFinished(() => disconnect(own));
    await expect(execute(own, 'SELECT 1; SELECT 2')).rejects.toThrow(/statement count/);
    await execute(own, 'ALTER SESSION SET MULTI_STATEMENT_COUNT = 0');
    await execute(own, 'INSERT INTO SCRATCH.T VALUES (5); DELETE FROM SCRATCH.T WHERE A = 5');
  });
});

it('with Python’s, autocommit(False), at the sign-in too, and the session’s parameters', async (test) => {
  const program = orSkip(await pythonProgram(), test);
  const script = fileURLToPath(new URL('python/sessions.py', import.meta.url));
  const { stdout } = await run(program.command, [script, String(port), await demo.tokenFor('ada')]);
  expect(JSON.parse(stdout)).toEqual({
    rolledBack: 0,
    committed: 1,
    off: [true, 0],
    timezone: 'America/New_York',
    instant: '2024-01-05T12:00:00-05:00',
    shown: [['WEEK_START', '7', '0', 'SESSION']],
    refused: expect.stringContaining('TIMESTAMP_TYPE_MAPPING'),
  });
});
