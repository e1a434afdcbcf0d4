import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { HourCount } from '../../activity/index.ts';
import { ada, person } from '../../approval/testing.ts';
import { testRoutes } from '../router/testing.ts';
import { registerOverview } from './overview-routes.ts';

const program = person('robot', ['auditors', 'security'], { kind: 'workload' });
/** An auditor’s token for running SQL. */
const agent = person('agent', ['auditors'], { mayDecide: false });

let routes: ReturnType<typeof testRoutes>;
let counts: readonly HourCount[];
let asked: unknown[];
let [place, events] = [0, 0];

beforeEach(async () => {
  [counts, asked, place, events] = [[], [], -1, 0];
  const of = (what: string) => async (since: string, before: string) => {
    asked.push([what, since, before]);
    return counts;
  };
  routes = testRoutes([ada, person('alan', ['auditors']), person('sam', ['security']), program, agent]);
  await registerOverview(routes.router, {
    activity: { hours: of('hours'), days: of('days'), place: async () => place },
    events: async () => events,
    groups: { security: ['security'], auditors: ['auditors'] },
  });
});
afterEach(() => routes.close());

const read = (who: string, since: string, before: string, by = '') =>
  routes.call(who, `/api/overview?since=${since}&before=${before}${by}`);
const today = (who = 'alan', by = '') => read(who, '2026-11-22T10:20:30Z', '2026-11-22T12:40:00Z', by);

describe('how much happened', () => {
  it('is for auditors and the security groups, with a token to decide with', async () => {
    for (const who of ['ada', 'robot', 'agent']) expect((await today(who)).status).toBe(403);
    expect(asked).toEqual([]);
    for (const who of ['alan', 'sam']) expect((await today(who)).status).toBe(200);
  });

  it('is told by the hour, each of what was counted by itself', async () => {
    const hour = '2026-11-22T10';
    const of = (what: string, count: number, at = hour) => ({ hour: at, what, count });
    counts = [
      of('decision:allow', 1),
      of('decision:mask', 2),
      of('decision:ask', 3),
      of('decision:block', 4),
      of('asked', 5),
      of('ended:approved', 6),
      of('ended:granted', 10),
      of('ended:denied', 7),
      of('ended:expired', 100),
      of('ended:cancelled', 20),
      of('ended:void', 3),
      of('refused', 8),
      of('error', 9),
      of('bypass', 13),
      of('found', 14),
      of('session', 11),
      of('session', 1),
      of('waited:60', 2),
      of('waited:more', 5),
      of('session', 1, '2026-11-22T11'),
      of('waited:60', 1, '2026-11-22T11'),
      of('waited:14400', 4, '2026-11-22T11'),
      of('something else', 1_000),
    ];
    const { body } = await today();
    const none = {
      allow: 0,
      mask: 0,
      ask: 0,
      block: 0,
      asked: 0,
      approved: 0,
      denied: 0,
      lapsed: 0,
      refused: 0,
      failed: 0,
      bypassed: 0,
      found: 0,
    };
    expect(body).toEqual({
      version: 1,
      activity: [
        {
          at: '2026-11-22T10:00:00.000Z',
          allow: 1,
          mask: 2,
          ask: 3,
          block: 4,
          asked: 5,
          approved: 16,
          denied: 7,
          lapsed: 123,
          refused: 8,
          failed: 9,
          bypassed: 13,
          found: 14,
          sessions: 12,
        },
        { at: '2026-11-22T11:00:00.000Z', ...none, sessions: 1 },
      ],
      waited: [
        { upTo: 60, requests: 3 },
        { upTo: 300, requests: 0 },
        { upTo: 900, requests: 0 },
        { upTo: 3_600, requests: 0 },
        { upTo: 14_400, requests: 4 },
        { upTo: null, requests: 5 },
      ],
      uncounted: 0,
    });
    expect(asked).toEqual([['hours', '2026-11-22T10', '2026-11-22T12']]);
  });

  it('is told by the day', async () => {
    counts = [{ hour: '2026-11-22', what: 'asked', count: 2 }];
    const { body } = await today('alan', '&by=day');
    expect(body.activity).toMatchObject([{ at: '2026-11-22T00:00:00.000Z', asked: 2 }]);
    expect(asked).toEqual([['days', '2026-11-22', '2026-11-22']]);
  });

  it('says how much is not counted yet', async () => {
    const uncounted = async (at: number, size: number) => {
      [place, events] = [at, size];
      return (await today()).body.uncounted;
    };
    expect([await uncounted(-1, 3), await uncounted(2, 3), await uncounted(0, 3)]).toEqual([3, 0, 2]);
    // Another relay has counted meanwhile.
    expect(await uncounted(5, 3)).toBe(0);
  });

  it.each([
    ['', '2026-10-22T00:00:00Z', '2026-11-22T00:00:00Z', 200],
    ['', '2026-10-22T00:00:00Z', '2026-11-22T00:00:01Z', 400],
    ['&by=day', '2025-10-18T00:00:00Z', '2026-11-22T00:00:00Z', 200],
    ['&by=day', '2025-10-18T00:00:00Z', '2026-11-22T00:00:01Z', 400],
    ['', '2026-11-22T00:00:00Z', '2026-11-22T00:00:00Z', 200],
    ['', '2026-11-22T00:00:01Z', '2026-11-22T00:00:00Z', 400],
  ])('is told%s from %s to %s: %d', async (by, since, before, status) => {
    const answer = await read('sam', since, before, by);
    const expected = status === 200 ? [200, 1, undefined] : [400, 0, 'request_malformed'];
    expect([answer.status, asked.length, answer.body.code]).toEqual(expected);
  });
});
