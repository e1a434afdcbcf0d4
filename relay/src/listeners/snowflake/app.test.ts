import { gzipSync } from 'node:zlib';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ada, sessionOf } from '../../approval/testing.ts';
import { SluiceError } from '../../errors.ts';
import { isRefusedAtDoor, isStranger } from '../door/stranger.ts';
import { buildSnowflakeListener } from './app.ts';
import type { RefusedRequest, SnowflakeListenerDeps } from './deps.ts';

const ID = '6a0e3f3e-3a39-4b5e-9c0b-0a6f6f9c1a11';
const session = sessionOf(ada);
const signedIn: Readonly<Record<string, string>> = { authorization: 'Snowflake Token="good"' };

let app: ReturnType<typeof buildSnowflakeListener>;
let refused: RefusedRequest[];
let logged: string[];
/** For each request that was found to be somebody’s: what its answer lets its client send, if anything. */
let known: (string | undefined)[];
/** The states and the clients that sessions were opened with. */
let opened: { readonly state: object; readonly client: object }[];
/** Thrown in place of looking for a session; of counting one of its requests; of stopping a statement. */
let faults: { session?: unknown; admit?: unknown; cancel?: unknown };
/** Whether the door has refused it already. */
let isAtDoor: boolean;

beforeEach(() => {
  [refused, logged, known, opened, faults, isAtDoor] = [[], [], [], [], {}, false];
  const grant = { session, token: 'new', tokenSeconds: 5, masterToken: 'master', masterSeconds: 9 };
  app = buildSnowflakeListener({
    async authenticate(token: string) {
      if (token !== 'good') throw new SluiceError('token_invalid', 'the token is not valid');
      return ada;
    },
    openingState: async (_: unknown, state: object) => state,
    sessions: {
      keepAlive: async () => {},
      async open(_: unknown, client: object, state: object) {
        opened.push({ client, state });
        return grant;
      },
      async renew(token: string, admit: (identity: typeof ada) => Promise<void>) {
        if (token !== 'master') throw new SluiceError('session_unknown', 'there is no such session');
        await admit(ada);
        return grant;
      },
      async byToken(token: string) {
        if (faults.session !== undefined) throw faults.session;
        if (token === 'good') return session;
        throw new SluiceError('session_unknown', 'there is no such session');
      },
    },
    async admit() {
      if (faults.admit !== undefined) throw faults.admit;
    },
    queries: {
      async cancelOwn() {
        if (faults.cancel !== undefined) throw faults.cancel;
      },
      cancelByRequest: async () => {},
    },
    linkKeys: { current: () => ({ id: 'k', key: new Uint8Array(32) }), find: async () => null },
    relays: { self: 'this', isThere: async () => false },
    onRefused: (request: RefusedRequest) => refused.push(request),
    logger: pino({ level: 'debug' }, { write: (line: string) => void logged.push(line) }),
    now: () => 0,
    options: { requestBytes: 200 },
  } as unknown as SnowflakeListenerDeps);
  app.addHook('onRequest', async (request) => {
    isStranger(request, { known: (given) => void known.push(given), end: () => {} });
    if (isAtDoor) isRefusedAtDoor(request);
  });
});
afterEach(() => app.close());

interface Sent {
  readonly headers?: Readonly<Record<string, string>>;
  readonly payload?: string | object;
}

async function ask(method: 'GET' | 'POST', url: string, { headers = signedIn, payload }: Sent = {}) {
  const answer = await app.inject({ method, url, headers, ...(payload === undefined ? {} : { payload }) });
  const { code, message, data } = answer.json<{
    code: string;
    message: string;
    data: { sqlState: string };
  }>();
  return { status: answer.statusCode, code, message, sqlState: data?.sqlState, headers: answer.headers };
}
const heartbeat = () => ask('POST', '/session/heartbeat', { payload: {} });

