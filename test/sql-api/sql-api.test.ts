import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Demo, startDemo } from '@sluice/demo';
import { apiClient, nextPending } from '../support/api.ts';
import { sqlApiClient } from './client.ts';

let demo: Demo;
let ada: ReturnType<typeof sqlApiClient>;
beforeAll(async () => {
  demo = await startDemo({ customers: 30_000 });
  ada = sqlApiClient(demo.relay.url, await demo.tokenFor('ada'));
});
afterAll(() => demo.close());

const clientOf = async (subject: string) => sqlApiClient(demo.relay.url, await demo.tokenFor(subject));
const ASKED = 'UPDATE ORDERS SET TOTAL = 4 WHERE ID = 4';

describe('a statement', () => {
  it('answers rows in the form that Snowflake documents, masked, and says so', async () => {
    const sql =
      "SELECT 1 AS N, TRUE AS T, FALSE AS F, NULL AS X, DATE '1970-01-03' AS D, 'a' AS S, CARD_NUMBER FROM CUSTOMERS ORDER BY ID LIMIT 1";
    const { status, headers, body } = await ada.submit(sql);
    expect(status).toBe(200);
    expect(body).toMatchObject({ code: '090001', sqlState: '00000' });
    expect(body.data).toEqual([
      ['1', 'true', 'false', null, '2', 'a', expect.stringMatching(/^\*{12}\d{4}$/)],
    ]);
    expect(body.resultSetMetaData).toMatchObject({
      numRows: 1,
      format: 'jsonv2',
      partitionInfo: [{ rowCount: 1 }],
    });
    expect(body.resultSetMetaData.rowType.map(({ type }) => type).slice(0, 3)).toEqual([
      'fixed',
      'boolean',
      'boolean',
    ]);
    expect(body.resultSetMetaData.rowType.at(-1)).toMatchObject({
      name: 'CARD_NUMBER',
      sluice: { masked: { method: 'partial' } },
    });
    expect(headers.get('link')).toBe(
      `<${body.statementStatusUrl}&partition=0>;rel="first",<${body.statementStatusUrl}&partition=0>;rel="last"`,
    );
    expect((await ada.read(body.statementHandle)).body.data).toEqual(body.data);
  });

  it('has NULL as text where that is asked for, also when its result is read again', async () => {
    const { body } = await ada.submit("SELECT NULL AS A, 'x' AS B", {}, { nullable: 'false' });
    expect(body.data).toEqual([['null', 'x']]);
    expect((await ada.read(body.statementHandle)).body.data).toEqual([['null', 'x']]);
  });

  it('has dates and times as text where that is asked for, also when its result is read again', async () => {
    const sql = "SELECT '2024-03-01'::DATE AS D, '2024-03-01 13:45:07'::TIMESTAMP_NTZ AS T, 7 AS N";
    const parameters = { date_output_format: 'DD/MM/YYYY', timestamp_output_format: 'YYYY-MM-DD"T"HH24:MI' };
    const { body } = await ada.submit(sql, { parameters });
    expect(body.data).toEqual([['01/03/2024', '2024-03-01T13:45', '7']]);
    expect((await ada.read(body.statementHandle)).body.data).toEqual(body.data);
    expect((await ada.submit(sql)).body.data).toEqual([['19783', '1709300707.000000000', '7']]);
  });

  it('takes binds, a place, parameters and a time limit', async () => {
    const order = {
      bindings: { 1: { type: 'FIXED', value: '7' }, 2: { type: 'TEXT', value: "it's" } },
      database: 'SHOP',
      schema: 'SCRATCH',
      parameters: { timezone: 'Asia/Tokyo', query_tag: 'x' },
      timeout: 30,
    };
    const { body } = await ada.submit('SELECT ? + 1, ?, CURRENT_SCHEMA()', order);
    expect(body.data).toEqual([['8', "it's", 'SCRATCH']]);
    const shown = await ada.submit("SHOW PARAMETERS LIKE 'TIMEZONE'", order);
    expect(JSON.stringify(shown.body.data)).toContain('Asia/Tokyo');
    // Names are not folded.
    expect((await ada.submit('SELECT * FROM ORDERS', { bindings: {}, schema: 'public' })).status).toBe(422);
  });

  it('tells what a change changed', async () => {
    const there = { schema: 'SCRATCH' };
    const made = await ada.submit('CREATE OR REPLACE TABLE COUNTED (A INT)', there);
    expect(made.body.data).toEqual([['Table COUNTED successfully created.']]);
    const { body } = await ada.submit('INSERT INTO COUNTED VALUES (1), (2)', there);
    expect(body).toMatchObject({ data: [['2']], stats: { numRowsInserted: 2 } });
    expect(body.resultSetMetaData.rowType[0]?.name).toBe('number of rows inserted');
  });

  it('is refused with the reason, and failed with the place, as 422 with its handle', async () => {
    const blocked = await ada.submit('DROP TABLE ORDERS');
    expect(blocked).toMatchObject({
      status: 422,
      body: { code: '003001', sqlState: '42501', sluice: { code: 'blocked' } },
    });
    expect(blocked.body.statementHandle).toMatch(/^[\da-f-]{36}$/);
    expect(await ada.submit('SELEC 1')).toMatchObject({ status: 422, body: { code: '001003' } });
    expect((await ada.read(blocked.body.statementHandle)).status).toBe(422);
  });

  it('runs for too long: 408', async () => {
    // Minutes, and next to no memory: it ends for no other reason.
    const sql = 'SELECT COUNT(*) FROM TABLE(GENERATOR(ROWCOUNT => 9000000000)) WHERE RANDOM() = 1';
    expect(await ada.submit(sql, { timeout: 1 })).toMatchObject({ status: 408, body: { code: '000630' } });
  });
});

