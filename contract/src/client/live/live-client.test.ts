import { expect, it } from 'vitest';
import { ERRORS } from '../../errors.ts';
import type { LiveServerMessage } from '../../live/messages.ts';
import { createLiveClient } from './live-client.ts';
import type { LiveClientOptions, LiveState, LiveUpdate, LiveWebSocket } from './live-options.ts';

const ID = 'a4b6c1de-0000-4000-8000-000000000000';
const AT = '2026-11-21T09:00:00.000Z';

interface FakeSocket {
  readonly url: string;
  readonly sent: Record<string, unknown>[];
  closed: boolean;
  open(): void;
  say(message: LiveServerMessage | Record<string, unknown> | string): void;
  drop(): void;
}

/** A client on sockets, timers and chance of the test's own. */
function start(options: Partial<LiveClientOptions> = {}) {
  const sockets: FakeSocket[] = [];
  const timers: { readonly ms: number; readonly run: () => void }[] = [];
  const states: LiveState[] = [];
  const tokens: boolean[] = [];
  const webSocket = (url: string): LiveWebSocket => {
    const listeners = new Map<string, (event: { data: unknown }) => void>();
    const fire = (type: string, data?: unknown) => listeners.get(type)?.({ data });
    const socket: FakeSocket = {
      url,
      sent: [],
      closed: false,
      open: () => fire('open'),
      say: (message) => fire('message', typeof message === 'string' ? message : JSON.stringify(message)),
      drop: () => fire('close'),
    };
    sockets.push(socket);
    return {
      send: (text) => void socket.sent.push(JSON.parse(text)),
      close() {
        socket.closed = true;
      },
      addEventListener(type: string, listener: (event: never) => void) {
        listeners.set(type, listener as never);
      },
    };
  };
  const client = createLiveClient({
    url: 'https://example.com/sluice',
    token: ({ renew }) => {
      tokens.push(renew);
      return `token ${tokens.length}`;
    },
    webSocket,
    random: () => 0.5,
    after(ms, run) {
      const timer = { ms, run };
      timers.push(timer);
      return () => {
        const at = timers.indexOf(timer);
        if (at >= 0) timers.splice(at, 1);
      };
    },
    onState: (state) => states.push(state),
    ...options,
  });
  const socket = async (number: number): Promise<FakeSocket> => {
    await expect.poll(() => sockets.length).toBe(number);
    return sockets[number - 1]!;
  };
  return {
    client,
    states,
    tokens,
    timers,
    socket,
    /** The next one, opened and welcomed. */
    async welcomed(number: number) {
      const one = await socket(number);
      one.open();
      one.say({ type: 'welcome', version: 2, heartbeatSeconds: 20, tokenSeconds: 600 });
      return one;
    },
    /** Lets the timer of so many milliseconds go off. */
    fire(ms: number) {
      const at = timers.findIndex((timer) => timer.ms === ms);
      if (at < 0) throw new Error(`no timer of ${ms}: ${timers.map((timer) => timer.ms).join()}`);
      const [timer] = timers.splice(at, 1);
      timer!.run();
    },
  };
}

const types = (updates: readonly LiveUpdate[]) => updates.map(({ type }) => type);

it('says hello, subscribes, and passes on what it is told', async () => {
  const { client, welcomed } = start();
  const updates: LiveUpdate[] = [];
  client.subscribe({ name: 'statements' }, (update) => void updates.push(update));
  const socket = await welcomed(1);
  client.subscribe({ name: 'session', session: ID }, (update) => void updates.push(update), { after: 'c9' });
  expect(socket.url).toBe('wss://example.com/sluice/api/live');
  expect(socket.sent).toEqual([
    { type: 'hello', version: 2, token: 'token 1' },
    { type: 'subscribe', id: '1', topic: { name: 'statements' }, after: null },
    { type: 'subscribe', id: '2', topic: { name: 'session', session: ID }, after: 'c9' },
  ]);
  socket.say({ type: 'subscribed', id: '1', cursor: 'c1', resync: true });
  socket.say({ type: 'subscribed', id: '2', cursor: 'c9', resync: false });
  const statement = { id: ID, session: ID, revision: 1, at: AT, state: 'running' } as const;
  socket.say({ type: 'statement', id: '1', cursor: 'c2', statement });
  // Of a later relay: members and messages that are not known are overlooked.
  socket.say({ type: 'resync', id: '2', cursor: 'c10', mood: 'good' });
  socket.say({ type: 'weather', id: '1' });
  expect(updates).toEqual([{ type: 'resync' }, { type: 'statement', statement }, { type: 'resync' }]);
  expect(client.state()).toEqual({ type: 'connected' });
});