describe('what is not spoken', () => {
  it('is refused with 404, and on the record without its query', async () => {
    const { status, message } = await ask('GET', `/no/such?token=secret`, { headers: {} });
    expect([status, message]).toEqual([404, expect.stringContaining('`GET /no/such` is not supported here')]);
    expect(refused).toEqual([
      {
        session: null,
        code: 'request_unsupported',
        what: 'GET /no/such',
        reason: 'not an endpoint of the relay',
      },
    ]);
    expect(known).toEqual([]);
  });

  it('is somebody’s, where the token is good, and counts as a request of theirs', async () => {
    expect((await ask('GET', '/no/such')).status).toBe(404);
    expect([refused[0]?.session, known]).toEqual([session, [undefined]]);
    faults.admit = new SluiceError('rate_limited', 'too many', { retryAfterSeconds: 7 });
    const { status, headers } = await ask('GET', '/no/such');
    expect([status, headers['retry-after']]).toEqual([429, '7']);
    faults.admit = new SluiceError('rate_limited', 'too many');
    expect((await ask('GET', '/no/such')).headers['retry-after']).toBe('1');
    expect(refused).toHaveLength(1);
  });

  it('is nobody’s where a session cannot be looked for', async () => {
    faults.session = new TypeError('the store is closed');
    expect((await ask('GET', '/no/such')).status).toBe(404);
    expect([refused[0]?.session, known]).toEqual([null, []]);
  });

  it('is kept short and plain on the record', async () => {
    await ask('GET', `/x<script>${'y'.repeat(500)}`, { headers: {} });
    const { what = '' } = refused[0] ?? {};
    expect([what.slice(0, 21), what.length]).toEqual(['GET /x%3Cscript%3Eyyy', 204]);
  });
});

describe('a request that fails', () => {
  it('is an outcome with 200, whatever it fails of: drivers repeat other statuses', async () => {
    faults.admit = new SluiceError('rate_limited', 'too many', { retryAfterSeconds: 7 });
    const limited = await heartbeat();
    expect([limited.status, limited.headers['retry-after'], refused]).toEqual([200, undefined, []]);
    faults.admit = new SluiceError('record_unavailable', 'the disk is full');
    expect((await heartbeat()).status).toBe(200);
    delete faults.admit;
    const unknown = await ask('POST', '/session/heartbeat', { headers: {}, payload: {} });
    expect([unknown.status, unknown.code, refused]).toEqual([200, '390104', []]);
  });

  it('is said as HTTP has it where it came by a wrong name', async () => {
    faults.admit = new SluiceError('request_misdirected', 'the relay does not have this name');
    expect((await heartbeat()).status).toBe(421);
  });

  it.each([
    [3, '3'],
    [undefined, '1'],
  ])('is sent again where another relay has it', async (retryAfterSeconds, after) => {
    faults.admit = new SluiceError('statement_elsewhere', 'there', {
      ...(retryAfterSeconds && { retryAfterSeconds }),
    });
    const { status, headers } = await heartbeat();
    expect([status, headers['retry-after']]).toEqual([503, after]);
  });

  it('says nothing of the relay’s own failures, to its client or in the log', async () => {
    const failure = new TypeError('ada@example.com\n    at somewhere (value 4711)');
    faults.admit = failure;
    const { status, message } = await heartbeat();
    expect([status, message]).toEqual([
      200,
      expect.stringContaining('the relay failed to process the request'),
    ]);
    expect(logged).toHaveLength(1);
    const { failure: told } = JSON.parse(logged[0]!) as { failure: { name: string; frames: string[] } };
    expect(told.name).toBe('TypeError');
    expect(told.frames.length).toBeGreaterThan(0);
    expect(told.frames.length).toBeLessThanOrEqual(10);
    for (const frame of told.frames) expect(frame).toMatch(/^at \S/);
    expect(message + logged.join('')).not.toMatch(/ada@|4711/);
    expect(refused).toEqual([]);
  });

  it.each<[string, unknown, object]>([
    ['a text', 'ada@example.com', { name: 'string', frames: [] }],
    [
      'an error without a stack',
      Object.assign(new Error('ada@'), { stack: undefined }),
      { name: 'Error', frames: [] },
    ],
    [
      'one whose stack says something else',
      Object.assign(new Error('ada@'), { stack: 'Error\n    at x' }),
      { name: 'Error', frames: [] },
    ],
  ])('names what it failed of: %s', async (_, thrown, failure) => {
    faults.admit = thrown;
    await heartbeat();
    expect(JSON.parse(logged[0]!)).toMatchObject({ failure });
    expect(logged.join('')).not.toContain('ada@');
  });

  it('is not in the log where it is its client’s fault', async () => {
    await ask('POST', '/session/heartbeat', { headers: {}, payload: {} });
    expect(logged).toEqual([]);
  });
});