describe('partitions', () => {
  const SQL = 'SELECT ID, ID > 0 AS T, NAME, EMAIL FROM CUSTOMERS ORDER BY ID';

  it('hold all rows between them, each as documented, and are linked', async () => {
    const { body, headers } = await ada.submit(SQL);
    const { partitionInfo, numRows } = body.resultSetMetaData;
    expect(numRows).toBe(30_000);
    expect(partitionInfo.length).toBeGreaterThan(1);
    expect(headers.get('link')).toContain('partition=1>;rel="next"');
    const rows = [...body.data];
    for (const at of partitionInfo.keys()) {
      if (at === 0) continue;
      const next = await ada.read(body.statementHandle, { partition: String(at) });
      expect(next.headers.get('content-encoding')).toBe('gzip');
      expect(next.headers.get('link')).toContain(`partition=${at - 1}>;rel="prev"`);
      expect(Object.keys(next.body)).toEqual(['data']);
      expect(next.body.data).toHaveLength(partitionInfo[at]!.rowCount);
      rows.push(...next.body.data);
    }
    expect(rows.map(([id]) => id)).toEqual(Array.from({ length: 30_000 }, (_, at) => String(at + 1)));
    expect(new Set(rows.map(([, flag]) => flag))).toEqual(new Set(['true']));
    const plain = await ada.call('GET', `/api/v2/statements/${body.statementHandle}?partition=1`, undefined, {
      'accept-encoding': 'identity',
    });
    expect(plain.headers.get('content-encoding')).toBeNull();
    expect(plain.body.data).toEqual(
      rows.slice(partitionInfo[0]!.rowCount, partitionInfo[0]!.rowCount + plain.body.data.length),
    );
    expect((await ada.read(body.statementHandle, { partition: '99' })).status).toBe(400);
  });
});

