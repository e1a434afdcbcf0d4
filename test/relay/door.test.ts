import { once } from 'node:events';
import { afterEach, describe, expect, it } from 'vitest';
import WebSocket from 'ws';
import { LIVE_VERSION } from '@sluice/contract';
import { type Demo, type DemoOptions, openShop, startDemo } from '@sluice/demo';
import { connectFrom, ELSEWHERE, type RawAnswer, sendFrom, sendRaw } from '../support/raw-http.ts';
import { connectDriver, errorOf } from '../support/driver.ts';
import { watchedWarehouse } from '../support/watched-warehouse.ts';
import { signIn } from '../support/wire.ts';

const HERE = '127.0.0.1';
let demo: Demo;
let url: string;
afterEach(() => demo.close());

async function start(limits: DemoOptions['limits'] = {}): Promise<void> {
  const warehouse = watchedWarehouse(await openShop({ customers: 10 }), () => {});
  demo = await startDemo({ warehouse, logLevel: 'silent', limits });
  ({ url } = demo.relay);
}

function statusesOf(answers: readonly RawAnswer[]): readonly number[] {
  return [...new Set(answers.map(({ status }) => status))].toSorted((one, other) => one - other);
}

/** A live channel's closing code, or the status with which it was not opened. */
async function live(hello: unknown, options: WebSocket.ClientOptions = {}): Promise<number> {
  const socket = new WebSocket(`${url.replace('http', 'ws')}/api/live`, options);
  socket.on('error', () => {});
  const refused = once(socket, 'unexpected-response').then(([, response]: { statusCode: number }[]) => {
    socket.terminate();
    return response!.statusCode;
  });
  const opened = once(socket, 'open').then(async () => {
    socket.send(JSON.stringify(hello));
    const [data] = (await once(socket, 'message')) as [Buffer];
    const { type } = JSON.parse(data.toString()) as { type: string };
    if (type === 'welcome') return 101;
    return ((await once(socket, 'close')) as [number])[0];
  });
  return await Promise.race([refused, opened]);
}

describe('strangers', () => {
  it('are told by each protocol when to come back, and keep nobody else out', async () => {
    await start({ strangers: { address: { requestsPerSecond: 1 } } });
    const token = await demo.tokenFor('ada');
    const wire = await signIn(url, token);
    const known = { authorization: `Bearer ${token}` };
    expect((await sendFrom(HERE, url, '/api/approvals', { headers: known })).status).toBe(200);

    const bad = { authorization: 'Bearer not-a-token' };
    const flood = await Promise.all(
      Array.from({ length: 40 }, async () => await sendFrom(HERE, url, '/api/approvals', { headers: bad })),
    );
    expect(statusesOf(flood)).toEqual([401, 429]);
    expect(flood.filter(({ status }) => status === 401).length).toBeLessThan(20);

    const asked = {
      api: await sendFrom(HERE, url, '/api/approvals', { headers: bad }),
      statements: await sendFrom(HERE, url, '/api/statements/x'),
      mcp: await sendFrom(HERE, url, '/mcp', { method: 'POST', body: '{}' }),
      metadata: await sendFrom(HERE, url, '/.well-known/oauth-protected-resource'),
      health: await sendFrom(HERE, url, '/readyz'),
      callbacks: await sendFrom(HERE, url, '/api/callbacks/x', { method: 'POST', body: '{}' }),
      nowhere: await sendFrom(HERE, url, '/no/such/path'),
    };
    for (const answer of Object.values(asked)) {
      expect(answer.status).toBe(429);
      expect(Number(answer.headers.get('retry-after'))).toBeGreaterThanOrEqual(1);
    }
    expect(JSON.parse(asked.api.body)).toMatchObject({ code: 'rate_limited' });
    // As drivers have it: they would repeat a 429 for ever.
    const login = await sendFrom(HERE, url, '/session/v1/login-request', { method: 'POST', body: '{}' });
    expect([login.status, JSON.parse(login.body)]).toMatchObject([
      200,
      { code: '390400', data: { sqlState: '53400' } },
    ]);
    expect(await live({})).toBe(429);

    // Those who are signed in go on from the same address, and others sign in from another one.
    expect((await sendFrom(HERE, url, '/api/approvals', { headers: known })).status).toBe(200);
    expect((await wire.query('SELECT 1')).success).toBe(true);
    // Drivers ask for what is not spoken here, too, and are no strangers for it.
    await wire.get('/no/such/path');
    expect((await wire.query('SELECT 1')).success).toBe(true);
    const grace = JSON.stringify({ data: { TOKEN: await demo.tokenFor('grace') } });
    const elsewhere = await sendFrom(ELSEWHERE, url, '/session/v1/login-request', {
      method: 'POST',
      body: grace,
    });
    expect(JSON.parse(elsewhere.body)).toMatchObject({ success: true });
  });

  it('who come from wherever they say, without a proxy that says so, are one address', async () => {
    await start({ strangers: { address: { requestsPerSecond: 1 } } });
    const flood = await Promise.all(
      Array.from({ length: 30 }, async (_, index) =>
        sendFrom(HERE, url, '/livez', { headers: { 'x-forwarded-for': `198.51.100.${index}` } }),
      ),
    );
    expect(statusesOf(flood)).toEqual([200, 429]);
  });

  it('hold so many connections open, and leave others theirs', async () => {
    await start({ strangers: { address: { connections: 5 } } });
    const sockets = await Promise.all(Array.from({ length: 20 }, async () => await connectFrom(url, HERE)));
    await expect.poll(() => sockets.filter(({ destroyed }) => destroyed).length).toBe(15);
    expect((await sendFrom(HERE, url, '/livez')).status).toBe(0);
    expect((await sendFrom(ELSEWHERE, url, '/livez')).status).toBe(200);
    for (const socket of sockets) socket.destroy();
    await expect.poll(async () => (await sendFrom(HERE, url, '/livez')).status).toBe(200);
  });

  it('have so many requests under way: slow bodies do not add up', async () => {
    await start({ strangers: { address: { requests: 3 } } });
    const head = `POST /session/v1/login-request HTTP/1.1\r\nHost: ${new URL(url).host}\r\nContent-Length: 100\r\n\r\n{`;
    const slow = await Promise.all(Array.from({ length: 3 }, async () => await connectFrom(url, HERE)));
    for (const socket of slow) socket.write(head);
    await expect.poll(async () => (await sendFrom(HERE, url, '/livez')).status).toBe(429);
    expect((await sendFrom(ELSEWHERE, url, '/livez')).status).toBe(200);
    for (const socket of slow) socket.destroy();
    await expect.poll(async () => (await sendFrom(HERE, url, '/livez')).status).toBe(200);
  });

  it('and people have so many live channels', async () => {
    await start({ identity: { liveChannels: 2 }, strangers: { address: { liveChannels: 4 } } });
    const as = async (who: string) => ({
      type: 'hello',
      version: LIVE_VERSION,
      token: await demo.decidingTokenFor(who),
    });
    expect([await live(await as('ada')), await live(await as('ada')), await live(await as('ada'))]).toEqual([
      101, 101, 4429,
    ]);
    expect(await live({ ...(await as('ada')), token: 'x' })).toBe(4401);
    expect([await live(await as('grace')), await live(await as('grace'))]).toEqual([101, 101]);
    expect(await live(await as('alan'))).toBe(429);
    expect(await live(await as('alan'), { localAddress: ELSEWHERE })).toBe(101);
  });
});