describe('a body', () => {
  const bytes = (length: number) => JSON.stringify('x'.repeat(length - 2));
  const json = { 'content-type': 'application/json' };

  it('that is too large is refused, with how large it may be, and that is on the record', async () => {
    const { status, message } = await ask('POST', '/session/v1/login-request', {
      headers: json,
      payload: bytes(201),
    });
    expect([status, message]).toEqual([200, expect.stringContaining('larger than 200 bytes')]);
    expect(refused).toMatchObject([
      { session: null, code: 'request_too_large', what: 'POST /session/v1/login-request' },
    ]);
  });

  const send = async (payload: Buffer | string, encoding?: string) => {
    const headers = { ...signedIn, ...json, ...(encoding !== undefined && { 'content-encoding': encoding }) };
    return (await ask('POST', '/session/heartbeat', { headers, payload })).message;
  };
  const NOT_JSON = expect.stringContaining('not valid JSON');

  it.each<[string, Buffer | string, string?]>([
    ['plain', '{}'],
    ['plain, and said to be so', '{}', 'Identity'],
    ['plain, though it is said to be packed', '{}', 'gzip'],
    ['plain, where nothing is said of it', '{}', ''],
    ['packed', gzipSync('{}'), 'GZIP'],
    ['packed, though nothing says so', gzipSync('{}')],
    ['nothing', ''],
    ['null', 'null'],
  ])('may be %s', async (_, payload, encoding) => {
    expect(await send(payload, encoding)).toBeNull();
  });

  it.each<[string, Buffer | string, unknown, string?]>([
    ['is packed otherwise', '{}', expect.stringContaining('the content encoding "br" is not known'), 'br'],
    ['begins as what is packed does', Buffer.from([0x1f, 0x7b]), NOT_JSON],
    ['is packed, and broken', gzipSync('{}').subarray(0, 12), expect.stringContaining('not valid gzip')],
    ['is not UTF-8', Buffer.from([0x22, 0xff, 0x22]), NOT_JSON],
    ['goes on as what is packed does', Buffer.from([0x22, 0x8b, 0x22]), NOT_JSON],
    ['would become a prototype', '{"__proto__":{"x":1}}', NOT_JSON],
    ['would become a constructor’s prototype', '{"constructor":{"prototype":{"x":1}}}', NOT_JSON],
    ['is too large unpacked', gzipSync(bytes(201)), expect.stringContaining('larger than 200 bytes')],
  ])('that %s is refused', async (_, payload, message, encoding) => {
    expect(await send(payload, encoding)).toEqual(message);
  });

  it('that is no JSON is refused, in its client’s name', async () => {
    const headers = { ...signedIn, 'content-type': 'text/plain' };
    const { status, message } = await ask('POST', '/session/heartbeat', { headers, payload: 'x' });
    expect([status, message]).toEqual([200, expect.stringContaining('not valid JSON')]);
    expect(refused).toMatchObject([{ session, code: 'request_malformed' }]);
  });

  it('of another length than it says is refused', async () => {
    const headers = { ...signedIn, ...json, 'content-length': '100' };
    const { status, message } = await ask('POST', '/session/heartbeat', { headers, payload: '{}' });
    expect([status, message]).toEqual([200, expect.stringContaining('could not be read')]);
    expect(refused).toMatchObject([{ session, code: 'request_malformed' }]);
  });

  it('is not read of strangers', async () => {
    const headers = { ...json, authorization: 'Snowflake Token="bad"' };
    const { code } = await ask('POST', '/session/heartbeat', { headers, payload: bytes(500) });
    expect(code).toBe('390104');
  });
});

it('what the door has refused is on the record already', async () => {
  isAtDoor = true;
  faults.admit = new SluiceError('request_malformed', 'odd');
  await heartbeat();
  expect(refused).toEqual([]);
  isAtDoor = false;
  await heartbeat();
  expect(refused).toMatchObject([{ code: 'request_malformed', reason: 'odd', session }]);
});

it('counts whoever has a session as known before their body is read', async () => {
  await heartbeat();
  expect(known).toEqual([undefined]);
  await ask('POST', '/session/heartbeat', { headers: {}, payload: {} });
  expect(known).toHaveLength(1);
});

