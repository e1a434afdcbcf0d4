import { request as httpRequest } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ada, sessionOf } from '../../approval/testing.ts';
import { SluiceError } from '../../errors.ts';
import type { Query, QueryOrder, QueryStatus, SeriesPart, SpooledResult } from '../../queries/index.ts';
import { buildSnowflakeListener } from './app.ts';
import type { SnowflakeListenerDeps } from './deps.ts';

const ID = '6a0e3f3e-3a39-4b5e-9c0b-0a6f6f9c1a11';
const PART = '7b1f4a4f-4b4a-4c6f-8d1c-1b7a7a0d2b22';
const URL_OF_ANY = '/queries/v1/query-request';
const session = sessionOf(ada);
const authorization = 'Snowflake Token="good"';

let app: ReturnType<typeof buildSnowflakeListener>;
let submitted: (QueryOrder | readonly unknown[])[];
let status: QueryStatus;
let change: Partial<Query>;
/** How long a statement was waited for; and what is done meanwhile. */
let waited: number[];
let meanwhile: (signal: AbortSignal) => Promise<void>;
const queryNow = () =>
  ({
    queryId: ID,
    session,
    sql: 'SELECT 1',
    describeOnly: false,
    submittedAt: 5,
    attended: true,
    endedAt: null,
    parts: [],
    status,
    ...change,
  }) as unknown as Query;

beforeEach(() => {
  [submitted, waited, status, change, meanwhile] = [[], [], { phase: 'running' }, {}, async () => {}];
  app = buildSnowflakeListener({
    sessions: {
      async byToken(token: string) {
        if (token === 'good') return session;
        throw new SluiceError('session_unknown', 'there is no such session');
      },
    },
    admit: async () => {},
    split: async (text: string) =>
      text.includes('?')
        ? null
        : text.split(';').map((sql) => ({
            sql,
            kind: 'select' as const,
            isTemporary: false,
            places: sql.split('%').length - 1,
          })),
    queries: {
      limits: { detachedMs: 90_500 },
      submit(order: QueryOrder) {
        submitted.push(order);
        return queryNow();
      },
      submitSeries(order: QueryOrder, statements: readonly SeriesPart[]) {
        submitted.push([
          order.sql,
          ...statements.map(({ sql, binds }) => `${sql} ${Object.keys(binds).join()}`.trim()),
        ]);
        return queryNow();
      },
      find: async () => queryNow(),
      async wait(_: Query, ms: number, { signal }: { signal: AbortSignal }) {
        waited.push(ms);
        await meanwhile(signal);
        return status;
      },
    },
    linkKeys: { current: () => ({ id: 'k', key: new Uint8Array(32) }), find: async () => null },
    relays: { self: 'this', isThere: async () => false },
    onRefused: () => {},
    logger: pino({ level: 'silent' }),
    origin: () => 'https://relay.example',
    now: () => 9,
    newId: () => PART,
    options: { requestBytes: 200, statementBytes: 400, longPollMs: 7 },
  } as unknown as SnowflakeListenerDeps);
});
afterEach(() => app.close());

async function ask(method: 'GET' | 'POST', url: string, payload?: object | string, token = authorization) {
  const answer = await app.inject({
    method,
    url,
    headers: { authorization: token, 'content-type': 'application/json' },
    ...(payload !== undefined && { payload }),
  });
  return {
    ...answer.json<{ code: string | null; message: string | null; data: Record<string, unknown> }>(),
    status: answer.statusCode,
    headers: answer.headers,
  };
}
const run = (body: object, token?: string) =>
  ask('POST', URL_OF_ANY, { sqlText: 'SELECT 1', ...body }, token);

const DONE = {
  columns: [],
  first: { bytes: Buffer.from('["1"]'), rowCount: 1 },
  encoding: 'json',
  chunks: [],
  statementTypeId: 0x1000,
  state: { database: 'SHOP', schema: 'PUBLIC', warehouse: 'WH', role: 'ANALYST' },
  parameters: {},
} as unknown as SpooledResult;
const succeed = (result: object = {}) => {
  status = { phase: 'succeeded', result: { ...DONE, ...result } };
};

