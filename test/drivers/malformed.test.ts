import { randomBytes } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { column, rowsOutcome, type ScriptedRelay, startScriptedRelay } from './scripted-relay.ts';

const limit = 64 * 1024;
let relay: ScriptedRelay;
let authorization: string;
const runs: string[] = [];

beforeAll(async () => {
  relay = await startScriptedRelay(
    async ({ queryId, sql }) => {
      runs.push(sql);
      return rowsOutcome(queryId, [column('X', 'text')], [['1']]);
    },
    { inMemory: true, options: { requestBytes: limit, statementBytes: limit } },
  );
  const login = await post('/session/v1/login-request', { data: { TOKEN: 'ada-token' } }, {});
  authorization = `Snowflake Token="${String(login.body.data['token'])}"`;
});

afterAll(async () => relay.close());

interface Envelope {
  readonly success: boolean;
  readonly code: string | null;
  readonly message: string | null;
  readonly data: Record<string, unknown>;
}

async function send(method: 'GET' | 'POST', url: string, payload: unknown, headers: Record<string, string>) {
  const response = await relay.app.inject({
    method,
    url,
    headers: { 'content-type': 'application/json', ...headers },
    ...(payload === undefined ? {} : { payload: payload as string }),
  });
  return { status: response.statusCode, headers: response.headers, body: response.json<Envelope>() };
}

async function post(url: string, payload: unknown, headers: Record<string, string> = { authorization }) {
  return send('POST', url, payload, headers);
}

const query = '/queries/v1/query-request';
const login = '/session/v1/login-request';
const unknownId = '00000000-0000-4000-8000-000000000000';

const cases: readonly [
  what: string,
  url: string,
  payload: unknown,
  code: string,
  headers?: Record<string, string>,
][] = [
  ['JSON that ends midway', query, '{"sqlText":"select', '390400'],
  ['JSON of another shape', query, [1, 2], '390400'],
  ['no SQL', query, { sequenceId: 1 }, '390400'],
  ['SQL that is a number', query, { sqlText: 7 }, '390400'],
  ['bytes that are not UTF-8', query, Buffer.from([0x22, 0xff, 0x22]), '390400'],
  ['deep nesting', query, `${'['.repeat(30_000)}${']'.repeat(30_000)}`, '390400'],
  ['bytes that are not gzip', query, Buffer.from([0x1f, 0x8b, 1, 2, 3]), '390400'],
  ['an encoding that is not known', login, 'x', '390400', { 'content-encoding': 'br' }],
  ['a request id that is none', `${query}?requestId=7`, { sqlText: 'select 1' }, '390400'],
  ['binds with a gap', query, { sqlText: 'x', bindings: { 2: { type: 'TEXT', value: 'a' } } }, '390400'],
  [
    'a bind that is a number',
    query,
    { sqlText: 'x', bindings: { 1: { type: 'FIXED', value: 7 } } },
    '390400',
  ],
  [
    'a bind with a name that is none',
    query,
    { sqlText: 'x', bindings: { 'a b': { type: 'TEXT', value: 'a' } } },
    '390400',
  ],
  [
    'two binds of one name',
    query,
    { sqlText: 'x', bindings: { a: { type: 'TEXT', value: 'a' }, A: { type: 'TEXT', value: 'a' } } },
    '390400',
  ],
  [
    'a batch of uneven binds',
    query,
    {
      sqlText: 'x',
      bindings: { 1: { type: 'TEXT', value: ['a', 'b'] }, 2: { type: 'TEXT', value: ['a'] } },
    },
    '390400',
  ],
  ['binds from a stage', query, { sqlText: 'x', bindStage: '@SYSTEM$BIND/1' }, '000002'],
  [
    'another count of statements',
    query,
    { sqlText: 'select 1', parameters: { MULTI_STATEMENT_COUNT: 2 } },
    '000008',
  ],
  ['no session token', query, { sqlText: 'x' }, '390104', {}],
  ['an unknown session token', query, { sqlText: 'x' }, '390104', { authorization: 'Snowflake Token="x"' }],
  ['a bearer token', query, { sqlText: 'x' }, '390104', { authorization: 'Bearer ada-token' }],
  [
    'an unknown master token',
    '/session/token-request',
    {},
    '390113',
    { authorization: 'Snowflake Token="x"' },
  ],
  ['a login without data', login, {}, '390400'],
  ['a login without a token', login, { data: {} }, '390303'],
  ['a login with an invalid token', login, { data: { TOKEN: 'invalid-token' } }, '390303'],
  ['a login with an expired token', login, { data: { TOKEN: 'expired-token' } }, '390318'],
  ['a login of a revoked person', login, { data: { TOKEN: 'revoked-token' } }, '390303'],
  ['a browser login', login, { data: { AUTHENTICATOR: 'EXTERNALBROWSER', TOKEN: 'ada-token' } }, '000002'],
  [
    'a workload of a cloud',
    login,
    { data: { AUTHENTICATOR: 'WORKLOAD_IDENTITY', PROVIDER: 'AWS', TOKEN: 'ada-token' } },
    '000002',
  ],
  ['a deletion that is none', '/session', {}, '390400'],
  ['an abort without an id', '/queries/v1/abort-request', {}, '390400'],
  ['an abort of an unknown statement', `/queries/${unknownId}/abort-request`, {}, '000709'],
];

