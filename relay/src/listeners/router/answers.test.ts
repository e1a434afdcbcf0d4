import { API_VERSION_HEADER, PROBLEM_TYPE, ROUTES, type RouteGroup } from '@sluice/contract';
import fastify, { type FastifyInstance, type LightMyRequestResponse } from 'fastify';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ada } from '../../approval/testing.ts';
import { SluiceError } from '../../errors.ts';
import { createGuard } from '../authority.ts';
import { isStranger } from '../door/stranger.ts';
import { createRouter, type Router, type ServeOptions } from './router.ts';

const ID = '6a0e3f3e-3a39-4b5e-9c0b-0a6f6f9c1a11';
const BOOK = { version: 1, devices: [] } as const;

let app: FastifyInstance;
let router: Router;
/** Requests whose token was found good; tokens that were not; failures of the relay. */
let [known, refused, errors]: [number, unknown[], unknown[]] = [0, [], []];
let fails: unknown;
let asked: Record<string, unknown>[];

beforeEach(() => {
  [known, refused, errors, fails, asked] = [0, [], [], null, []];
  app = fastify();
  app.addHook('onRequest', async (request) =>
    isStranger(request, { known: () => void (known += 1), end: () => {} }),
  );
  router = createRouter(app, {
    authenticate: async (token) => {
      if (token === 'much') throw new SluiceError('rate_limited', 'too many', { retryAfterSeconds: 9 });
      if (token === 'broken') throw new TypeError('ada@example.com');
      if (token !== 'ada' && token !== 'agent') throw new SluiceError('token_invalid', 'it is not valid');
      return { ...ada, mayDecide: token === 'ada', signedInAt: 0 };
    },
    guard: createGuard({ signIn: () => ({ withinSeconds: 1, acr: null }), now: () => 0 }),
    onRefused: (refusal) => refused.push(refusal),
    onError: (error) => errors.push(error),
  });
});
afterEach(() => app.close());

/** Every route of the group answers by `answer`, and is remembered with what it was asked. */
async function serve(group: RouteGroup, answer: object, options?: ServeOptions) {
  const handler = async (given: Record<string, unknown>) => {
    asked.push(given);
    if (fails !== null) throw fails;
    return answer;
  };
  const handlers = Object.fromEntries(Object.keys(ROUTES[group]).map((name) => [name, handler]));
  await router.serve(group, handlers, options);
}

interface Sent {
  readonly token?: string | null;
  readonly headers?: Readonly<Record<string, string>>;
  readonly payload?: string | object;
}

const call = async (
  method: 'GET' | 'POST' | 'DELETE',
  url: string,
  { token = 'ada', headers = {}, payload }: Sent = {},
) =>
  await app.inject({
    method,
    url,
    headers: { ...(token === null ? {} : { authorization: `Bearer ${token}` }), ...headers },
    ...(payload === undefined ? {} : { payload }),
  });
const problem = ({ statusCode, headers, body }: LightMyRequestResponse) => {
  expect(headers['content-type']).toContain(PROBLEM_TYPE);
  return [statusCode, (JSON.parse(body) as { code: string }).code];
};