describe('a statement’s request', () => {
  it('is read up to a limit of its own, and of strangers not at all', async () => {
    const long = (length: number) => ({ sqlText: 'x'.repeat(length - '{"sqlText":""}'.length) });
    expect((await run(long(400))).code).toBe('333333');
    expect((await run(long(401))).message).toContain('larger than 400 bytes');
    expect((await run(long(401), 'Snowflake Token="bad"')).code).toBe('390104');
    expect(submitted).toHaveLength(1);
  });

  it('is one statement, several, or as many as there are', async () => {
    const several = (sqlText: string, count: number, more: object = {}) =>
      run({ sqlText, parameters: { MULTI_STATEMENT_COUNT: count }, ...more });
    await several('a;b', 1);
    await several('a;b', 2);
    await several('a;b;c', 0);
    await several('a', 0);
    await several('a?b', 2);
    const bindings = { '1': { type: 'TEXT', value: 'x' } };
    await several('a', 0, { bindings });
    expect(submitted.map((one) => ('sql' in one ? one.sql : one))).toEqual([
      'a;b',
      ['a;b', 'a', 'b'],
      ['a;b;c', 'a', 'b', 'c'],
      'a',
      'a?b',
      'a',
    ]);
    expect((await several('a;b', 3)).code).toBe('000008');
    expect(submitted).toHaveLength(6);
    const more = { ...bindings, '2': bindings['1'], '3': bindings['1'], n: bindings['1'] };
    await several('%%;:n;%', 3, { bindings: more });
    expect(submitted.at(-1)).toEqual(['%%;:n;%', '%% 1,2,3,N', ':n 1,2,3,N', '% 1,N']);
    const batch = { '1': { type: 'TEXT', value: ['x', 'y'] } };
    expect((await several('a;b', 0, { bindings: batch })).message).toContain('a batch of binds with several');
    expect(submitted).toHaveLength(7);
  });

  it('is not waited for where it says so', async () => {
    change = { attended: false };
    expect(await run({ asyncExec: true })).toMatchObject({
      code: '333334',
      data: { queryId: ID, getResultUrl: `/queries/${ID}/result`, queryAbortsAfterSecs: 90 },
    });
    expect([waited, submitted]).toMatchObject([[], [{ attended: false, requestId: PART }]]);
  });
});

