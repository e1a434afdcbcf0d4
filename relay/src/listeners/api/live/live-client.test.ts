import { EventEmitter } from 'node:events';
import { beforeEach, describe, expect, it } from 'vitest';
import type { WebSocket } from 'ws';
import { person } from '../../../approval/testing.ts';
import { SluiceError } from '../../../errors.ts';
import type { Identity } from '../../../identity/index.ts';
import { createLiveClient, type LiveClient } from './live-client.ts';

const olga = person('olga');
const renewed = person('olga', ['owners']);

let sent: unknown[];
let ended: unknown[];
/** Called once what was sent before has left the process. */
let left: (() => void)[];
let socket: EventEmitter & { readyState: number; bufferedAmount: number };
let client: LiveClient;

beforeEach(() => {
  [sent, ended, left] = [[], [], []];
  socket = Object.assign(new EventEmitter(), {
    OPEN: 1,
    readyState: 1,
    bufferedAmount: 0,
    send: (text: string) => void sent.push(JSON.parse(text)),
    ping: (_data?: string, _mask?: boolean, callback?: () => void) => void left.push(callback ?? (() => {})),
    close: (code: number) => void ended.push(code),
    terminate: () => void ended.push('terminated'),
  });
  client = createLiveClient({
    socket: socket as unknown as WebSocket,
    identity: olga,
    token: 'first',
    maxBuffered: 10,
  });
});

describe('room for more', () => {
  it('is there while little waits, and again once all of it has left', () => {
    const told: string[] = [];
    const stop = client.onRoom(() => told.push('one'));
    client.onRoom(() => told.push('two'));
    socket.bufferedAmount = 10;
    expect([client.hasRoom(), left.length]).toEqual([true, 0]);
    socket.bufferedAmount = 11;
    expect([client.hasRoom(), client.hasRoom(), left.length]).toEqual([false, false, 1]);
    // Less waits by now, but not all of it has left.
    socket.bufferedAmount = 0;
    expect([client.hasRoom(), told]).toEqual([false, []]);
    left[0]!();
    expect([client.hasRoom(), told]).toEqual([true, ['one', 'two']]);
    stop();
    socket.bufferedAmount = 11;
    client.hasRoom();
    left[1]!();
    expect(told).toEqual(['one', 'two', 'two']);
  });

  it('is never there for one that has gone', () => {
    const told: string[] = [];
    client.onRoom(() => told.push('one'));
    socket.bufferedAmount = 11;
    client.hasRoom();
    [socket.readyState, socket.bufferedAmount] = [3, 0];
    left[0]!();
    expect([client.isOpen(), client.hasRoom(), told]).toEqual([false, false, []]);
  });
});

it('ends a client that asks and does not read the answers', () => {
  socket.bufferedAmount = 10;
  client.answer({ type: 'pong' });
  socket.bufferedAmount = 11;
  client.answer({ type: 'pong' });
  expect([sent, ended]).toEqual([[{ type: 'pong' }], ['terminated']]);
});

describe('a beat', () => {
  const done = () => new Promise((resolve) => setImmediate(resolve));
  const good = async () => olga;

  it('ends a client that has not answered the one before', async () => {
    client.beat(good);
    socket.emit('pong');
    client.beat(good);
    expect([ended, left.length]).toEqual([[], 2]);
    client.beat(good);
    await done();
    expect([ended, left.length]).toEqual([['terminated'], 2]);
  });

  it('looks at its token again, and ends it when that is good no longer', async () => {
    const asked: string[] = [];
    client.beat(async (token) => {
      asked.push(token);
      return renewed;
    });
    await done();
    expect([asked, client.identity()]).toEqual([['first'], renewed]);
    socket.emit('pong');
    client.beat(() => Promise.reject(new SluiceError('identity_revoked', 'out')));
    await done();
    expect([sent, ended]).toMatchObject([[{ code: 'identity_revoked' }], [4401]]);
  });

  it.each<[string, () => Promise<Identity>]>([
    ['good', good],
    ['good no longer', () => Promise.reject(new SluiceError('token_invalid', 'no'))],
  ])('has nothing to say of a token that was %s, once another one has come', async (_, answer) => {
    const waiting = Promise.withResolvers<void>();
    client.beat(async () => {
      await waiting.promise;
      return await answer();
    });
    client.renew(renewed, 'second');
    waiting.resolve();
    await done();
    expect([client.identity(), sent, ended]).toEqual([renewed, [], []]);
  });
});
