import { expect, it } from 'vitest';
import type { z } from 'zod';
import { isSluiceError } from '../errors.ts';
import { identityId } from '../identity/index.ts';
import { createLimits, limitsConfig, type Limits } from './index.ts';
import { createTokenBuckets } from './token-bucket.ts';

const [ada, ben] = [identityId('i', 'ada'), identityId('i', 'ben')];
let time = 1_000_000;

function limits(settings: z.input<typeof limitsConfig>): { limits: Limits; exceeded: string[] } {
  const exceeded: string[] = [];
  const config = limitsConfig.parse(settings);
  const onExceeded = ({ identity, error }: { identity: string; error: { code: string } }) =>
    void exceeded.push(`${identity} ${error.code}`);
  return { limits: createLimits({ config, now: () => time, onExceeded }), exceeded };
}

/** The code of what it throws, or null. */
function codeOf(run: () => unknown): string | null {
  try {
    run();
    return null;
  } catch (error) {
    return isSluiceError(error) ? `${error.code} ${error.retryAfterSeconds ?? '-'}` : String(error);
  }
}

it('has a default for every limit', () => {
  const { identity, all, strangers, promptBytes, statementSeconds } = limitsConfig.parse({});
  expect(strangers).toEqual({
    address: { requestsPerSecond: 20, requests: 64, connections: 1_000, liveChannels: 200 },
    all: { requestsPerSecond: 500, requests: 1_000, connections: 10_000, liveChannels: 5_000 },
  });
  expect(identity).toEqual({
    requestsPerSecond: 100,
    sessions: 1_000,
    statements: 256,
    held: 64,
    liveChannels: 50,
    liveSubscriptions: 200,
    recordedBytesPerHour: 536_870_912,
  });
  expect(all).toEqual({
    requestsPerSecond: 1_000,
    sessions: 10_000,
    statements: 4_000,
    held: 2_000,
    liveChannels: 5_000,
    liveSubscriptions: 20_000,
    recordedBytesPerHour: 4_294_967_296,
  });
  expect([promptBytes, statementSeconds]).toEqual([32_768, 3_600]);
  expect(limitsConfig.safeParse({ identity: { sessions: 0 } }).success).toBe(false);
});

it('lets ten seconds of requests come at once, then as many a second as it says', () => {
  const { limits: own, exceeded } = limits({ identity: { requestsPerSecond: 2 } });
  for (let count = 0; count < 20; count += 1) expect(own.request(ada, 0)).toBe(0);
  expect(codeOf(() => own.request(ada, 0))).toBe('rate_limited 1');
  expect(own.request(ben, 0), 'another identity').toBe(0);
  time += 1_000;
  expect([own.request(ada, 0), own.request(ada, 0)]).toEqual([0, 0]);
  expect(codeOf(() => own.request(ada, 0))).toBe('rate_limited 1');
  expect(exceeded).toEqual(['i|ada rate_limited', 'i|ada rate_limited']);
});

it('puts off those who can wait, each a little longer, and no longer than they can', () => {
  const { limits: own } = limits({ identity: { requestsPerSecond: 10 } });
  for (let count = 0; count < 100; count += 1) own.request(ada, 300);
  expect([0, 0, 0].map(() => own.request(ada, 300))).toEqual([100, 200, 300]);
  expect(codeOf(() => own.request(ada, 300))).toBe('rate_limited 1');
});

it('counts everybody together, and gives back what one had when all are too many', () => {
  const { limits: own } = limits({ identity: { requestsPerSecond: 1 }, all: { requestsPerSecond: 1 } });
  for (let count = 0; count < 10; count += 1) own.request(ada, 0);
  for (let count = 0; count < 30; count += 1)
    expect(codeOf(() => own.request(ben, 0))).toMatch('rate_limited');
  time += 1_000;
  expect(own.request(ben, 0)).toBe(0);
});

it('forgets who has not asked for a while', () => {
  const buckets = createTokenBuckets(10, 100);
  for (let key = 0; key < 5_000; key += 1) buckets.take(`${key}`, 0, 0);
  buckets.take('last', 100_000, 0);
  expect(buckets.size).toBe(1);
});

it('remembers so many, and forgets who has not taken for longest', () => {
  const buckets = createTokenBuckets(1, 2, 3);
  for (const key of ['a', 'b', 'c', 'a', 'd']) buckets.take(key, 0, 0);
  expect(buckets.size).toBe(3);
  expect(
    ['a', 'b'].map((key) => buckets.take(key, 0, 0)),
    'b is new again',
  ).toEqual([1_000, 0]);
});

it.each(['sessions', 'statements', 'held', 'liveChannels', 'liveSubscriptions'] as const)(
  '%s: so many for each, and so many in all',
  (name) => {
    const code = `too_many_${name.replace('live', '').toLowerCase()}`;
    const { limits: own, exceeded } = limits({ identity: { [name]: 2 }, all: { [name]: 3 } });
    const places = own[name];
    const [first] = [places.take(ada), places.take(ada)];
    expect(codeOf(() => places.take(ada))).toBe(`${code} 10`);
    places.take(ben);
    expect(
      codeOf(() => places.take(ben)),
      'there are three already',
    ).toBe(`${code} 10`);
    first();
    first();
    places.take(ben);
    expect(
      codeOf(() => places.take(ada)),
      'given back once, not twice',
    ).toBe(`${code} 10`);
    places.keep(ada);
    expect(exceeded).toEqual(['ada', 'ben', 'ada'].map((who) => `i|${who} ${code}`));
  },
);

it('bounds what is recorded within an hour, for each and in all', () => {
  const { limits: own } = limits({
    identity: { recordedBytesPerHour: 1_000 },
    all: { recordedBytesPerHour: 1_500 },
  });
  own.record(ada, 999);
  own.record(ada, 400);
  expect(codeOf(() => own.record(ada, 1))).toBe('record_allowance_used 3600');
  time += 1_800_000;
  own.record(ben, 101);
  expect(
    codeOf(() => own.checkRecord(ben)),
    'all together',
  ).toBe('record_allowance_used 1800');
  time += 1_800_000;
  expect(codeOf(() => own.checkRecord(ada))).toBe(null);
  own.recordAnyway(ada, 5_000);
  expect(codeOf(() => own.checkRecord(ada))).toBe('record_allowance_used 3600');
});

it('bounds prompts in bytes, whatever the alphabet', () => {
  const { limits: own } = limits({ promptBytes: 10 });
  expect(codeOf(() => own.checkPrompt('ten bytes!'))).toBe(null);
  expect(codeOf(() => own.checkPrompt('ünïcödé'))).toBe('request_too_large -');
});