describe('a statement', () => {
  it('that is under way is asked for again', async () => {
    const pending = { code: '333333', data: { queryId: ID, getResultUrl: `/queries/${ID}/result` } };
    expect(await run({})).toMatchObject({ status: 200, ...pending });
    expect(await ask('GET', `/queries/${ID}/result`)).toMatchObject(pending);
    expect(waited).toEqual([7, 7]);
  });

  it('that another relay has is asked for there; one that failed says why and where', async () => {
    status = { phase: 'failed', error: new SluiceError('statement_elsewhere', 'there') };
    expect(await run({})).toMatchObject({ status: 503, headers: { 'retry-after': '1' } });
    const place = { start: 20, end: 24, line: 3, column: 8 };
    status = { phase: 'failed', error: new SluiceError('column_unknown', 'there is none', { place }) };
    expect(await run({})).toMatchObject({
      status: 200,
      code: '000904',
      data: { queryId: ID, line: 3, pos: 7, type: 'COMPILATION' },
    });
    status = { phase: 'failed', error: new SluiceError('statement_failed', 'it failed') };
    expect((await run({})).data).toMatchObject({ line: -1, pos: -1, type: 'EXECUTION' });
  });

  it.each([
    ['json', { rowset: [['1']], queryResultFormat: 'json' }],
    ['arrow', { rowsetBase64: Buffer.from('["1"]').toString('base64'), queryResultFormat: 'arrow' }],
  ])('that is done has its rows as %s', async (encoding, rows) => {
    succeed({ encoding });
    const { headers, data } = await run({});
    expect(headers['content-type']).toBe('application/json; charset=utf-8');
    expect(data).toMatchObject({ ...rows, total: 1, returned: 1, finalRoleName: 'ANALYST' });
  });

  it('that changed rows has their counts as JSON, whatever its rows would be', async () => {
    succeed({
      encoding: 'arrow',
      statementTypeId: 0x3100,
      changed: { inserted: 4, updated: 0, deleted: 0 },
    });
    expect((await run({})).data).toMatchObject({ rowset: [['4']], queryResultFormat: 'json' });
  });

  it.each([
    [0x2fff, false],
    [0x3000, true],
    [0x34ff, true],
    [0x3500, false],
  ])('of type %d takes batches of binds: %s', async (statementTypeId, supported) => {
    succeed({ statementTypeId });
    expect((await run({})).data).toMatchObject({ arrayBindSupported: false });
    change = { describeOnly: true };
    expect((await run({})).data).toMatchObject({ arrayBindSupported: supported, metaDataOfBinds: [] });
  });

  it('that sends files has their place, and each file that its driver asks for anew, without another statement', async () => {
    const place = (name: string) => (name === 'a.csv' ? 'second' : null);
    change = { sql: 'PUT file:///home/ada/a.csv @IN' };
    succeed({ transfer: { what: 'upload', local: '/home/ada/a.csv', token: 'first', place, parallel: 4 } });
    const placeIn = (data: Record<string, unknown>) =>
      (data['stageInfo'] as { presignedUrl: string }).presignedUrl;
    const put = await run({ sqlText: 'PUT file:///home/ada/a.csv @IN' });
    expect(placeIn(put.data)).toMatch(/^https:\/\/relay\.example\/stages\/files\/first\?/);
    const again = await run({ sqlText: 'PUT file://a.csv @IN' });
    expect(again.data).toMatchObject({ queryId: ID, src_locations: ['a.csv'] });
    expect(placeIn(again.data)).toContain('/files/second?');
    expect(submitted).toHaveLength(1);
    await run({ sqlText: 'PUT file://b.csv @IN' });
    expect(submitted).toHaveLength(2);
  });

  it('may be packed up to its own limit, not that of other requests', async () => {
    const headers = { authorization, 'content-type': 'application/json', 'content-encoding': 'gzip' };
    const packed = async (length: number) => {
      const payload = gzipSync(JSON.stringify({ sqlText: 'x'.repeat(length - '{"sqlText":""}'.length) }));
      const answer = await app.inject({ method: 'POST', url: URL_OF_ANY, headers, payload });
      return answer.json<{ code: string }>().code;
    };
    expect(await packed(400)).toBe('333333');
    expect(await packed(401)).not.toBe('333333');
    expect(submitted).toHaveLength(1);
  });

  it('of several has the types of those that were reached', async () => {
    succeed();
    const parts = [
      { queryId: ID, status },
      { queryId: PART, status: { phase: 'running' } },
    ];
    change = { parts: parts as unknown as Query['parts'] };
    expect((await run({})).data).toMatchObject({ resultIds: `${ID},${PART}`, resultTypes: '4096,0' });
  });

  it('of many rows has links that lead to the relay', async () => {
    const chunk = { rowCount: 5, uncompressedSize: 50, compressedSize: 20 };
    succeed({ chunks: [chunk, chunk] });
    const { data } = await run({});
    expect(data).toMatchObject({
      total: 11,
      chunks: [0, 1].map((index) => ({
        url: `https://relay.example/results/${ID}/chunks/${index}`,
        ...chunk,
      })),
    });
    expect(Object.keys(data['chunkHeaders'] as object)).toEqual(['x-sluice-chunk']);
  });

  it('is not waited for any longer when its client goes away', async () => {
    const [waiting, gone] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    meanwhile = async (signal) => {
      signal.addEventListener('abort', () => gone.resolve());
      waiting.resolve();
      await gone.promise;
    };
    await app.listen({ port: 0, host: '127.0.0.1' });
    const { port } = app.server.address() as AddressInfo;
    const sent = httpRequest({
      host: '127.0.0.1',
      port,
      path: `/queries/${ID}/result`,
      headers: { authorization },
    }).end();
    sent.on('error', () => {});
    await waiting.promise;
    sent.destroy();
    await expect(gone.promise).resolves.toBeUndefined();
  });
});

it.each<[QueryStatus, string, string | null]>([
  [{ phase: 'submitted' }, 'RUNNING', null],
  [{ phase: 'running' }, 'RUNNING', null],
  [{ phase: 'held', approval: {} as never }, 'QUEUED', null],
  [{ phase: 'succeeded', result: DONE }, 'SUCCESS', null],
  [{ phase: 'failed', error: new SluiceError('statement_cancelled', 'x') }, 'ABORTED', 'x'],
  [{ phase: 'failed', error: new SluiceError('statement_failed', 'x') }, 'FAILED_WITH_ERROR', 'x'],
])('is watched: %j', async (now, shown, message) => {
  status = now;
  const { data } = await ask('GET', `/monitoring/queries/${ID}`);
  const [found] = data['queries'] as { errorMessage: string | null }[];
  expect(found).toMatchObject({ id: ID, status: shown, startTime: 5, endTime: 0, totalDuration: 4 });
  expect(found?.errorMessage === null ? null : message).toBe(message);
});
