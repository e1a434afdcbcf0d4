import type { BreakGlassReview } from '@sluice/contract';
import { beforeEach, describe, expect, it } from 'vitest';
import { ada, owners, person } from '../../../approval/testing.ts';
import type { Change, ChangePlace, ChangeTopic } from '../../../unit-of-work.ts';
import { createApprovalsStream } from './approvals-stream.ts';
import type { LiveNews, LivePage } from './stream.ts';

const [olga] = owners;
const sam = person('sam', ['security']);

let listeners: Map<ChangeTopic, (change: Change | null) => void>;
let told: ChangePlace;
/** What is kept of changes, and how they are asked for. */
let kept: readonly Change[] | null;
let asked: unknown[];
/** Reviews that there are, of anybody. */
let reviews: readonly string[];
/** Reviews that were read, in order; awaited before one is found, when there is something. */
let read: string[];
let before: Promise<void>;
let fault: Error | null;
let errors: unknown[];
/** Pages, and when the others were out. */
let journal: unknown[];
let stream: ReturnType<typeof createApprovalsStream>;

beforeEach(() => {
  [listeners, asked, read, errors, journal] = [new Map(), [], [], [], []];
  [told, kept, reviews, before, fault] = [{ number: 4, at: 36 }, [], ['a', 'b'], Promise.resolve(), null];
  stream = createApprovalsStream({
    changes: {
      follow(topic: ChangeTopic, listener: (change: Change | null) => unknown) {
        listeners.set(topic, (change) => void listener(change));
        return () => listeners.delete(topic);
      },
      told: () => told,
      async since(place: ChangePlace, most: number) {
        asked.push([place, most]);
        return kept;
      },
    } as never,
    approvals: { find: async () => null, maySee: () => true },
    reviews: {
      async find(id) {
        read.push(id);
        await before;
        if (fault !== null) throw fault;
        return reviews.includes(id) ? ({ id } as BreakGlassReview) : null;
      },
      maySee: (viewer, { id }) => viewer === sam || (viewer === olga && id === 'a'),
    },
    settle: async () => void journal.push('settled'),
    mostMissed: 7,
    onError: (error) => errors.push(error),
  });
});

const change = (number: number, key: string, topic: ChangeTopic = 'review'): Change => ({
  number,
  at: 1_000 + number,
  key,
  topic,
});
const hear = (...changes: readonly (Change | null)[]) => {
  for (const one of changes) listeners.get('review')!(one);
};
/** All that can be done without time has been. */
const done = () => new Promise((resolve) => setImmediate(resolve));
const follow = () =>
  stream.follow((page) => journal.push(page === null ? null : { ...page, news: idsOf(page) }));
const idsOf = ({ news }: Pick<LivePage, 'news'>) =>
  news.map((one) => (JSON.parse(`{${one.members()}}`) as { review: { id: string } }).review.id);
const placeOf = (number: number) => ({ number, mark: (1_000 + number).toString(36) });
const whoMaySee = (news: LiveNews) => [ada, olga, sam].filter((who) => news.isFor(who));

describe('requests and reviews as they change', () => {
  it('are told to those who follow, once everybody is out who was put out, and to nobody else', async () => {
    const stop = await follow();
    hear(change(5, 'a'));
    await done();
    expect(journal).toEqual(['settled', { news: ['a'], reached: placeOf(5) }]);
    stop();
    hear(change(6, 'a'));
    await done();
    expect(journal, 'and nothing is read for nobody').toHaveLength(2);
    expect([read, stream.reached()]).toEqual([['a'], placeOf(6)]);
  });

  it('are told each once, by its newest change, in the order of those', async () => {
    await follow();
    const waiting = Promise.withResolvers<void>();
    before = waiting.promise;
    hear(change(5, 'b'));
    await done();
    hear(change(6, 'a'), change(7, 'b'), change(8, 'c'), change(9, 'a'));
    await done();
    expect(read, 'one page is read at a time').toEqual(['b']);
    waiting.resolve();
    await done();
    expect(read).toEqual(['b', 'b', 'c', 'a']);
    expect(journal).toEqual([
      'settled',
      { news: ['b'], reached: placeOf(5) },
      'settled',
      { news: ['b', 'a'], reached: placeOf(9) },
    ]);
    expect(stream.reached()).toEqual(placeOf(9));
  });

  it('are of those who may see them, and stand where they were made', async () => {
    kept = [change(5, 'b'), change(6, 'a')];
    const { news } = (await stream.since(placeOf(4), sam))!;
    expect(news.map(({ place }) => place)).toEqual([placeOf(5), placeOf(6)]);
    expect(news.map(whoMaySee)).toEqual([[sam], [olga, sam]]);
  });

  it('have to be read by each for itself where some were missed, or cannot be read', async () => {
    await follow();
    hear(change(5, 'a'), null);
    await done();
    hear(null);
    await done();
    expect(journal).toEqual(['settled', { news: ['a'], reached: placeOf(5) }, null, null]);
    expect(stream.reached()).toEqual(placeOf(5));
    fault = new Error('the store is closed');
    hear(change(6, 'a'));
    await done();
    expect([journal.at(-1), errors, stream.reached()]).toEqual([null, [fault], placeOf(6)]);
    // And it goes on.
    fault = null;
    hear(change(7, 'a'));
    await done();
    expect(journal.at(-1)).toEqual({ news: ['a'], reached: placeOf(7) });
  });

  it('that were missed with others are read by each for itself, up to the last that is known', async () => {
    await follow();
    const waiting = Promise.withResolvers<void>();
    before = waiting.promise;
    hear(change(5, 'a'));
    await done();
    hear(change(6, 'b'), null, change(7, 'a'));
    waiting.resolve();
    await done();
    expect([journal.at(-1), read, stream.reached()]).toEqual([null, ['a'], placeOf(7)]);
  });

  it('begin where the feed was, and end with the stream', async () => {
    expect(stream.reached()).toEqual({ number: 4, mark: '10' });
    expect([...listeners.keys()]).toEqual(['approval', 'review']);
    stream.close();
    expect(listeners.size).toBe(0);
  });
});

describe('what came after a place', () => {
  it('is the newest state of requests and reviews, up to the last change of any kind', async () => {
    kept = [change(5, 'a'), change(6, 'a', 'tag'), change(7, 'b'), change(8, 'x', 'session')];
    const page = await stream.since({ number: 4, mark: '10' }, sam);
    expect([idsOf(page!), page!.reached]).toEqual([['a', 'b'], placeOf(8)]);
    expect(asked).toEqual([[{ number: 4, at: 36 }, 7]]);
    expect(journal).toEqual(['settled']);
  });

  it('is nothing, or no longer known', async () => {
    expect(await stream.since(placeOf(4), sam)).toEqual({ news: [], reached: placeOf(4) });
    kept = null;
    expect(await stream.since(placeOf(4), sam)).toBeNull();
  });

  it('has no requests that there are no more', async () => {
    kept = [change(5, 'a', 'approval'), change(6, 'z')];
    expect(await stream.since(placeOf(4), sam)).toEqual({ news: [], reached: placeOf(6) });
    expect(read).toEqual(['z']);
  });
});
