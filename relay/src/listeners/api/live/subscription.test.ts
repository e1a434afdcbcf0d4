import { beforeEach, describe, expect, it } from 'vitest';
import { ada, person } from '../../../approval/testing.ts';
import { type CursorScope, type Place, writeCursor } from './cursor.ts';
import type { LiveClient } from './live-client.ts';
import type { LiveNews, LivePage } from './stream.ts';
import { createSubscription, type Subscription } from './subscription.ts';

const SCOPE = 'scope' as CursorScope;
const sam = person('sam');
const at = (number: number): Place => ({ number, mark: `m${number}` });
const cursorAt = (number: number) => writeCursor(SCOPE, at(number));
const news = (number: number, isFor: LiveNews['isFor'] = () => true): LiveNews => ({
  place: at(number),
  isFor,
  members: () => `"type":"event","event":${number}`,
});
const page = (reached: number, ...all: readonly LiveNews[]): LivePage => ({
  news: all,
  reached: at(reached),
});

/** How far those who follow have been told. */
let reached: number;
/** What is durable, and from which places it was asked for. */
let durable: readonly LiveNews[] | null;
let asked: number[];
let fault: Error | null;
let failed: unknown[];
/** Awaited before what is durable is read. */
let before: Promise<void>;
/** How many more messages there is room for. */
let room: number;
let told: unknown[];
let live: ((page: LivePage | null) => void) | null;
let hasRoomAgain: (() => void) | null;
let subscription: Subscription;

beforeEach(() => {
  [reached, durable, asked, fault, failed, before] = [3, [], [], null, [], Promise.resolve()];
  [room, told, live, hasRoomAgain] = [100, [], null, null];
  const tell = (message: unknown) => {
    room -= 1;
    told.push(message);
  };
  subscription = createSubscription({
    id: 'one',
    topic: { name: 'approvals' },
    scope: SCOPE,
    stream: {
      async follow(listener) {
        live = listener;
        return () => void (live = null);
      },
      reached: () => at(reached),
      async since(place, viewer) {
        asked.push(place.number);
        await before;
        if (fault !== null) throw fault;
        const missed = durable?.filter((one) => viewer === ada && one.place.number > place.number);
        return missed === undefined ? null : page(reached, ...missed);
      },
    },
    client: {
      identity: () => ada,
      hasRoom: () => room > 0,
      onRoom(listener: () => void) {
        hasRoomAgain = listener;
        return () => void (hasRoomAgain = null);
      },
      tell: (text: string) => tell(JSON.parse(text)),
      answer: tell,
    } as unknown as LiveClient,
    // As the connection does, which ends by that.
    onFailed(error) {
      failed.push(error);
      subscription.end();
    },
  });
});

const done = () => new Promise((resolve) => setImmediate(resolve));
const subscribed = (number: number, resync: boolean) => ({
  type: 'subscribed',
  id: 'one',
  cursor: cursorAt(number),
  resync,
});
const event = (number: number) => ({ id: 'one', cursor: cursorAt(number), type: 'event', event: number });
const resync = (number: number) => ({ type: 'resync', id: 'one', cursor: cursorAt(number) });

describe('a subscription', () => {
  it('begins where those who follow are, and is then told what is for it', async () => {
    await subscription.begin(null);
    expect([told, asked]).toEqual([[subscribed(3, true)], []]);
    live!(
      page(
        6,
        news(4),
        news(5, (viewer) => viewer === sam),
        news(6),
      ),
    );
    expect(told.slice(1)).toEqual([event(4), event(6)]);
    // What it has had is not told again.
    live!(page(7, news(6), news(7)));
    expect(told.slice(3)).toEqual([event(7)]);
  });

  it('goes on after its cursor', async () => {
    durable = [news(2), news(3)];
    await subscription.begin(cursorAt(1));
    expect(told).toEqual([subscribed(1, false), event(2), event(3)]);
    expect(asked).toEqual([1]);
    live!(page(4, news(4)));
    expect(told.at(-1)).toEqual(event(4));
  });

  it('begins anew with a cursor that is none, and where nothing is kept from there', async () => {
    await subscription.begin('nonsense');
    expect([told, asked]).toEqual([[subscribed(3, true)], []]);
    [told, durable] = [[], null];
    await subscription.begin(cursorAt(1));
    expect(told).toEqual([subscribed(3, true)]);
  });

  it('reads for itself what those who follow were not told', async () => {
    await subscription.begin(null);
    [reached, durable] = [5, [news(4), news(5)]];
    live!(null);
    await done();
    expect([told.slice(1), asked]).toEqual([[event(4), event(5)], [3]]);
    live!(page(6, news(6)));
    expect(told.at(-1)).toEqual(event(6));
  });

  it('is told to read its list again where too much has come since', async () => {
    await subscription.begin(null);
    [reached, durable] = [9, null];
    live!(null);
    await done();
    expect(told.slice(1)).toEqual([resync(9)]);
    live!(page(10, news(10)));
    expect(told.at(-1)).toEqual(event(10));
  });

  it('is told nothing while its client does not keep up, and then what it missed', async () => {
    await subscription.begin(null);
    room = 1;
    live!(page(5, news(4), news(5)));
    await done();
    expect(told.slice(1)).toEqual([event(4)]);
    live!(page(6, news(6)));
    [reached, durable] = [6, [news(4), news(5), news(6)]];
    expect(told.slice(1), 'nothing live, since that would leave some out').toEqual([event(4)]);
    room = 1;
    hasRoomAgain!();
    await done();
    expect(told.slice(1)).toEqual([event(4), event(5)]);
    room = 100;
    hasRoomAgain!();
    await done();
    expect(told.slice(1)).toEqual([event(4), event(5), event(6)]);
    expect(asked).toEqual([4, 5]);
    live!(page(7, news(7)));
    expect(told.at(-1)).toEqual(event(7));
  });

  it('fails where what it missed cannot be read', async () => {
    await subscription.begin(null);
    [reached, fault] = [5, new Error('the store is closed')];
    live!(null);
    await done();
    expect([failed, asked, told]).toEqual([[fault], [3], [subscribed(3, true)]]);
  });
});