describe('requests', () => {
  const get = (path: string, ...more: string[]) => [`GET ${path} HTTP/1.1`, ...more];

  it.each(['evil.example', 'evil.example:80', '127.0.0.1:1', 'localhost', '', '127.0.0.1@evil.example'])(
    'for the host %j are refused, by every listener',
    async (host) => {
      await start();
      const paths = [
        '/api/approvals',
        '/api/statements/x',
        '/no/such/path',
        '/.well-known/oauth-protected-resource',
      ];
      for (const path of paths) {
        const { status, body } = await sendRaw(url, get(path, `Host: ${host}`));
        expect(`${path} ${status}`).toBe(`${path} 421`);
        expect(body).not.toContain('evil');
      }
      const login = await sendRaw(url, ['POST /session/v1/login-request HTTP/1.1', `Host: ${host}`]);
      const mcp = await sendRaw(url, ['POST /mcp HTTP/1.1', `Host: ${host}`]);
      expect([login.status, mcp.status]).toEqual([421, 421]);
      expect((await sendRaw(url, get('/livez', `Host: ${host}`))).status, 'a probe').toBe(200);
      // A client for WebSocket puts a name of its own in the place of none.
      expect(await live({}, { headers: { host: host || 'x' } })).toBe(421);
      const issuer = await sendRaw(demo.issuer, get('/.well-known/openid-configuration', `Host: ${host}`));
      expect(issuer.status).toBe(421);
    },
  );

  it('for the relay by any name of this machine are taken', async () => {
    await start();
    const { port } = new URL(url);
    for (const host of ['127.0.0.1', 'localhost', 'LocalHost', '[::1]']) {
      expect((await sendRaw(url, get('/api/approvals', `Host: ${host}:${port}`))).status).toBe(401);
    }
  });

  it('that two programs could read in two ways are refused', async () => {
    await start();
    const host = `Host: ${new URL(url).host}`;
    const token = `Authorization: Bearer ${await demo.tokenFor('ada')}`;
    const refused: Record<string, readonly string[]> = {
      'two tokens': get('/api/approvals', host, token, 'Authorization: Bearer x'),
      'two hosts': get('/api/approvals', host, 'Host: evil.example', token),
      'a whole address': get(`${url}/api/approvals`, host, token),
      'another address': get('http://evil.example/api/approvals', host, token),
      'an asterisk': ['OPTIONS * HTTP/1.1', host],
      'two lengths': ['POST /api/statements HTTP/1.1', host, token, 'Content-Length: 1', 'Content-Length: 2'],
      'a length and chunks': [
        'POST /api/statements HTTP/1.1',
        host,
        token,
        'Content-Length: 5',
        'Transfer-Encoding: chunked',
      ],
      'a line that is folded': get('/api/approvals', host, token, 'X: a', ' b'),
      'a line that ends in LF': [`GET /api/approvals HTTP/1.1\nX: a`, host, token],
      'no host': get('/api/approvals', token),
    };
    for (const [name, lines] of Object.entries(refused)) {
      const { status, body } = await sendRaw(url, lines);
      const isRefused = status === 400 || (status === 200 && body.includes('"success":false'));
      expect(`${name}: ${isRefused ? 'refused' : `${status} ${body}`}`).toBe(`${name}: refused`);
    }
    expect((await sendRaw(url, get('/api/approvals', host, token))).status).toBe(200);
  });

  it.each(['TRACE', 'OPTIONS', 'HEAD', 'PUT', 'PROPFIND', 'BREW'])('by %s are nowhere', async (method) => {
    await start();
    const host = `Host: ${new URL(url).host}`;
    for (const path of ['/api/approvals', '/livez', '/mcp', '/session/v1/login-request']) {
      const { status, body } = await sendRaw(url, [`${method} ${path} HTTP/1.1`, host, 'X-Secret: hunter2']);
      expect([400, 404, 401]).toContain(status);
      expect(body).not.toContain('hunter2');
    }
  });

  it('are answered with headers that keep a browser from making anything of them', async () => {
    await start();
    for (const path of [
      '/api/approvals',
      '/no/<script>',
      '/livez',
      '/.well-known/oauth-protected-resource',
    ]) {
      const { headers, body } = await sendFrom(HERE, url, path);
      expect(Object.fromEntries(headers)).toMatchObject({
        'cache-control': 'no-store',
        'content-security-policy': expect.stringContaining("frame-ancestors 'none'"),
        'referrer-policy': 'no-referrer',
        'x-content-type-options': 'nosniff',
        'content-type': expect.stringContaining('json'),
      });
      expect(body).not.toContain('<script>');
    }
  });

  it('with keys that would become an object’s prototype are refused', async () => {
    await start();
    const headers = { authorization: `Bearer ${await demo.tokenFor('ada')}` };
    const body = '{"sql":"SELECT 1","__proto__":{"wait":1}}';
    expect((await sendFrom(HERE, url, '/api/statements', { method: 'POST', headers, body })).status).toBe(
      400,
    );
    expect((await sendFrom(HERE, url, '/mcp', { method: 'POST', headers, body })).status).toBe(400);
    const login = '{"data":{"TOKEN":"x","__proto__":{"AUTHENTICATOR":"OAUTH"}}}';
    const answer = await sendFrom(HERE, url, '/session/v1/login-request', { method: 'POST', body: login });
    expect(JSON.parse(answer.body)).toMatchObject({ code: '390400' });
  });

  it('of the live channel by pages of other sites are refused', async () => {
    await start();
    const token = await demo.decidingTokenFor('ada');
    const hello = { type: 'hello', version: LIVE_VERSION, token };
    expect(await live(hello, { origin: 'https://evil.example' })).toBe(403);
    expect(await live(hello, { origin: 'null' })).toBe(403);
    expect(await live(hello, { origin: url })).toBe(101);
    expect(await live(hello)).toBe(101);
  });

  it('do not decide where a result’s chunks are fetched from', async () => {
    await start();
    const driver = await connectDriver(url, await demo.tokenFor('ada'));
    expect(await errorOf(driver.run('SELECT'))).toMatchObject({ code: expect.any(String) });
    const token = await demo.tokenFor('ada');
    const login = await sendFrom(HERE, url, '/session/v1/login-request', {
      method: 'POST',
      body: JSON.stringify({ data: { TOKEN: token } }),
    });
    const { data } = JSON.parse(login.body) as { data: { token: string } };
    const answer = await sendFrom(
      HERE,
      url,
      '/queries/v1/query-request?requestId=11111111-1111-4111-8111-111111111111',
      {
        method: 'POST',
        headers: {
          authorization: `Snowflake Token="${data.token}"`,
          'x-forwarded-host': 'evil.example',
          'x-forwarded-proto': 'https',
        },
        body: JSON.stringify({
          sqlText: "SELECT RPAD('x', 100, 'x') FROM TABLE(GENERATOR(ROWCOUNT => 50000))",
        }),
      },
    );
    const { data: result } = JSON.parse(answer.body) as { data: { chunks?: { url: string }[] } };
    expect(result.chunks?.length).toBeGreaterThan(0);
    for (const chunk of result.chunks ?? []) expect(chunk.url.startsWith(`${url}/results/`)).toBe(true);
  });
});
