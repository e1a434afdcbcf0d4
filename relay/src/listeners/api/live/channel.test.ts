import { once } from 'node:events';
import { connect } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { deleteRequest, holdNow } from '../../../approval/testing.ts';
import { SluiceError } from '../../../errors.ts';
import { connectLive, hello, olga, startApi, subscribe } from '../../../../../test/support/start-api.ts';

let api: Awaited<ReturnType<typeof startApi>>;
afterEach(() => api.close());

const CODES = { client_too_old: /^update the program$/, relay_too_old: /have the relay updated$/ };
it.each([
  ['version that is to come', { ...hello('olga'), version: 3, wants: ['more'] }, 'relay_too_old'],
  ['version that is over', { type: 'hello', version: 1, token: 'olga', after: null }, 'client_too_old'],
] as const)('tells a program of a %s what to do', async (_, message, code) => {
  api = await startApi();
  const client = await connectLive(api.url, message);
  expect(await client.closed).toBe(4426);
  expect(client.messages).toMatchObject([
    { type: 'error', code, advice: expect.stringMatching(CODES[code]), served: { from: 2, to: 2 } },
  ]);
});

it.each([
  ['a bad token', hello('nobody'), 4401],
  ['something else first', { type: 'ping' }, 4400],
  ['what is no JSON object', 'hello', 4400],
  ['a hello with something else in it', { ...hello('olga'), after: null }, 4400],
])('ends the connection at %s', async (_, message, code) => {
  api = await startApi();
  const client = await connectLive(api.url, message);
  expect(await client.closed).toBe(code);
  expect(client.messages).toMatchObject([{ type: 'error' }]);
});

it('ends a connection that never says who it is, or says too much', async () => {
  api = await startApi({ limits: { helloTimeoutMs: 50 } });
  const silent = await connectLive(api.url);
  expect(await silent.closed).toBe(4401);
  await api.close();
  api = await startApi({ limits: { maxPayload: 1000 } });
  const loud = await connectLive(api.url, hello('x'.repeat(2000)));
  expect(await loud.closed).toBe(1009);
});

it('ends the connections of a revoked person at once, and of an expired token at the next beat', async () => {
  // A client that is as busy as this process has that long for its pong.
  api = await startApi({ limits: { heartbeatMs: 1_000 } });
  const olgas = await connectLive(api.url, hello('olga'));
  const omars = await connectLive(api.url, hello('omar'));
  await olgas.until(({ type }) => type === 'welcome');
  await omars.until(({ type }) => type === 'welcome');
  api.live.revoked(({ subject }) => subject === 'olga');
  expect(await olgas.closed).toBe(4401);
  api.out.add('omar');
  expect(await omars.closed).toBe(4401);
});

it('says in the end why the token is good no longer, and to all for how long it is', async () => {
  api = await startApi({ limits: { heartbeatMs: 1_000 } });
  const client = await connectLive(api.url, hello('olga'));
  const { tokenSeconds } = (await client.until(({ type }) => type === 'welcome')) as { tokenSeconds: number };
  expect(tokenSeconds).toBe(Math.floor((olga.expiresAt - api.clock.now) / 1_000));
  api.out.add('olga');
  await client.closed;
  expect(client.messages.at(-1)).toMatchObject({ type: 'error', code: 'token_invalid' });
});

it('lets nobody in who is put out while their token is looked at', async () => {
  api = await startApi({
    confirmIdentity({ subject }) {
      if (subject === 'olga') throw new SluiceError('identity_revoked', 'your access has been revoked');
    },
  });
  const client = await connectLive(api.url, hello('olga'));
  expect(await client.closed).toBe(4401);
  expect(client.messages).toMatchObject([{ type: 'error', code: 'identity_revoked' }]);
});

it('drops a peer that does not answer pings', async () => {
  api = await startApi({ limits: { heartbeatMs: 50 } });
  const client = await connectLive(api.url, hello('olga'), { autoPong: false });
  await client.until(({ type }) => type === 'welcome');
  expect(await client.closed).toBe(1006);
});

it('refuses other upgrades', async () => {
  api = await startApi();
  await expect(connectLive(`${api.url}/x`)).rejects.toThrow('404');
});

