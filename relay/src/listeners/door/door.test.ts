import { EventEmitter, once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { PassThrough } from 'node:stream';
import fastify, { type FastifyInstance } from 'fastify';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { SluiceError } from '../../errors.ts';
import { trustsOf } from './client-address.ts';
import { openDoor, type Upgrade } from './door.ts';
import { ownAddress } from './own-address.ts';
import { isKnown, wasRefusedAtDoor } from './stranger.ts';

const HOST = 'relay.example';
const PROXY = '10.0.0.1';
const tooMuch = () => new SluiceError('rate_limited', 'too many', { retryAfterSeconds: 3 });

let app: FastifyInstance;
let upgrade: (how: Upgrade) => Upgrade;
/** What was counted, and what was refused, in order. */
let seen: string[];
let refused: unknown[];
/** What is too much: `request`, `connection`, `channel`. */
let full: string | null;
let failure: Error;

beforeEach(async () => {
  [seen, refused, full, failure] = [[], [], null, tooMuch()];
  const count = (what: string, address: string) => {
    seen.push(`${what} ${address}`);
    if (full === what) throw failure;
    return () => void seen.push(`${what} over`);
  };
  app = fastify();
  upgrade = openDoor(app, {
    strangers: {
      request(address, credential) {
        const over = count('request', address);
        if (credential !== null) seen.push(`with ${credential}`);
        return { known: (given) => void seen.push(`known ${given ?? ''}`.trim()), end: over };
      },
      connection: (address) => count('connection', address),
      liveChannel: (address) => count('channel', address),
    },
    own: ownAddress(
      { host: '127.0.0.1', isTls: false, publicUrl: `http://${HOST}`, hostNames: [], origins: [] },
      app.server,
    ),
    trusts: trustsOf([PROXY]),
    mostConnections: 17,
    onRefused: (refusal) => refused.push(refusal),
  });
  app.setErrorHandler((error, request, reply) =>
    reply.code(418).send({ error: (error as SluiceError).code, atDoor: wasRefusedAtDoor(request) }),
  );
  app.get('/open', (request) => {
    isKnown(request, 'a token');
    return 'yes';
  });
  app.get('/own', (_request, reply) => reply.header('cache-control', 'max-age=9').send('yes'));
  app.get('/console/assets/:name', () => 'a file');
  app.get('/wrong', () => {
    throw new SluiceError('token_invalid', 'no');
  });
  for (const probe of ['/livez', '/readyz']) app.get(probe, () => 'yes');
  await app.ready();
});
afterEach(() => app.close());

const ask = (url: string, headers: Record<string, string> = {}, remoteAddress = '203.0.113.7') =>
  app.inject({ url, remoteAddress, headers: { host: HOST, ...headers } });

describe('a request', () => {
  it('is counted by where it comes from and what it brings, known once its token is good, and over', async () => {
    await ask('/open', { authorization: 'Bearer x' });
    expect(seen).toEqual(['request 203.0.113.7', 'with Bearer x', 'known a token', 'request over']);
    seen.length = 0;
    await ask('/open', { 'x-forwarded-for': '198.51.100.9' }, PROXY);
    await ask('/open', { 'x-forwarded-for': '198.51.100.9' });
    await ask('/open', { 'x-sluice-chunk': 'a chunk' });
    expect(seen.filter((one) => /^(request \d|with)/.test(one))).toEqual([
      'request 198.51.100.9',
      'request 203.0.113.7',
      'request 203.0.113.7',
      'with a chunk',
    ]);
  });

  it('is not counted for a file of the console, whoever else comes from there, and is looked at all the same', async () => {
    full = 'request';
    expect((await ask('/console/assets/page.js')).body).toBe('a file');
    expect(seen).toEqual([]);
    const elsewhere = await ask('/console/assets/page.js', { host: 'another.example' });
    expect(elsewhere.json()).toMatchObject({ error: 'request_misdirected' });
    expect((await ask('/console/assets/page.js/more')).statusCode).toBe(418);
    expect(seen).toEqual(['request 203.0.113.7']);
  });

  it('is over when its client goes away', async () => {
    const hanging = fastify();
    const ended: string[] = [];
    openDoor(hanging, {
      strangers: {
        request: () => ({ known: () => {}, end: () => void ended.push('over') }),
        connection: () => () => {},
        liveChannel: () => () => {},
      },
      own: { origin: () => '', isOwnHost: () => true, isOwnOrigin: () => true },
      trusts: () => false,
      mostConnections: 5,
      onRefused: () => {},
    });
    const asked = Promise.withResolvers<void>();
    hanging.get('/', async () => {
      asked.resolve();
      return await new Promise(() => {});
    });
    const url = await hanging.listen({ host: '127.0.0.1', port: 0 });
    const gone = new AbortController();
    const request = fetch(url, { signal: gone.signal });
    await asked.promise;
    expect(ended).toEqual([]);
    gone.abort();
    await expect(request).rejects.toThrow('aborted');
    await expect.poll(() => ended).toEqual(['over']);
    hanging.server.closeAllConnections();
    await hanging.close();
  });

  it('is refused when there are too many, and that is on the record once', async () => {
    full = 'request';
    const { statusCode, body } = await ask('/open');
    expect([statusCode, JSON.parse(body)]).toEqual([418, { error: 'rate_limited', atDoor: true }]);
    await ask('/nothing');
    expect(refused).toEqual([
      { code: 'rate_limited', what: 'GET /open', reason: 'too many' },
      { code: 'rate_limited', what: 'an unknown path', reason: 'too many' },
    ]);
    expect(seen).not.toContain('known a token');
  });

  it('is refused when the relay fails, without a word of it on the record', async () => {
    [full, failure] = ['request', new TypeError('ada@example.com')];
    expect((await ask('/open')).json()).toMatchObject({ atDoor: true });
    expect(refused).toEqual([]);
  });

  it('is refused when it is meant for somebody else, but for probes', async () => {
    const host = 'evil.example';
    expect((await ask('/open', { host })).json()).toEqual({ error: 'request_misdirected', atDoor: true });
    expect((await ask('/nothing', { host })).json()).toMatchObject({ error: 'request_misdirected' });
    expect((await ask('/livez', { host })).statusCode).toBe(200);
    expect((await ask('/readyz', { host })).statusCode).toBe(200);
    expect(refused).toMatchObject([{ code: 'request_misdirected' }, { code: 'request_misdirected' }]);
  });

  it('is refused when it is odd, by nobody else’s fault', async () => {
    const { statusCode, body } = await app.inject({
      url: '/open',
      headers: { host: HOST, origin: ['http://relay.example', 'http://evil.example'] as never },
    });
    expect([statusCode, JSON.parse(body)]).toEqual([418, { error: 'request_malformed', atDoor: true }]);
  });

  it('that a listener refuses is not the door’s', async () => {
    expect((await ask('/wrong')).json()).toEqual({ error: 'token_invalid', atDoor: false });
    expect(refused).toEqual([]);
  });

  it.each(['/open', '/wrong', '/nothing'])(
    'is answered with what keeps it from other pages: %s',
    async (url) => {
      expect((await ask(url)).headers).toMatchObject({
        'cache-control': 'no-store',
        'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
        'referrer-policy': 'no-referrer',
        'x-content-type-options': 'nosniff',
      });
    },
  );

  it('is answered as its listener says, where that says otherwise', async () => {
    expect((await ask('/own')).headers['cache-control']).toBe('max-age=9');
  });
});

describe('a connection', () => {
  const connect = (remoteAddress: string | undefined) => {
    const socket = Object.assign(new EventEmitter(), {
      remoteAddress,
      destroyed: false,
      destroy: () => void (socket.destroyed = true),
    });
    // The door's own listener: Node's would read from it.
    app.server.listeners('connection').at(-1)!.call(app.server, socket);
    return socket;
  };

  it('is one of so many of an address, and of all', () => {
    expect(app.server.maxConnections).toBe(17);
    const socket = connect('203.0.113.7');
    expect(seen).toEqual(['connection 203.0.113.7']);
    socket.emit('close');
    expect(seen).toEqual(['connection 203.0.113.7', 'connection over']);
    connect(undefined);
    expect(seen.at(-1)).toBe('connection ');
    // All of a proxy's clients come from there.
    expect(connect(PROXY).destroyed).toBe(false);
    expect(seen).toHaveLength(3);
  });

  it('is closed when there are too many', () => {
    full = 'connection';
    expect(connect('203.0.113.7').destroyed).toBe(true);
    expect(refused).toEqual([{ code: 'rate_limited', what: 'a connection', reason: 'too many' }]);
    failure = new TypeError('ada@example.com');
    expect(connect('203.0.113.7').destroyed).toBe(true);
    expect(refused).toHaveLength(1);
  });
});

describe('an upgrade', () => {
  const LIVE = '/api/live';
  async function ask(headers: Record<string, string> = {}, url = LIVE, rawHeaders: string[] = []) {
    const socket = new PassThrough();
    let passed = 0;
    const head = Buffer.from('head');
    const request = {
      url,
      headers: { host: HOST, ...headers },
      rawHeaders,
      socket: { remoteAddress: '203.0.113.7' },
    } as unknown as IncomingMessage;
    upgrade((given, to, first) => {
      expect([given, to, first]).toEqual([request, socket, head]);
      passed += 1;
    })(request, socket, head);
    if (passed > 0) return { passed, socket, said: '' };
    const chunks: Buffer[] = [];
    socket.on('data', (chunk: Buffer) => chunks.push(chunk));
    await once(socket, 'end');
    return { passed, socket, said: Buffer.concat(chunks).toString() };
  }

  it('goes on when it comes from a program, or a page of ours, and is counted until it ends', async () => {
    const { passed, socket } = await ask({ 'x-forwarded-for': '198.51.100.9' });
    expect([passed, seen]).toEqual([1, ['request 203.0.113.7', 'request over', 'channel 203.0.113.7']]);
    socket.emit('close');
    expect(seen.at(-1)).toBe('channel over');
    expect((await ask({ origin: `http://${HOST}` })).passed).toBe(1);
    expect(refused).toEqual([]);
  });

  it.each<[string, string, string, () => ReturnType<typeof ask>]>([
    [
      'a page of another site',
      '403 Forbidden',
      'approver_not_allowed',
      () => ask({ origin: 'http://evil.example' }),
    ],
    ['another host', '421 Misdirected Request', 'request_misdirected', () => ask({ host: 'evil.example' })],
    ['an odd target', '400 Bad Request', 'request_malformed', () => ask({}, 'http://relay.example/api/live')],
    ['two hosts', '400 Bad Request', 'request_malformed', () => ask({}, LIVE, ['Host', 'a', 'host', 'b'])],
  ])('is refused: %s', async (_, status, code, asking) => {
    const { passed, said } = await asking();
    expect([passed, said]).toEqual([
      0,
      `HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`,
    ]);
    expect(refused).toEqual([{ code, what: 'an upgrade', reason: expect.any(String) }]);
    expect(seen.some((one) => one.startsWith('channel'))).toBe(false);
  });

  it.each(['request', 'channel'])(
    'is refused when there is too much of a %s, and told when to come again',
    async (what) => {
      full = what;
      const { passed, said } = await ask();
      expect([passed, said]).toEqual([
        0,
        'HTTP/1.1 429 Too Many Requests\r\nRetry-After: 3\r\nConnection: close\r\nContent-Length: 0\r\n\r\n',
      ]);
      expect(refused).toMatchObject([{ code: 'rate_limited' }]);
    },
  );

  it('that is refused may be reset without harm to the relay', async () => {
    full = 'request';
    const { socket } = await ask();
    expect(() => socket.emit('error', new Error('ECONNRESET'))).not.toThrow();
    expect(socket.destroyed).toBe(true);
  });

  it('fails aloud when the relay fails', async () => {
    [full, failure] = ['request', new TypeError('broken')];
    await expect(ask()).rejects.toThrow('broken');
    expect(refused).toEqual([]);
  });
});