describe('a statement that waits for people', () => {
  it('is answered 202 with who decides, and its rows once they agree', async () => {
    const { status, body } = await ada.submit(ASKED, {}, { async: 'true' });
    expect([status, body.code]).toEqual([202, '333334']);
    const grace = apiClient(demo.relay.url, await demo.decidingTokenFor('grace'));
    const request = await nextPending(grace);
    const held = await ada.read(body.statementHandle);
    expect(held).toMatchObject({
      status: 202,
      body: {
        code: '333333',
        sluice: { approval: { id: request.id, approvers: ['data-leads', 'security'] } },
      },
    });
    expect(held.body.message).toContain('1 of data-leads, security agree');
    await grace.decide(request, 'approve', 'fine');
    const done = await ada.poll(body.statementHandle);
    expect(done).toMatchObject({ status: 200, body: { stats: { numRowsUpdated: 1 } } });
    expect(done.body.data[0]?.[0]).toBe('1');
  });

  it('is the account’s alone: for others, also those who decide, there is nothing', async () => {
    const { body } = await ada.submit(ASKED, {}, { async: 'true' });
    for (const other of ['alan', 'grace']) {
      const client = await clientOf(other);
      expect(await client.read(body.statementHandle)).toMatchObject({
        status: 404,
        body: { code: '000709' },
      });
      expect((await client.cancel(body.statementHandle)).status).toBe(404);
    }
    expect((await ada.read(body.statementHandle)).status).toBe(202);
    expect(await ada.cancel(body.statementHandle)).toMatchObject({ status: 200, body: { code: '000604' } });
    expect(await ada.poll(body.statementHandle)).toMatchObject({ status: 422, body: { code: '000604' } });
    expect((await ada.cancel(body.statementHandle)).status).toBe(200);
  });
});

describe('a request that is sent again', () => {
  it('is the same statement, and runs once', async () => {
    const requestId = ada.newRequest();
    const first = await ada.submit('SELECT RANDOM() AS R', {}, { requestId });
    const again = await ada.submit('SELECT RANDOM() AS R', {}, { requestId, retry: 'true' });
    expect(again.body.statementHandle).toBe(first.body.statementHandle);
    expect(again.body.data).toEqual(first.body.data);
    expect(await ada.submit('SELECT 2', {}, { requestId, retry: 'true' })).toMatchObject({
      status: 400,
      body: { sluice: { code: 'duplicate_request' } },
    });
    const others = await (await clientOf('alan')).submit('SELECT RANDOM() AS R', {}, { requestId });
    expect(others.body.statementHandle).not.toBe(first.body.statementHandle);
  });

  it('has to say which', async () => {
    expect((await ada.submit('SELECT 1', {}, { retry: 'true' })).status).toBe(400);
  });
});

describe('several statements', () => {
  it('run one after the other in one session, each with a handle', async () => {
    const sql = "SET X = 'one'; USE SCHEMA SCRATCH; SELECT $X, CURRENT_SCHEMA()";
    const { status, body } = await ada.submit(sql, { parameters: { multi_statement_count: '3' } });
    expect([status, body.data]).toEqual([200, [['Multiple statements executed successfully.']]]);
    expect(body.statementHandles).toHaveLength(3);
    expect((await ada.read(body.statementHandles![2]!)).body.data).toEqual([['one', 'SCRATCH']]);
    // Nothing of it is left for the next request.
    expect(await ada.submit('SELECT $X')).toMatchObject({ status: 422 });
    expect((await ada.submit('SELECT CURRENT_SCHEMA()')).body.data).toEqual([['PUBLIC']]);
  });

  it('are counted', async () => {
    const answer = await ada.submit('SELECT 1; SELECT 2');
    expect(answer).toMatchObject({ status: 422, body: { code: '000008' } });
    const two = await ada.submit('SELECT 1; SELECT 2', { parameters: { MULTI_STATEMENT_COUNT: 0 } });
    expect(two.body.statementHandles).toHaveLength(2);
  });

  it('end at the first that is refused', async () => {
    const order = { parameters: { multi_statement_count: 0 } };
    expect(await ada.submit('SELECT 1; DROP TABLE ORDERS; SELECT 2', order)).toMatchObject({
      status: 422,
      body: { sluice: { code: 'blocked' } },
    });
  });
});

it.each([
  'USE SCHEMA PUBLIC',
  "ALTER SESSION SET TIMEZONE = 'UTC'",
  'BEGIN',
  'COMMIT',
  'ROLLBACK',
  'SET X = 1',
  'CREATE TEMPORARY TABLE T (A INT)',
  'PUT file:///tmp/x @S',
  'GET @S file:///tmp/',
])('%s alone is refused as Snowflake documents', async (sql) => {
  expect(await ada.submit(sql)).toMatchObject({ status: 422, body: { code: '000002', sqlState: '0A000' } });
});