describe('signing in', () => {
  const signIn = async (data: object, query = '') =>
    await ask('POST', `/session/v1/login-request${query}`, { headers: {}, payload: { data } });

  it('makes a client known, once for its token and once for what it may send from then on', async () => {
    expect((await signIn({ TOKEN: 'good' })).code).toBeNull();
    expect(known).toEqual([undefined, 'Snowflake Token="new"']);
    expect((await signIn({ TOKEN: 'bad' })).code).not.toBeNull();
    expect(known).toHaveLength(2);
  });

  it('is on the record by the address that it came from, not by one that it claims', async () => {
    const headers = { 'x-forwarded-for': '203.0.113.7' };
    await ask('POST', '/session/v1/login-request', { headers, payload: { data: { TOKEN: 'good' } } });
    expect(opened).toMatchObject([{ client: { address: '127.0.0.1' } }]);
  });

  it('counts as a request, before a session is opened', async () => {
    faults.admit = new SluiceError('rate_limited', 'too many');
    expect((await signIn({ TOKEN: 'good' })).code).not.toBeNull();
    expect(opened).toEqual([]);
  });

  it('takes names as Snowflake stores them, of up to 255 characters without their quotes', async () => {
    const [longest, longer] = [255, 256].map((length) => `"${'é'.repeat(length)}"`);
    expect(
      (await signIn({ TOKEN: 'good' }, `?warehouse=wh&roleName=${encodeURIComponent(longest!)}`)).code,
    ).toBeNull();
    expect(opened[0]?.state).toEqual({
      database: null,
      schema: null,
      warehouse: 'WH',
      role: 'é'.repeat(255),
    });
    expect((await signIn({ TOKEN: 'good' }, `?roleName=${encodeURIComponent(longer!)}`)).message).toContain(
      'roleName',
    );
    expect(opened).toHaveLength(1);
  });
});

describe('renewing a session', () => {
  const renew = (token: string) =>
    ask('POST', '/session/token-request', {
      headers: { authorization: `Snowflake Token="${token}"` },
      payload: {},
    });

  it('makes a client known by what it may send from then on', async () => {
    expect((await renew('master')).code).toBeNull();
    expect(known).toEqual(['Snowflake Token="new"']);
  });

  it('is refused as what has ended, with a code by which drivers give the connection up', async () => {
    expect([(await renew('bad')).code, known]).toEqual(['390113', []]);
    faults.admit = new TypeError('broken');
    expect((await renew('master')).code).toBe('370001');
    expect([known, logged.length]).toEqual([[], 1]);
  });
});

it('takes what drivers tell of themselves, and says nothing to it', async () => {
  expect(await ask('POST', '/telemetry/send', { payload: { logs: [] } })).toMatchObject({
    status: 200,
    code: null,
  });
});

it('ends connections of those who are slow to say what they want, and looks for them often enough', () => {
  const { headersTimeout, requestTimeout } = app.server;
  const { connectionsCheckingInterval } = app.server as { readonly connectionsCheckingInterval?: number };
  expect([headersTimeout, requestTimeout, connectionsCheckingInterval]).toEqual([10_000, 60_000, 5_000]);
});

it.each(['HEAD', 'OPTIONS'] as const)('speaks no %s', async (method) => {
  expect((await app.inject({ method, url: `/queries/${ID}/result`, headers: signedIn })).statusCode).toBe(
    404,
  );
});

it('takes no notice of slashes that are sent twice', async () => {
  expect((await ask('POST', `/queries//${ID}//abort-request`, { payload: {} })).code).toBeNull();
});

describe('stopping a statement', () => {
  const stop = () => ask('POST', `/queries/${ID}/abort-request`, { payload: {} });

  it('is done where another relay has it: that is told', async () => {
    expect((await stop()).code).toBeNull();
    faults.cancel = new SluiceError('statement_elsewhere', 'there');
    expect((await stop()).code).toBeNull();
  });

  it.each([new SluiceError('result_unavailable', 'none'), new TypeError('broken')])(
    'fails as it fails: %s',
    async (fault) => {
      faults.cancel = fault;
      const { status, code } = await stop();
      expect([status, code]).toEqual([200, expect.stringMatching(/^\d{6}$/)]);
    },
  );
});