it('comes back after a while that grows, and goes on where it was', async () => {
  const { client, welcomed, socket, fire, states } = start();
  client.subscribe({ name: 'approvals' }, () => {});
  const first = await welcomed(1);
  first.say({ type: 'subscribed', id: '1', cursor: 'c1', resync: true });
  first.say({ type: 'reached', id: '1', cursor: 'c5' });
  first.drop();
  for (const [number, ms] of [500, 1_000, 2_000].entries()) {
    expect(client.state()).toMatchObject({
      type: 'waiting',
      retryInMs: ms,
      error: { code: 'relay_unreachable' },
    });
    fire(ms);
    const next = await socket(number + 2);
    if (number < 2) next.drop();
  }
  const last = await welcomed(4);
  expect(last.sent.at(-1)).toEqual({ type: 'subscribe', id: '1', topic: { name: 'approvals' }, after: 'c5' });
  // It was reached: the next time it begins anew.
  last.drop();
  expect(states.at(-1)).toMatchObject({ retryInMs: 500 });
  // However long it is away, not longer than that.
  for (let attempt = 0; attempt < 12; attempt += 1) {
    fire((client.state() as { retryInMs: number }).retryInMs);
    (await socket(attempt + 5)).drop();
  }
  expect(client.state()).toMatchObject({ retryInMs: 30_000 });
});

it('renews its token in place before it expires', async () => {
  const { welcomed, fire, tokens, timers } = start();
  const socket = await welcomed(1);
  fire(540_000);
  await expect.poll(() => socket.sent.at(-1)).toEqual({ type: 'token', token: 'token 2' });
  expect(tokens).toEqual([false, true]);
  socket.say({ type: 'renewed', tokenSeconds: 100 });
  expect(timers.map(({ ms }) => ms)).toEqual([20_000, 80_000]);
  // One that is as good as over is not asked for again and again.
  socket.say({ type: 'renewed', tokenSeconds: 0 });
  expect(timers.map(({ ms }) => ms)).toEqual([20_000, 5_000]);
});

it('asks once for another token when the relay does not take the one that it has', async () => {
  const { client, welcomed, socket, tokens } = start();
  const expired = { type: 'error', code: 'token_expired', message: 'expired', advice: 'sign in' } as const;
  (await welcomed(1)).say(expired);
  const second = await socket(2);
  second.open();
  expect(second.sent).toEqual([{ type: 'hello', version: 2, token: 'token 2' }]);
  second.say(expired);
  expect(client.state()).toMatchObject({
    type: 'ended',
    error: { code: 'token_expired', advice: 'sign in' },
  });
  expect(tokens).toEqual([false, true]);
});

it.each(['client_too_old', 'relay_too_old', 'identity_revoked'] as const)(
  'does not come back after %s',
  async (code) => {
    const { client, socket, timers } = start();
    const first = await socket(1);
    first.open();
    first.say({
      type: 'error',
      code,
      message: 'no',
      advice: ERRORS[code].advice,
      served: { from: 3, to: 3 },
    });
    first.drop();
    expect(client.state()).toMatchObject({ type: 'ended', error: { code, advice: ERRORS[code].advice } });
    expect([timers, first.closed]).toEqual([[], true]);
  },
);

it('waits for as long as the relay says', async () => {
  const { client, welcomed } = start();
  const socket = await welcomed(1);
  socket.say({ type: 'error', code: 'rate_limited', message: 'slow down', advice: '', retryAfterSeconds: 7 });
  expect(client.state()).toMatchObject({
    type: 'waiting',
    retryInMs: 7_000,
    error: { code: 'rate_limited' },
  });
});

it('does not wait for ever for a welcome', async () => {
  const { client, socket, fire } = start();
  (await socket(1)).open();
  fire(15_000);
  expect(client.state()).toMatchObject({ type: 'waiting', error: { code: 'relay_timeout' } });
});

it('takes a relay that is silent for gone', async () => {
  const { client, welcomed, fire } = start();
  const socket = await welcomed(1);
  fire(20_000);
  expect(socket.sent.at(-1)).toEqual({ type: 'ping' });
  socket.say({ type: 'pong' });
  fire(20_000);
  fire(20_000);
  expect(client.state()).toMatchObject({ type: 'waiting', error: { code: 'relay_timeout' } });
  expect(socket.closed).toBe(true);
});

it.each(['no JSON', '[1]', 'null', '{"type":"welcome","version":3,"heartbeatSeconds":1,"tokenSeconds":1}'])(
  'takes nothing for an answer that is none: %s',
  async (text) => {
    const { client, socket } = start();
    const first = await socket(1);
    first.open();
    first.say(text);
    expect(client.state()).toMatchObject({ type: 'waiting', error: { code: 'answer_not_understood' } });
    expect(first.closed).toBe(true);
  },
);