describe('who a request is from', () => {
  beforeEach(() => serve('devices', { status: 200, body: BOOK }));

  it('is known by a bearer token, however the scheme is spelt', async () => {
    for (const authorization of ['Bearer ada', 'bearer ada', 'BEARER ada']) {
      expect(
        (await call('GET', '/api/devices', { token: null, headers: { authorization } })).statusCode,
      ).toBe(200);
    }
    expect(asked.map(({ by }) => (by as { id: string }).id)).toEqual([ada.id, ada.id, ada.id]);
    expect([known, refused]).toEqual([3, []]);
  });

  it.each(['', 'ada', 'Basic ada', 'Bearer', 'Bearer ', 'Bearer ada ada', 'Bearer  ada'])(
    'is not known by "%s", which is on the record',
    async (authorization) => {
      const answer = await call('GET', '/api/devices', { token: null, headers: { authorization } });
      expect(problem(answer)).toEqual([401, 'token_invalid']);
      expect(refused).toEqual([
        { code: 'token_invalid', what: 'GET /api/devices', reason: 'no bearer token' },
      ]);
      expect([known, asked]).toEqual([0, []]);
    },
  );

  it('is not known by a token that is not good', async () => {
    expect(problem(await call('GET', '/api/devices', { token: 'eve' }))).toEqual([401, 'token_invalid']);
    expect(refused).toEqual([{ code: 'token_invalid', what: 'GET /api/devices', reason: 'it is not valid' }]);
    expect(known).toBe(0);
  });

  it('is known when the token is good for something else, which is on the record', async () => {
    const body = { reason: 'r' };
    expect(problem(await call('POST', '/api/devices/repairs', { token: 'agent', payload: body }))).toEqual([
      403,
      'token_cannot_decide',
    ]);
    expect([known, refused.length, asked]).toEqual([1, 1, []]);
  });

  it('is known when they send too much, and that is on the record where it is limited', async () => {
    const answer = await call('GET', '/api/devices', { token: 'much' });
    expect([problem(answer), answer.headers['retry-after']]).toEqual([[429, 'rate_limited'], '9']);
    expect([known, refused]).toEqual([1, []]);
  });

  it('is not known when the relay fails, and nothing of that is told', async () => {
    const answer = await call('GET', '/api/devices', { token: 'broken' });
    expect(problem(answer)).toEqual([500, 'internal']);
    expect(answer.body).not.toContain('ada@');
    expect([known, refused, errors]).toEqual([0, [], [expect.any(TypeError)]]);
  });
});

describe('what a handler is asked', () => {
  it('is parameters, a query and a body, checked', async () => {
    await serve('approvals', { status: 200, body: {} });
    await call('GET', '/api/approvals?limit=7');
    await call('GET', `/api/approvals/${ID}`);
    const decision = { version: 1, verdict: 'deny', binding: 'b'.repeat(64), comment: 'no' };
    await call('POST', `/api/approvals/${ID}/decision`, { payload: decision });
    expect(asked).toMatchObject([
      { query: { limit: 7 }, params: undefined, body: undefined },
      { params: { id: ID }, query: undefined, body: undefined },
      { params: { id: ID }, body: { verdict: 'deny', comment: 'no' } },
    ]);
    expect(problem(await call('GET', '/api/approvals?limit=x'))).toEqual([400, 'request_malformed']);
    expect(problem(await call('GET', '/api/approvals/none'))).toEqual([404, 'approval_unknown']);
    expect(problem(await call('POST', `/api/approvals/${ID}/decision`, { payload: {} }))).toEqual([
      400,
      'request_malformed',
    ]);
    expect(asked).toHaveLength(3);
  });

  it('is the exact bytes where a signature is the way in, from nobody', async () => {
    await serve('callbacks', { status: 200, body: {} });
    const payload = '{ "a" : 1 }';
    const headers = { 'content-type': 'application/json' };
    const { statusCode } = await call('POST', '/api/callbacks/tickets', { token: null, headers, payload });
    expect(statusCode).toBe(200);
    expect([String(asked[0]!['body']), asked[0]!['by']]).toEqual([payload, null]);
  });

  it('is a form where the table says so, and of the types that it names no other', async () => {
    await serve('saml', { status: 200, body: {} });
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    await call('POST', '/saml/token', { token: null, headers, payload: 'a=1&b=%20x' });
    expect(asked[0]!['body']).toEqual({ a: '1', b: ' x' });
    const json = await call('POST', '/saml/token', { token: null, payload: { a: 1 } });
    expect(problem(json)).toEqual([415, 'media_type_unsupported']);
  });

  it.each([
    [
      'bytes too many',
      { 'content-type': 'application/json' },
      `{"a":"${'x'.repeat(600_000)}"}`,
      413,
      'request_too_large',
    ],
    ['another type', { 'content-type': 'text/plain' }, '{}', 415, 'media_type_unsupported'],
    ['a form', { 'content-type': 'application/x-www-form-urlencoded' }, 'a=1', 415, 'media_type_unsupported'],
    ['no JSON', { 'content-type': 'application/json' }, '{"a":', 400, 'request_malformed'],
    ['a prototype', { 'content-type': 'application/json' }, '{"__proto__":{}}', 400, 'request_malformed'],
  ])('is not read: %s', async (_, headers, payload, status, code) => {
    await serve('devices', { status: 200, body: BOOK });
    expect(problem(await call('POST', '/api/devices', { headers, payload }))).toEqual([status, code]);
    expect([asked, errors]).toEqual([[], []]);
  });

  it('is not much of a body that nobody wants', async () => {
    await serve('access', { status: 200, body: {} });
    const headers = { 'content-type': 'application/json' };
    const cancel = ROUTES.access.cancel.path.replace(':id', ID);
    const sent = async (length: number) =>
      await call('DELETE', cancel, { headers, payload: JSON.stringify('x'.repeat(length)) });
    expect((await sent(1_022)).statusCode).toBe(200);
    expect(problem(await sent(1_023))).toEqual([413, 'request_too_large']);
  });

  it('says when nobody waits for the answer any more', async () => {
    await serve('devices', { status: 200, body: BOOK });
    await call('GET', '/api/devices');
    const gone = asked[0]!['gone'] as AbortSignal;
    await expect.poll(() => gone.aborted).toBe(true);
  });
});