it.each(cases)(
  '%s is refused in the driver protocol, and nothing runs',
  async (_what, url, payload, code, headers) => {
    const before = runs.length;
    const response = await post(url, payload, headers);
    expect(response.status).toBe(200);
    expect(response.headers['content-type']).toContain('application/json');
    expect(response.body).toMatchObject({ success: false, code, data: { errorCode: code } });
    expect(response.body.data['sqlState']).toMatch(/^[0-9A-Z]{5}$/);
    expect(runs).toHaveLength(before);
  },
);

it.each([
  ['as sent', JSON.stringify({ sqlText: randomBytes(limit).toString('hex') })],
  ['as unpacked', gzipSync(JSON.stringify({ sqlText: ' '.repeat(50 * 1024 * 1024) }))],
])('a body that is too large %s is refused for its size', async (_what, payload) => {
  const response = await post(query, payload);
  expect(response.body).toMatchObject({ success: false, code: '390400', data: { sqlState: '54000' } });
});

it('what could not be read is told to the record, without its query string', async () => {
  relay.refused.length = 0;
  await post(`${query}?token=secret`, '{');
  expect(relay.refused).toEqual([
    {
      session: expect.objectContaining({ number: 1 }),
      code: 'request_malformed',
      what: `POST ${query}`,
      reason: expect.any(String),
    },
  ]);
});

it.each([
  ['POST', '/session/authenticator-request'],
  ['POST', '/oauth/token-request'],
  ['GET', '/queries/v1/query-request'],
  ['POST', '/api/v2/statements'],
  ['GET', '/../etc/passwd'],
  ['GET', '/'],
] as const)('%s %s is not spoken: refused and recorded', async (method, url) => {
  relay.refused.length = 0;
  const response = await send(method, url, undefined, { authorization });
  expect(response.status).toBe(404);
  expect(response.body).toMatchObject({ success: false, code: '000002' });
  expect(relay.refused).toEqual([
    {
      session: expect.objectContaining({ number: 1 }),
      code: 'request_unsupported',
      what: `${method} ${new URL(url, 'http://x').pathname}`,
      reason: 'not an endpoint of the relay',
    },
  ]);
});

it.each([
  ['OAUTH', { AUTHENTICATOR: 'OAUTH', TOKEN: 'ada-token' }],
  ['OAUTH in the password', { AUTHENTICATOR: 'OAUTH', PASSWORD: 'ada-token' }],
  ['a programmatic access token', { AUTHENTICATOR: 'PROGRAMMATIC_ACCESS_TOKEN', TOKEN: 'ada-token' }],
  [
    'a workload of an OIDC provider',
    { AUTHENTICATOR: 'WORKLOAD_IDENTITY', PROVIDER: 'OIDC', TOKEN: 'ci-token' },
  ],
  ['a password that is a token', { AUTHENTICATOR: 'SNOWFLAKE', LOGIN_NAME: 'x', PASSWORD: 'ada-token' }],
  ['a token alone', { TOKEN: 'ada-token' }],
])('%s signs in, packed or not', async (_what, data) => {
  const packed = gzipSync(JSON.stringify({ data }));
  const response = await post(`${login}?databaseName=sales&schemaName=%22Odd%22`, packed, {
    'content-encoding': 'gzip',
  });
  expect(response.body).toMatchObject({
    success: true,
    data: { sessionId: expect.any(Number), sessionInfo: { databaseName: 'SALES', schemaName: 'Odd' } },
  });
});

it('neither tokens, SQL nor binds are logged', async () => {
  await post(query, {
    sqlText: "select 'very-secret'",
    bindings: { 1: { type: 'TEXT', value: 'very-secret' } },
  });
  await post(`${query}?requestId=very-secret`, '{"sqlText": very-secret');
  await post('/very-secret', {});
  await post(login, { data: { TOKEN: 'invalid-token', PASSWORD: 'very-secret' } });
  expect(relay.logged.join('')).not.toMatch(/very-secret|-token/);
});