it('passes on that a subscription is refused, and goes on with the others', async () => {
  const { client, welcomed, fire } = start();
  const [one, other]: [LiveUpdate[], LiveUpdate[]] = [[], []];
  client.subscribe({ name: 'session', session: ID }, (update) => void one.push(update));
  client.subscribe({ name: 'approvals' }, (update) => void other.push(update));
  const socket = await welcomed(1);
  socket.say({
    type: 'ended',
    id: '1',
    code: 'session_unknown',
    message: 'there is no such session',
    advice: '',
  });
  socket.say({ type: 'subscribed', id: '2', cursor: 'c', resync: true });
  expect(one).toMatchObject([{ type: 'ended', error: { code: 'session_unknown' } }]);
  expect(types(other)).toEqual(['resync']);
  socket.drop();
  fire(500);
  const again = await welcomed(2);
  expect(again.sent.filter(({ type }) => type === 'subscribe')).toMatchObject([{ id: '2', after: 'c' }]);
});

it('ends a subscription, and everything, without a word afterwards', async () => {
  const { client, welcomed, timers, states } = start();
  const updates: LiveUpdate[] = [];
  const subscription = client.subscribe({ name: 'approvals' }, (update) => void updates.push(update));
  const socket = await welcomed(1);
  subscription.end();
  subscription.end();
  expect(socket.sent.at(-1)).toEqual({ type: 'unsubscribe', id: '1' });
  socket.say({ type: 'subscribed', id: '1', cursor: 'c', resync: true });
  expect(updates).toEqual([]);
  client.close();
  socket.drop();
  expect([socket.closed, timers, states.at(-1)]).toEqual([true, [], { type: 'ended', error: null }]);
});

it('tries again when no token could be had', async () => {
  let isAway = true;
  const { client, fire, socket } = start({
    token: () => {
      if (isAway) throw new Error('the issuer does not answer');
      return 'token';
    },
  });
  await expect.poll(() => client.state().type).toBe('waiting');
  isAway = false;
  fire(500);
  (await socket(1)).open();
});

it('connects at once when it is told to, in the place of whatever it does', async () => {
  const { client, welcomed, socket, fire, timers, states } = start();
  client.subscribe({ name: 'approvals' }, () => {});
  const first = await welcomed(1);
  first.say({ type: 'subscribed', id: '1', cursor: 'c1', resync: true });
  // After sleep it looks open, and is dead.
  client.reconnect();
  const second = await welcomed(2);
  expect(first.closed).toBe(true);
  expect(second.sent.at(-1)).toEqual({
    type: 'subscribe',
    id: '1',
    topic: { name: 'approvals' },
    after: 'c1',
  });
  first.drop();
  expect(client.state()).toEqual({ type: 'connected' });
  second.drop();
  expect(timers.map(({ ms }) => ms)).toEqual([500]);
  client.reconnect();
  expect(timers.map(({ ms }) => ms)).not.toContain(500);
  (await socket(3)).drop();
  fire(500);
  await welcomed(4);
  client.close();
  client.reconnect();
  expect(states.at(-1)).toEqual({ type: 'ended', error: null });
});

it('takes one of two connections that are begun at once', async () => {
  const found: ((token: string) => void)[] = [];
  const { client, welcomed } = start({
    token: () => new Promise<string>((resolve) => found.push(resolve)),
  });
  client.reconnect();
  found[0]!('old');
  found[1]!('new');
  const socket = await welcomed(1);
  expect(socket.sent).toEqual([{ type: 'hello', version: 2, token: 'new' }]);
  expect(found).toHaveLength(2);
});

it('asks who looks where the relay knows of it, and of no relay that would end the connection at it', async () => {
  const { client, welcomed } = start();
  client.subscribe({ name: 'looking' }, () => {});
  client.look(ID);
  const older = await welcomed(1);
  expect(older.sent).toEqual([{ type: 'hello', version: 2, token: 'token 1' }]);
  client.close();

  const other = start();
  const updates: LiveUpdate[] = [];
  other.client.subscribe({ name: 'looking' }, (update) => void updates.push(update));
  other.client.look(ID);
  const newer = await other.socket(1);
  newer.open();
  newer.say({ type: 'welcome', version: 2, heartbeatSeconds: 20, tokenSeconds: 600, lookSeconds: 60 });
  expect(newer.sent.slice(1)).toEqual([
    { type: 'subscribe', id: '1', topic: { name: 'looking' }, after: null },
    { type: 'look', approval: ID },
  ]);
  const looking = { approval: ID, people: [{ id: 'https://id.example|olga', name: 'olga' }], more: 0 };
  newer.say({ type: 'subscribed', id: '1', cursor: '', resync: true });
  newer.say({ type: 'looking', id: '1', looking });
  expect(updates).toEqual([{ type: 'resync' }, { type: 'looking', looking }]);
});
