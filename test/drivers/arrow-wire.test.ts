import { randomUUID } from 'node:crypto';
import { type Demo, startDemo } from '@sluice/demo';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readArrowRows } from '@sluice/contract/arrow';
import { signIn, type Wire } from '../support/wire.ts';

interface Result {
  readonly queryId: string;
  readonly queryResultFormat: string;
  readonly rowset?: readonly (readonly (string | null)[])[];
  readonly rowsetBase64?: string;
  readonly total: number;
  readonly chunks?: readonly { readonly url: string; readonly rowCount: number }[];
  readonly chunkHeaders?: Record<string, string>;
}

let demo: Demo;
let inArrow: Wire;
let inJson: Wire;
beforeAll(async () => {
  demo = await startDemo({ customers: 50, logLevel: 'silent' });
  inArrow = await sessionOf('PythonConnector');
  inJson = await sessionOf('JavaScript');
});
afterAll(() => demo.close());

async function sessionOf(application: string, parameters = {}): Promise<Wire> {
  const token = await demo.tokenFor('ada');
  return await signIn(demo.relay.url, token, { CLIENT_APP_ID: application, SESSION_PARAMETERS: parameters });
}

async function run(wire: Wire, sqlText: string, more: object = {}): Promise<Result> {
  const path = `/queries/v1/query-request?requestId=${randomUUID()}`;
  const { data, message } = await wire.post(path, { sqlText, ...more });
  expect(message).toBeNull();
  return data as unknown as Result;
}

/** All bytes of a result as they came, those of the chunks unpacked. */
async function bytesOf({ rowsetBase64, chunks = [], chunkHeaders = {} }: Result): Promise<Buffer[]> {
  const fetched = chunks.map(async ({ url }) => {
    const answer = await fetch(url, { headers: chunkHeaders });
    expect(answer.status).toBe(200);
    return Buffer.from(await answer.arrayBuffer());
  });
  return [Buffer.from(rowsetBase64 ?? '', 'base64'), ...(await Promise.all(fetched))];
}

const MASKED = `SELECT ID, NAME, EMAIL, CARD_NUMBER, BIRTH_DATE, CREDIT_LIMIT, PROFILE, CREATED_AT FROM CUSTOMERS ORDER BY ID`;

it('is masked as in JSON, and no raw byte of a masked column is in it', async () => {
  const [arrow, json] = [await run(inArrow, MASKED), await run(inJson, MASKED)];
  expect([arrow.queryResultFormat, json.queryResultFormat]).toEqual(['arrow', 'json']);
  const streams = await bytesOf(arrow);
  const rows = streams.flatMap(readArrowRows);
  expect(rows).toHaveLength(50);
  expect(rows).toEqual(json.rowset);
  const bytes = Buffer.concat(streams).toString('latin1');
  expect(bytes).not.toMatch(/\w@\w+\.\w|\d{13}/);
  expect(bytes).toMatch(/tok_/);
});

it('comes in chunks that join to the same rows', async () => {
  const many = `SELECT SEQ4() AS N, 'row ' || SEQ4() AS T, SEQ4() / 8 AS D FROM TABLE(GENERATOR(ROWCOUNT => 300000))`;
  const result = await run(inArrow, many);
  expect(result.chunks?.length).toBeGreaterThan(0);
  const rows = (await bytesOf(result)).flatMap(readArrowRows);
  expect(rows).toHaveLength(result.total);
  expect(rows[299_999]?.slice(0, 2)).toEqual(['299999', 'row 299999']);
  // Who has not been sent the result's header gets nothing, and who signs out, nothing more.
  const { url } = result.chunks![0]!;
  expect((await fetch(url)).status).toBe(403);
  const leaving = await sessionOf('PythonConnector');
  const left = await run(leaving, many);
  await leaving.post('/session?delete=true', {});
  expect((await fetch(left.chunks![0]!.url, { headers: left.chunkHeaders! })).status).toBe(403);
});

it('can be read again by RESULT_SCAN, as it was given', async () => {
  const of = async (wire: Wire) => {
    await run(wire, MASKED);
    return await run(wire, 'SELECT * FROM TABLE(RESULT_SCAN(LAST_QUERY_ID())) ORDER BY ID');
  };
  const [arrow, json] = [await of(inArrow), await of(inJson)];
  expect((await bytesOf(arrow)).flatMap(readArrowRows)).toEqual(json.rowset);
  expect(JSON.stringify(json.rowset)).not.toContain('@');
});

it('has no rows where there are none', async () => {
  const result = await run(inArrow, 'SELECT ID, NAME FROM CUSTOMERS WHERE ID < 0');
  expect(result).toMatchObject({ queryResultFormat: 'arrow', rowsetBase64: '', total: 0 });
});

describe('is not what comes of', () => {
  it.each([
    ['SHOW', 'SHOW TABLES', {}],
    ['DESCRIBE', 'DESCRIBE TABLE CUSTOMERS', {}],
    ['a description', 'SELECT ID FROM CUSTOMERS', { describeOnly: true }],
    ['what only says what was done', 'USE SCHEMA PUBLIC', {}],
    ['a change', 'CREATE TABLE SHOP.SCRATCH.ARROW_T AS SELECT 1 AS N', {}],
    [
      'a statement that asks for JSON',
      'SELECT ID FROM CUSTOMERS',
      { parameters: { PYTHON_CONNECTOR_QUERY_RESULT_FORMAT: 'JSON' } },
    ],
  ])('%s', async (_, sql, more) => {
    const { queryResultFormat, rowset } = await run(inArrow, sql, more);
    expect(queryResultFormat).toBe('json');
    expect(rowset).toBeInstanceOf(Array);
  });

  it('a session that asks for JSON, from its beginning or from now on', async () => {
    const asked = { PYTHON_CONNECTOR_QUERY_RESULT_FORMAT: 'json' };
    const wire = await sessionOf('PythonConnector', asked);
    expect((await run(wire, 'SELECT 1 AS N')).queryResultFormat).toBe('json');
    await run(wire, "ALTER SESSION SET PYTHON_CONNECTOR_QUERY_RESULT_FORMAT = 'ARROW'");
    expect((await run(wire, 'SELECT 1 AS N')).queryResultFormat).toBe('arrow');
  });
});
