import type { EventBody, SessionOutcomes } from '@sluice/contract';
import type { RecordReaders, SessionFilter, SessionSummary } from './ports.ts';
import { type ListedSession, listSessions } from './sessions.ts';

/** A page of a list of sessions, with what came of their statements. */
export interface SessionPage {
  readonly sessions: readonly CountedSession[];
  /** The last session that was looked at; null when there are no more. */
  readonly next: NonNullable<SessionFilter['after']> | null;
}

export interface CountedSession extends ListedSession {
  /** Null for a session of more events than are counted for a list, and for the relay's own. */
  readonly outcomes: SessionOutcomes | null;
}

export interface SessionPageOptions extends SessionFilter {
  /** With the relay's own session, as `listSessions` has it. */
  readonly relay?: boolean;
  /** Some statement of it was decided so. */
  readonly effect?: DecisionEffect | undefined;
}

/**
 * Lists sessions, newest first. With `effect`, a page may hold fewer than were asked for, even none, while there are more:
 * however rare they are, one call looks at `limit` sessions.
 */
export async function sessionPage(
  store: Pick<RecordReaders, 'index' | 'events'>,
  { relay = false, effect, ...filter }: SessionPageOptions,
): Promise<SessionPage> {
  const found = await listSessions(store, { ...filter, relay: relay && effect === undefined });
  const others = found.filter(({ isRelay }) => !isRelay);
  const last = others.length < filter.limit ? undefined : others.at(-1);
  const isCounted = ({ events }: SessionSummary) => effect !== undefined || events <= MOST_COUNTED;
  const outcomes = await store.index.outcomes(others.filter(isCounted).map(({ session }) => session));
  return {
    sessions: found
      .map((one) => ({ ...one, outcomes: outcomes.get(one.session) ?? null }))
      .filter((one) => effect === undefined || hasDecided(one.outcomes, effect)),
    next: last === undefined ? null : { openedAt: last.openedAt, session: last.session },
  };
}

type DecisionEffect = Extract<EventBody, { type: 'decision' }>['effect'];

/** What came of a longer session, its replay says. */
const MOST_COUNTED = 2_000;

function hasDecided(outcomes: SessionOutcomes | null, effect: DecisionEffect): boolean {
  if (outcomes === null) return false;
  switch (effect) {
    case 'allow':
      return outcomes.allowed > 0;
    case 'mask':
      return outcomes.masked > 0;
    case 'ask':
      return outcomes.held > 0;
    case 'block':
      return outcomes.blocked > 0;
    default:
      return effect satisfies never;
  }
}
