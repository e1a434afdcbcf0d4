import { once } from 'node:events';
import { connect } from 'node:net';
import { liveServerMessage } from '@sluice/contract';
import { afterEach, describe, expect, it } from 'vitest';
import { ada, answer, deleteRequest, holdNow, person } from '../../../approval/testing.ts';
import { SluiceError } from '../../../errors.ts';
import { connectLive, hello, olga, startApi } from '../../../../../test/support/start-api.ts';

let api: Awaited<ReturnType<typeof startApi>>;
afterEach(() => api.close());

it('tells approvers and the requester of each change, and nobody else', async () => {
  api = await startApi();
  const clients = await Promise.all(['olga', 'ada', 'sam'].map((who) => connectLive(api.url, hello(who))));
  await Promise.all(clients.map((client) => client.until(({ type }) => type === 'welcome')));
  const { id, approval } = await holdNow(api, deleteRequest());
  await api.approvals.decide(olga, id, answer(approval));
  const [approver, requester, other] = clients as [
    (typeof clients)[0],
    (typeof clients)[0],
    (typeof clients)[0],
  ];
  for (const client of [approver, requester]) {
    await client.until((message) => message.type === 'approval' && message.approval.phase === 'approved');
    for (const message of client.messages) liveServerMessage.parse(message);
    expect(client.messages.map(({ type }) => type)).toEqual(['welcome', 'approval', 'approval']);
  }
  // Whoever must not know gets nothing between two messages that they do get.
  other.socket.send(JSON.stringify({ type: 'ping' }));
  await other.until(({ type }) => type === 'pong');
  expect(other.messages.map(({ type }) => type)).toEqual(['welcome', 'pong']);
});

it('goes on after the last event seen, or says that lists must be read again', async () => {
  api = await startApi({ limits: { backlog: 2 } });
  const first = await connectLive(api.url, hello('olga'));
  await first.until(({ type }) => type === 'welcome');
  const one = await holdNow(api, deleteRequest());
  const seen = await first.until(({ type }) => type === 'approval');
  first.socket.close();
  await first.closed;
  const two = await holdNow(api, deleteRequest());

  const after = seen.type === 'approval' ? seen.cursor : '';
  const again = await connectLive(api.url, hello('olga', after));
  const next = await again.until(({ type }) => type === 'approval');
  expect(next).toMatchObject({ approval: { id: two.id } });
  expect(again.messages[0]).toMatchObject({ type: 'welcome', resync: false });

  await holdNow(api, deleteRequest());
  await holdNow(api, deleteRequest());
  for (const cursor of [
    after,
    'other-epoch.1',
    after.replace(/\d+$/, '999'),
    'nonsense',
    after.replace(/\d+$/, '-1'),
  ]) {
    const late = await connectLive(api.url, hello('olga', cursor));
    expect(await late.until(({ type }) => type === 'welcome')).toMatchObject({ resync: true });
    expect(late.messages).toHaveLength(1);
    late.socket.close();
  }
  expect(one.id).not.toBe(two.id);
});

const CODES = { client_too_old: /^update the program$/, relay_too_old: /have the relay updated$/ };
it.each([
  ['version that is to come', 2, 'relay_too_old'],
  ['version that is over', 0, 'client_too_old'],
] as const)('tells a program of a %s what to do', async (_, version, code) => {
  api = await startApi();
  const client = await connectLive(api.url, { ...hello('olga'), version });
  expect(await client.closed).toBe(4426);
  expect(client.messages).toMatchObject([
    { type: 'error', code, advice: expect.stringMatching(CODES[code]) },
  ]);
});

it.each([
  ['a bad token', hello('nobody'), 4401],
  ['something else first', { type: 'ping' }, 4400],
  ['what is no JSON object', 'hello', 4400],
])('ends the connection at %s', async (_, message, code) => {
  api = await startApi();
  const client = await connectLive(api.url, message);
  expect(await client.closed).toBe(code);
  expect(client.messages).toMatchObject([{ type: 'error' }]);
});

it('ends a connection that never says who it is, or says too much', async () => {
  api = await startApi({ limits: { helloTimeout: 50 } });
  const silent = await connectLive(api.url);
  expect(await silent.closed).toBe(4401);
  await api.close();
  api = await startApi({ limits: { maxPayload: 1000 } });
  const loud = await connectLive(api.url, hello('x'.repeat(2000)));
  expect(await loud.closed).toBe(1009);
});

it('ends the connections of a revoked person at once, and of an expired token at the next beat', async () => {
  // A client that is as busy as this process has that long for its pong.
  api = await startApi({ limits: { heartbeat: 1_000 } });
  const olgas = await connectLive(api.url, hello('olga'));
  const omars = await connectLive(api.url, hello('omar'));
  await olgas.until(({ type }) => type === 'welcome');
  await omars.until(({ type }) => type === 'welcome');
  api.live.revoked(({ subject }) => subject === 'olga');
  expect(await olgas.closed).toBe(4401);
  api.out.add('omar');
  expect(await omars.closed).toBe(4401);
});

it('drops a peer that does not answer pings', async () => {
  api = await startApi({ limits: { heartbeat: 50 } });
  const client = await connectLive(api.url, hello('olga'), { autoPong: false });
  await client.until(({ type }) => type === 'welcome');
  expect(await client.closed).toBe(1006);
});

it('holds back from a client that does not read, then tells it to read the lists again', async () => {
  api = await startApi({ limits: { maxBuffered: 20_000 } });
  const slow = await connectLive(api.url, hello('olga'));
  await slow.until(({ type }) => type === 'welcome');
  slow.socket.pause();
  const bulky = person('bulky', ['analysts', 'g'.repeat(400_000)]);
  const made = 40;
  for (let i = 0; i < made; i += 1) await holdNow(api, deleteRequest(bulky));
  slow.socket.resume();
  await slow.until(({ type }) => type === 'resync');
  const told = slow.messages.filter(({ type }) => type === 'approval').length;
  expect(told).toBeLessThan(made);
  await holdNow(api, deleteRequest(ada));
  await slow.until((message) => message.type === 'approval' && message.approval.requester.name === 'ada');
});

it('refuses other upgrades', async () => {
  api = await startApi();
  await expect(connectLive(`${api.url}/x`)).rejects.toThrow('404');
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
    const client = await connected({ limits: { heartbeat: 500 } });
    send(client, 'olga/renewed');
    await client.until(({ type }) => type === 'renewed');
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
    ['that does not decide', 'olga/agent', 'token_cannot_decide'],
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