describe('while it is not known whether it may go on', () => {
  it('is told nothing, and then what came meanwhile', async () => {
    await subscription.begin(null);
    subscription.holdBack();
    subscription.holdBack();
    [reached, durable] = [4, [news(4)]];
    live!(page(4, news(4)));
    await subscription.goOn();
    expect(told).toEqual([subscribed(3, true)]);
    await subscription.goOn();
    expect(told.slice(1)).toEqual([event(4)]);
  });

  it('begins, and is told nothing', async () => {
    durable = [news(2), news(3)];
    subscription.holdBack();
    await subscription.begin(cursorAt(1));
    expect(told).toEqual([subscribed(1, false)]);
    await subscription.goOn();
    expect(told.slice(1)).toEqual([event(2), event(3)]);
  });

  it('is not told what was being read for it', async () => {
    await subscription.begin(null);
    const reading = Promise.withResolvers<void>();
    [reached, durable, before] = [4, [news(4)], reading.promise];
    live!(null);
    await done();
    subscription.holdBack();
    reading.resolve();
    await done();
    expect(told).toEqual([subscribed(3, true)]);
    await subscription.goOn();
    await done();
    expect(told.slice(1)).toEqual([event(4)]);
  });
});

describe('how far it has come', () => {
  it('is said at a beat, where nothing was told since', async () => {
    await subscription.begin(null);
    subscription.beat();
    expect(told).toHaveLength(1);
    live!(
      page(
        5,
        news(5, () => false),
      ),
    );
    room = 0;
    subscription.beat();
    expect(told).toHaveLength(1);
    room = 100;
    subscription.beat();
    expect(told.slice(1)).toEqual([{ type: 'reached', id: 'one', cursor: cursorAt(5) }]);
    subscription.beat();
    expect(told).toHaveLength(2);
    live!(page(6, news(6)));
    subscription.beat();
    expect(told).toHaveLength(3);
  });

  it('is not said before it has begun, nor while it waits', async () => {
    subscription.beat();
    await subscription.begin(null);
    live!(
      page(
        5,
        news(5, () => false),
      ),
    );
    subscription.holdBack();
    subscription.beat();
    expect(told).toEqual([subscribed(3, true)]);
  });
});

describe('one that has ended', () => {
  it('is told nothing, and follows nothing', async () => {
    await subscription.begin(null);
    const listener = live!;
    subscription.end();
    expect([live, hasRoomAgain]).toEqual([null, null]);
    listener(page(4, news(4)));
    listener(null);
    subscription.beat();
    await done();
    expect(told).toEqual([subscribed(3, true)]);
  });

  it('is told nothing of what was being read for it', async () => {
    await subscription.begin(null);
    const reading = Promise.withResolvers<void>();
    [reached, durable, before] = [4, [news(4)], reading.promise];
    live!(null);
    await done();
    subscription.end();
    reading.resolve();
    await done();
    expect(told).toEqual([subscribed(3, true)]);
  });

  it('before it began, says nothing and leaves nothing behind', async () => {
    const beginning = subscription.begin(cursorAt(1));
    subscription.end();
    await beginning;
    expect([told, live, asked]).toEqual([[], null, []]);
  });

  it('while its cursor was looked at, says nothing', async () => {
    const reading = Promise.withResolvers<void>();
    before = reading.promise;
    const beginning = subscription.begin(cursorAt(1));
    await done();
    subscription.end();
    reading.resolve();
    await beginning;
    expect(told).toEqual([]);
  });
});