it('has room for so many connections, and for another once one is gone', async () => {
  api = await startApi({ limits: { maxClients: 1 } });
  const first = await connectLive(api.url, hello('olga'));
  await expect(connectLive(api.url)).rejects.toThrow('503');
  await expect(connectLive(`${api.url}/x`)).rejects.toThrow('404');
  first.socket.close();
  await first.closed;
  await expect.poll(() => connectLive(api.url).then(() => 'open', String)).toBe('open');
});

it('says that it goes away, and takes nobody more', async () => {
  api = await startApi();
  const client = await connectLive(api.url, hello('olga'));
  await client.until(({ type }) => type === 'welcome');
  api.live.close();
  expect(await client.closed).toBe(1001);
  await expect(connectLive(api.url)).rejects.toThrow('503');
});

it('outlives a peer that resets its connection while it is refused', async () => {
  api = await startApi();
  const port = Number(new URL(api.url).port);
  const failures: unknown[] = [];
  const onFailure = (error: unknown) => failures.push(error);
  process.on('uncaughtException', onFailure);
  for (const path of ['/x', '/api/live']) {
    for (let i = 0; i < 20; i += 1) {
      const peer = connect(port, '127.0.0.1');
      await once(peer, 'connect');
      peer.write(
        `GET ${path} HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n`,
      );
      peer.resetAndDestroy();
    }
  }
  await new Promise((resolve) => setTimeout(resolve, 200));
  process.off('uncaughtException', onFailure);
  expect(failures).toEqual([]);
});

it('ends a client that asks and asks, and reads no answer', async () => {
  api = await startApi({ limits: { maxBuffered: 1_000 } });
  const client = await connectLive(api.url, hello('olga'));
  await client.until(({ type }) => type === 'welcome');
  client.socket.pause();
  const gone = new Promise<string>((resolve) => {
    client.socket.once('error', () => resolve('reset')).once('close', () => resolve('closed'));
  });
  const ping = JSON.stringify({ type: 'ping' });
  const ask = setInterval(() => {
    for (let i = 0; i < 20_000; i += 1) client.socket.send(ping, () => undefined);
  }, 20);
  expect(await gone.finally(() => clearInterval(ask))).toMatch(/reset|closed/);
});

describe('a new token over a connection', () => {
  const send = (client: Awaited<ReturnType<typeof connectLive>>, token: string) =>
    client.socket.send(JSON.stringify({ type: 'token', token }));
  const connected = async (options: Parameters<typeof startApi>[0] = {}) => {
    api = await startApi(options);
    const client = await connectLive(api.url, hello('olga'));
    await client.until(({ type }) => type === 'welcome');
    return client;
  };

  it('of the same account takes the place of the one before', async () => {
    const client = await connected({ limits: { heartbeatMs: 500 } });
    client.send(subscribe('approvals'));
    send(client, 'olga/renewed');
    expect(await client.until(({ type }) => type === 'renewed')).toMatchObject({
      tokenSeconds: expect.any(Number),
    });
    // The old one is no longer good, and nobody minds.
    api.out.add('olga');
    await holdNow(api, deleteRequest());
    await client.until(({ type }) => type === 'approval');
    for (let beats = 0; beats < 2; beats += 1) await once(client.socket, 'ping');
    expect(client.socket.readyState).toBe(client.socket.OPEN);
  });

  it.each([
    ['of another person', 'omar', 'token_other_person'],
    ['that is no good', 'nobody', 'token_invalid'],
  ])('%s ends it', async (_, token, code) => {
    const client = await connected();
    send(client, token);
    expect(await client.closed).toBe(4401);
    expect(client.messages.at(-1)).toMatchObject({ type: 'error', code });
  });

  it('counts as a request, and is looked at alone', async () => {
    const limited = await connected({
      count: () => {
        throw new SluiceError('rate_limited', 'too many requests');
      },
    });
    send(limited, 'olga');
    expect(await limited.closed).toBe(4429);
    await api.close();
    const hasty = await connected();
    for (let i = 0; i < 3; i += 1) send(hasty, 'olga');
    expect(await hasty.closed).toBe(4400);
  });
});
