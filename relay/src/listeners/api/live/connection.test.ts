import { EventEmitter } from 'node:events';
import { LIVE_CLOSE, LIVE_VERSION } from '@sluice/contract';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { WebSocket } from 'ws';
import { NINE, person } from '../../../approval/testing.ts';
import { SluiceError } from '../../../errors.ts';
import type { Identity } from '../../../identity/index.ts';
import { acceptConnection, type Connected, type ConnectionParts } from './connection.ts';

const OPEN = 1;
const people: Readonly<Record<string, Identity>> = {
  olga: person('olga', ['owners'], { expiresAt: NINE + 90_500 }),
  renewed: person('olga', ['owners'], { expiresAt: NINE + 300_000 }),
  old: person('olga', ['owners'], { expiresAt: NINE - 5_000 }),
  omar: person('omar', ['owners']),
};

/** What the connection was sent and how it was ended; what the parts were told. */
let sent: { readonly type: string; readonly code?: string }[];
let ended: unknown[];
let refused: { code: string; what: string }[];
let counts: { admitted: string[]; released: number; counted: string[]; left: number; rechecked: number };
let faults: { admit?: Error; count?: Error; confirm?: Error; guard?: Error };
/** Awaited before a token is known. */
let checking: Promise<void>;
let connected: Connected[];
let socket: EventEmitter & { readyState: number };

beforeEach(() => {
  vi.useFakeTimers();
  [sent, ended, refused, connected, faults] = [[], [], [], [], {}];
  counts = { admitted: [], released: 0, counted: [], left: 0, rechecked: 0 };
  checking = Promise.resolve();
  const close = (...how: unknown[]) => {
    ended.push(...how);
    socket.readyState = 3;
    socket.emit('close');
  };
  socket = Object.assign(new EventEmitter(), {
    OPEN,
    readyState: OPEN,
    bufferedAmount: 0,
    send: (text: string) => void sent.push(JSON.parse(text)),
    close: (code: number) => close(code),
    terminate: () => close('terminated'),
  });
  const failing = (fault: Error | undefined) => {
    if (fault !== undefined) throw fault;
  };
  const parts = {
    async authenticate(token: string) {
      await checking;
      const found = people[token];
      if (found === undefined) throw new SluiceError('token_invalid', 'the token is not valid');
      return found;
    },
    guard(_: Identity, authority: string) {
      if (authority !== 'own') throw new Error('any token of theirs will do');
      failing(faults.guard);
    },
    confirmIdentity: () => failing(faults.confirm),
    admit(identity: Identity) {
      failing(faults.admit);
      counts.admitted.push(identity.subject);
      return () => void (counts.released += 1);
    },
    count(identity: Identity) {
      failing(faults.count);
      counts.counted.push(identity.subject);
    },
    looking: {
      enter: () => ({ leave: () => void (counts.left += 1), recheck: () => void (counts.rechecked += 1) }),
    },
    onRefused: (refusal: { code: string; what: string }) => refused.push(refusal),
    onError: () => {},
    now: () => NINE,
  } as unknown as ConnectionParts;
  const limits = { maxBuffered: 10, helloTimeoutMs: 5_000, heartbeatMs: 30_000, lookMs: 20_000 };
  acceptConnection(socket as unknown as WebSocket, parts, limits, (one) => connected.push(one));
});
afterEach(() => vi.useRealTimers());

const say = (message: unknown, isBinary = false) =>
  socket.emit(
    'message',
    Buffer.from(typeof message === 'string' ? message : JSON.stringify(message)),
    isBinary,
  );
const hello = (token = 'olga') => ({ type: 'hello', version: LIVE_VERSION, token });
/** All that can be done without time has been. */
const done = async () => await vi.advanceTimersByTimeAsync(0);
const enter = async (token?: string) => {
  say(hello(token));
  await done();
};
const lastCode = () => sent.at(-1)?.code;