describe('what is answered', () => {
  it('is JSON, or nothing', async () => {
    await serve('grants', { status: 204 });
    await serve('devices', { status: 200, body: BOOK });
    expect(await call('DELETE', `/api/grants/${ID}`)).toMatchObject({ statusCode: 204, body: '' });
    const { statusCode, headers, body } = await call('GET', '/api/devices');
    expect([statusCode, headers['content-type'], JSON.parse(body)]).toEqual([
      200,
      'application/json; charset=utf-8',
      BOOK,
    ]);
    expect([
      headers['cache-control'],
      headers['x-content-type-options'],
      headers[API_VERSION_HEADER],
    ]).toEqual(['no-store', 'nosniff', '1']);
  });

  it('is lines of JSON', async () => {
    async function* lines() {
      yield { a: 1 };
      yield { b: 2 };
    }
    await serve('sessions', { status: 200, lines: lines() });
    const { headers, body } = await call('GET', `/api/sessions/${ID}/events`);
    expect([headers['content-type'], body]).toEqual(['application/x-ndjson', '{"a":1}\n{"b":2}\n']);
  });

  it('is a file, in pieces', async () => {
    async function* chunks() {
      yield 'one\n';
      yield 'two\n';
    }
    await serve('sessions', { status: 200, chunks: chunks() });
    const { headers, body } = await call('GET', `/api/sessions/${ID}/export`);
    const { type } = ROUTES.sessions.export.answers[200];
    expect([headers['content-type'], body]).toEqual([expect.stringContaining(type), 'one\ntwo\n']);
  });

  it('is text, of the type that the table has', async () => {
    await serve('metrics', { status: 200, text: 'up 1' });
    const { headers, body } = await call('GET', '/metrics');
    expect([headers['content-type'], body]).toEqual([expect.stringContaining('text/plain'), 'up 1']);
    expect([headers[API_VERSION_HEADER], headers['cache-control']]).toEqual([undefined, 'no-store']);
  });

  it('is a way elsewhere', async () => {
    await serve('saml', { status: 303, location: new URL('https://idp.example/sso?a=b') });
    const { statusCode, headers } = await call('GET', '/saml/sign-in', { token: null });
    expect([statusCode, headers['location']]).toEqual([303, 'https://idp.example/sso?a=b']);
  });

  it('is what another protocol has made', async () => {
    const response = new Response('event: x\n\n', { headers: { 'content-type': 'text/event-stream' } });
    await serve('mcp', { status: 200, response });
    const { headers, body } = await call('POST', '/mcp', { token: 'agent', payload: {} });
    expect([headers['content-type'], body]).toEqual(['text/event-stream', 'event: x\n\n']);
  });

  it('is not for HEAD', async () => {
    await serve('devices', { status: 200, body: BOOK });
    expect((await app.inject({ method: 'HEAD', url: '/api/devices' })).statusCode).toBe(404);
  });
});

