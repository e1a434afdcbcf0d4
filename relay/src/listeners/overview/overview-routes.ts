import type { ActivityView, Overview } from '@sluice/contract';
import { type ActivityReader, type HourCount, WAITED_UP_TO } from '../../activity/index.ts';
import { SluiceError } from '../../errors.ts';
import { mustBeOneOf } from '../api/must-be-one-of.ts';
import type { Router } from '../router/index.ts';

export interface OverviewParts {
  readonly activity: ActivityReader;
  /** The log's size. */
  readonly events: () => Promise<number>;
  readonly groups: { readonly security: readonly string[]; readonly auditors: readonly string[] };
}

const DAY_MS = 86_400_000;
const MOST_DAYS = { hour: 31, day: 400 } as const;

/** How much happened, from counts that are kept: no event is read for it. */
export async function registerOverview(
  router: Router,
  { activity, events, groups }: OverviewParts,
): Promise<void> {
  await router.serve('overview', {
    async read({ by: who, query: { since, before, by } }) {
      mustBeOneOf(
        who,
        [...groups.auditors, ...groups.security],
        'only auditors and the security groups see what everybody did',
      );
      const days = (Date.parse(before) - Date.parse(since)) / DAY_MS;
      if (!(days >= 0 && days <= MOST_DAYS[by])) {
        throw new SluiceError('request_malformed', `expected at most ${MOST_DAYS[by]} days by the ${by}`, {
          advice: 'ask for less, or by the day',
        });
      }
      const length = by === 'hour' ? HOUR : DAY;
      const [from, to] = [since, before].map((at) => new Date(at).toISOString().slice(0, length));
      const counts = await (by === 'hour' ? activity.hours(from!, to!) : activity.days(from!, to!));
      const place = await activity.place();
      const body: Overview = {
        version: 1,
        activity: [...Map.groupBy(counts, ({ hour }) => hour)].map(([hour, things]) =>
          activityView(hour, things),
        ),
        waited: [...WAITED_UP_TO, null].map((upTo) => ({
          upTo,
          requests: sumOf(counts, `waited:${upTo ?? 'more'}`),
        })),
        uncounted: Math.max(0, (await events()) - 1 - place),
      };
      return { status: 200, body };
    },
  });
}

/** Characters of `2026-11-22T10`. */
const HOUR = 13;
const DAY = 10;

function activityView(hour: string, counts: readonly HourCount[]): ActivityView {
  const of = (...things: readonly string[]) => things.reduce((sum, what) => sum + sumOf(counts, what), 0);
  return {
    at: hour.length === HOUR ? `${hour}:00:00.000Z` : `${hour}T00:00:00.000Z`,
    allow: of('decision:allow'),
    mask: of('decision:mask'),
    ask: of('decision:ask'),
    block: of('decision:block'),
    asked: of('asked'),
    approved: of('ended:approved', 'ended:granted'),
    denied: of('ended:denied'),
    lapsed: of('ended:expired', 'ended:cancelled', 'ended:void'),
    refused: of('refused'),
    bypassed: of('bypass'),
    found: of('found'),
    failed: of('error'),
    sessions: of('session'),
  };
}

function sumOf(counts: readonly HourCount[], wanted: string): number {
  return counts.reduce((sum, { what, count }) => (what === wanted ? sum + count : sum), 0);
}