describe('a connection', () => {
  it('is let in by its hello, once, with for how long what is good', async () => {
    await enter();
    expect(sent).toEqual([
      { type: 'welcome', version: LIVE_VERSION, heartbeatSeconds: 30, tokenSeconds: 90, lookSeconds: 20 },
    ]);
    expect([counts.admitted, connected.length]).toEqual([['olga'], 1]);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(ended, 'and may say nothing for long').toEqual([]);
    say(hello());
    expect([lastCode(), ended]).toEqual(['request_malformed', [LIVE_CLOSE.malformed]]);
  });

  it('has until a time for its hello, and leaves nothing behind if it goes before', async () => {
    await vi.advanceTimersByTimeAsync(4_999);
    expect(ended).toEqual([]);
    await vi.advanceTimersByTimeAsync(1);
    expect([lastCode(), ended]).toEqual(['token_invalid', [LIVE_CLOSE.unauthenticated]]);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('that goes away is forgotten, and its place given back', async () => {
    await enter();
    socket.emit('close');
    expect([counts.released, counts.left, vi.getTimerCount()]).toEqual([1, 1, 0]);
  });

  it('that goes away while its token is looked at takes no place', async () => {
    const waiting = Promise.withResolvers<void>();
    checking = waiting.promise;
    say(hello());
    socket.readyState = 3;
    socket.emit('close');
    waiting.resolve();
    await done();
    expect([counts.admitted, connected, sent, vi.getTimerCount()]).toEqual([[], [], [], 0]);
  });

  it('says nothing more until its token is known', async () => {
    const waiting = Promise.withResolvers<void>();
    checking = waiting.promise;
    say(hello());
    say({ type: 'ping' });
    waiting.resolve();
    await done();
    expect([lastCode(), counts.admitted]).toEqual(['request_malformed', []]);
  });

  it.each<[string, () => void, string, boolean]>([
    ['a token that is none', () => {}, 'token_invalid', true],
    [
      'a token of another kind',
      () => (faults.guard = new SluiceError('token_cannot_run', 'not that one')),
      'token_cannot_run',
      true,
    ],
    [
      'somebody who is out',
      () => (faults.confirm = new SluiceError('identity_revoked', 'out')),
      'identity_revoked',
      true,
    ],
    [
      'one too many',
      () => (faults.admit = new SluiceError('too_many_channels', 'too many')),
      'too_many_channels',
      false,
    ],
    ['what the relay fails of', () => (faults.admit = new TypeError('ada@example.com')), 'internal', true],
  ])('is not let in with %s', async (what, fail, code, isOnRecord) => {
    fail();
    await enter(what === 'a token that is none' ? 'nobody' : 'olga');
    expect([sent.length, lastCode(), connected]).toEqual([1, code, []]);
    expect(JSON.stringify(sent)).not.toContain('ada@');
    expect(refused).toMatchObject(isOnRecord ? [{ code, what: 'a hello of the live channel' }] : []);
  });

  it.each<[string, unknown, boolean?]>([
    ['bytes', hello(), true],
    ['no JSON', '{'],
    ['what is no message', { type: 'sing' }],
    ['what comes after a hello', { type: 'ping' }],
  ])('that begins with %s is none', async (_, message, isBinary) => {
    say(message, isBinary);
    await done();
    expect([lastCode(), counts.admitted]).toEqual(['request_malformed', []]);
  });

  it('that is being closed is not listened to, and one that breaks is over', async () => {
    await enter();
    socket.readyState = 2;
    say({ type: 'ping' });
    expect(sent).toHaveLength(1);
    socket.emit('error', new Error('reset'));
    expect(ended).toEqual(['terminated']);
  });

  it('is answered', async () => {
    await enter();
    say({ type: 'ping' });
    expect(sent.at(-1)).toEqual({ type: 'pong' });
    say({ type: 'sing' });
    expect([lastCode(), ended]).toEqual(['request_malformed', [LIVE_CLOSE.malformed]]);
  });
});

describe('another token', () => {
  const renew = async (token: string) => {
    say({ type: 'token', token });
    await done();
  };

  it('of the same account is good from then on, and what it may have is looked at again', async () => {
    await enter();
    await renew('renewed');
    expect(sent.at(-1)).toEqual({ type: 'renewed', tokenSeconds: 300 });
    expect([counts.counted, counts.rechecked]).toEqual([['olga'], 1]);
    expect(connected[0]?.client.identity()).toBe(people['renewed']);
    // And another one after it.
    await renew('old');
    expect(sent.at(-1)).toEqual({ type: 'renewed', tokenSeconds: 0 });
  });

  it('of somebody else ends the connection', async () => {
    await enter();
    await renew('omar');
    expect(lastCode()).toBe('token_other_person');
    expect(refused).toMatchObject([
      { code: 'token_other_person', what: 'a token sent over the live channel' },
    ]);
    expect([connected[0]?.client.identity(), counts.rechecked]).toEqual([people['olga'], 0]);
  });

  it('is looked at as the first was', async () => {
    await enter();
    faults.confirm = new SluiceError('identity_revoked', 'out');
    await renew('renewed');
    expect(lastCode()).toBe('identity_revoked');
  });

  it('counts as a request', async () => {
    await enter();
    faults.count = new SluiceError('rate_limited', 'too many');
    await renew('renewed');
    expect([lastCode(), ended, refused]).toEqual(['rate_limited', [LIVE_CLOSE.tooMuch], []]);
    expect(counts.rechecked).toBe(0);
  });

  it('comes one at a time, and too late for one that has gone', async () => {
    await enter();
    const waiting = Promise.withResolvers<void>();
    checking = waiting.promise;
    say({ type: 'token', token: 'renewed' });
    say({ type: 'token', token: 'renewed' });
    expect(lastCode()).toBe('request_malformed');
    waiting.resolve();
    await done();
    expect([sent.at(-1)?.type, counts.rechecked]).toEqual(['error', 0]);
  });
});

it('counts a subscription as a request', async () => {
  await enter();
  faults.count = new SluiceError('rate_limited', 'too many');
  say({ type: 'subscribe', id: 'one', topic: { name: 'approvals' }, after: null });
  expect([lastCode(), ended]).toEqual(['rate_limited', [LIVE_CLOSE.tooMuch]]);
});