describe('what goes wrong', () => {
  const devices = () => call('GET', '/api/devices');

  it.each<[string, unknown, number, string, number]>([
    ['an error of ours', new SluiceError('approval_unknown', 'no such thing'), 404, 'approval_unknown', 0],
    [
      'one of the relay',
      new SluiceError('record_unavailable', 'the disk is full'),
      503,
      'record_unavailable',
      1,
    ],
    ['one that nobody foresaw', new TypeError('ada@example.com'), 500, 'internal', 1],
    ['one that is none', 'ada@example.com', 500, 'internal', 1],
    ['one of another server', Object.assign(new Error('ada@'), { statusCode: 502 }), 500, 'internal', 1],
    ['one of a client', Object.assign(new Error('ada@'), { statusCode: 400 }), 400, 'request_malformed', 0],
    [
      'one that is nearly a client’s',
      Object.assign(new Error('ada@'), { statusCode: 499 }),
      400,
      'request_malformed',
      0,
    ],
    [
      'one that is hardly an error',
      Object.assign(new Error('ada@'), { statusCode: 399 }),
      500,
      'internal',
      1,
    ],
    [
      'one with a status in words',
      Object.assign(new Error('ada@'), { statusCode: '413' }),
      500,
      'internal',
      1,
    ],
  ])('is told by its code, and nothing that it holds: %s', async (_, thrown, status, code, told) => {
    fails = thrown;
    await serve('devices', { status: 200, body: BOOK });
    const answer = await devices();
    expect(problem(answer)).toEqual([status, code]);
    expect(answer.body).not.toContain('ada@');
    expect(errors).toHaveLength(told);
  });

  it('says what it is, what to do, when to try again, and with what else', async () => {
    fails = new SluiceError('sign_in_needed', 'your sign-in is old', {
      advice: 'sign in again',
      retryAfterSeconds: 3,
      challenge: 'Bearer error="insufficient_user_authentication"',
    });
    await serve('devices', { status: 200, body: BOOK });
    const { headers, body } = await devices();
    expect(JSON.parse(body)).toMatchObject({ detail: 'your sign-in is old', advice: 'sign in again' });
    expect([headers['retry-after'], headers['www-authenticate']]).toEqual([
      '3',
      'Bearer error="insufficient_user_authentication"',
    ]);
  });

  it('has no time to try again, and no challenge, where there is none', async () => {
    fails = new SluiceError('approval_unknown', 'no such thing');
    await serve('devices', { status: 200, body: BOOK });
    const { headers } = await devices();
    expect([headers['retry-after'], headers['www-authenticate']]).toEqual([undefined, undefined]);
  });

  it('is told in the form that the route has, where a listener has one for it', async () => {
    fails = new SluiceError('token_invalid', 'no');
    await serve(
      'saml',
      {},
      { errors: { page: (_error, _request, reply) => reply.code(400).send('a page') } },
    );
    expect((await call('GET', '/saml/sign-in', { token: null })).body).toBe('a page');
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    const other = await call('POST', '/saml/token', { token: null, headers, payload: 'a=1' });
    expect(problem(other)).toEqual([401, 'token_invalid']);
  });

  it('is found before anything else is looked at, where a listener says so', async () => {
    const before = () => {
      throw new SluiceError('approver_not_allowed', 'pages of other sites are refused');
    };
    await serve('mcp', {}, { before });
    const answer = await call('POST', '/mcp', { token: null, payload: {} });
    expect([problem(answer), known, refused]).toEqual([[403, 'approver_not_allowed'], 0, []]);
  });

  it('is a version that is not served, before the token is looked at', async () => {
    await serve('devices', { status: 200, body: BOOK });
    await serve('mcp', { status: 200, response: new Response('{}') });
    for (const [version, code] of [
      ['0', 'client_too_old'],
      ['2', 'relay_too_old'],
      ['1234567', 'request_malformed'],
      ['1.0', 'request_malformed'],
      ['', 'request_malformed'],
    ] as const) {
      const answer = await call('GET', '/api/devices', {
        token: 'eve',
        headers: { [API_VERSION_HEADER]: version },
      });
      expect(problem(answer)).toEqual([400, code]);
    }
    expect(refused).toEqual([]);
    const other = await call('POST', '/mcp', {
      token: 'agent',
      headers: { [API_VERSION_HEADER]: '0' },
      payload: {},
    });
    expect(other.statusCode).toBe(200);
  });
});
