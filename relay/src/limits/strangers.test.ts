import { expect, it } from 'vitest';
import type { z } from 'zod';
import { createStrangers, limitsConfig, type StrangerRequest, type Strangers } from './index.ts';

let time = 1_000_000;
const limited = expect.objectContaining({ code: 'rate_limited' });

function strangers(config: z.input<typeof limitsConfig>['strangers']): Strangers {
  return createStrangers({ config: limitsConfig.parse({ strangers: config }).strangers, now: () => time });
}

/** So many requests that turn out to be nobody's. */
function flood(own: Strangers, address: string, count: number, credential: string | null = null): number {
  let refused = 0;
  for (let made = 0; made < count; made += 1) {
    try {
      own.request(address, credential).end();
    } catch {
      refused += 1;
    }
  }
  return refused;
}

it('counts those that turn out to be nobody\u2019s, by address, and says when to try again', () => {
  const own = strangers({ address: { requestsPerSecond: 2 } });
  expect(flood(own, '192.0.2.1', 30)).toBe(10);
  expect(() => own.request('192.0.2.1', null)).toThrow(expect.objectContaining({ retryAfterSeconds: 1 }));
  expect(flood(own, '192.0.2.2', 20), 'another address').toBe(0);
  time += 1_000;
  expect(flood(own, '192.0.2.1', 3)).toBe(1);
});

it('takes all addresses of an IPv6 network for one', () => {
  const own = strangers({ address: { requestsPerSecond: 1 } });
  for (let host = 1; host <= 10; host += 1) own.request(`2001:db8::${host}`, null).end();
  expect(() => own.request('2001:db8::99', null)).toThrow(limited);
  own.request('2001:db8:0:1::1', null).end();
});

it('counts those that are somebody\u2019s for nothing', () => {
  const own = strangers({ address: { requestsPerSecond: 1 }, all: { requestsPerSecond: 1 } });
  for (let made = 0; made < 100; made += 1) own.request('192.0.2.1', `token ${made}`).known();
  expect(flood(own, '192.0.2.1', 11)).toBe(1);
});

it('does not hold up whose token was good lately, whatever comes from their address', () => {
  const own = strangers({ address: { requestsPerSecond: 1, requests: 1 } });
  own.request('192.0.2.1', 'good').known();
  expect(flood(own, '192.0.2.1', 20, 'bad')).toBe(10);
  const slow = own.request('192.0.2.1', 'good');
  own.request('192.0.2.1', 'good').known();
  expect(() => own.request('192.0.2.1', 'other')).toThrow(limited);
  // One that is good no longer: it is a stranger's again.
  slow.end();
  expect(() => own.request('192.0.2.1', 'good')).toThrow(limited);
  time += 60_000;
  own.request('192.0.2.1', 'good').known();
  flood(own, '192.0.2.1', 20);
  own.request('192.0.2.1', 'good').known();
  time += 11 * 60_000;
  flood(own, '192.0.2.1', 20);
  expect(() => own.request('192.0.2.1', 'good'), 'too long ago').toThrow(limited);
});

it('does not hold up whose token has been good all along, however long a flood lasts', () => {
  const own = strangers({ address: { requestsPerSecond: 1 } });
  own.request('192.0.2.1', 'good').known();
  for (let minute = 0; minute < 25; minute += 5) {
    time += 5 * 60_000;
    expect(flood(own, '192.0.2.1', 20)).toBeGreaterThan(0);
    own.request('192.0.2.1', 'good').known();
  }
});

it('knows a credential that it was told will be given', () => {
  const own = strangers({ address: { requestsPerSecond: 1 } });
  own.request('192.0.2.1', null).known('session 1');
  own.request('192.0.2.1', 'session 1').known('session 2');
  flood(own, '192.0.2.1', 20);
  own.request('192.0.2.1', 'session 1').known();
  own.request('192.0.2.1', 'session 2').known();
  expect(() => own.request('192.0.2.1', 'session 3')).toThrow(limited);
});

it('bounds those of everybody together', () => {
  const own = strangers({ all: { requestsPerSecond: 1 } });
  for (let host = 1; host <= 10; host += 1) own.request(`192.0.2.${host}`, null).end();
  expect(() => own.request('192.0.2.99', null)).toThrow(limited);
});

it.each(['requests', 'connections', 'liveChannels'] as const)('bounds %s at a time', (what) => {
  const own = strangers({ address: { [what]: 2 }, all: { [what]: 3 } });
  const take = (address: string) => {
    if (what === 'connections') return own.connection(address);
    if (what === 'liveChannels') return own.liveChannel(address);
    const request: StrangerRequest = own.request(address, null);
    return () => request.end();
  };
  const first = take('192.0.2.1');
  take('192.0.2.1');
  expect(() => take('192.0.2.1')).toThrow(limited);
  take('192.0.2.2');
  expect(() => take('192.0.2.3'), 'of all').toThrow(limited);
  first();
  first();
  take('192.0.2.3');
  expect(() => take('192.0.2.1')).toThrow(limited);
});
