import { setImmediate as nextTurn } from 'node:timers/promises';
import type { PolicySimulation, RecordedEvent } from '@sluice/contract';
import type { Gate } from '../../gate.ts';
import type { Policy, TagLookup } from '../../policy/index.ts';
import type { ListedSession, SessionFilter } from '../../recording/index.ts';
import {
  type ChangedDecision,
  type RecordedStatement,
  recordedStatements,
  simulatePolicy,
} from '../../rehearsal/index.ts';
import type { SessionId } from '../../session/index.ts';
import { readSessionCursor, sessionCursor } from '../api/session-cursor.ts';

export interface SimulationParts {
  readonly sessions: {
    list(filter: SessionFilter): Promise<readonly ListedSession[]>;
    /** From the first on. */
    events(session: SessionId): AsyncIterable<RecordedEvent>;
  };
  /** Tags that are known beside the policy's own. */
  readonly tags: TagLookup;
  readonly lookOver: Gate['lookOver'];
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

/** What one request may cost: it is asked for page by page. */
const MOST_SESSIONS = 25;
const MOST_STATEMENTS = 500;
const MOST_CHANGES = 100;
const LONGEST_MS = 3_000;
/** UTF-16 code units of a statement's text that are shown. */
const LONGEST_SHOWN = 2_000;

/**
 * What a draft would have decided on recorded sessions, newest first, as `sluice policy simulate` has it: with the
 * catalog of today. Nothing runs. It ends after whole sessions, but for one that is longer than a page.
 */
export async function simulateDraft(
  { sessions, tags, lookOver, now }: SimulationParts,
  draft: Policy,
  after: string | null,
  gone: AbortSignal,
): Promise<PolicySimulation> {
  const until = now() + LONGEST_MS;
  const page = await sessions.list({
    limit: MOST_SESSIONS,
    ...(after === null ? {} : { after: readSessionCursor(after) }),
  });
  return await lookOver(async ({ understand }) => {
    const found = { sessions: 0, statements: 0, stricter: 0, looser: 0, cut: 0 };
    const changes: PolicySimulation['changes'] = [];
    let last: ListedSession | null = null;
    for (const session of page) {
      const isOver = now() > until || found.statements >= MOST_STATEMENTS || changes.length >= MOST_CHANGES;
      if (isOver && last !== null) break;
      gone.throwIfAborted();
      const recorded = recordedStatements(sessions.events(session.session), understand, tags);
      let isCut = false;
      const some = upTo(MOST_STATEMENTS, recorded, () => (isCut = true));
      const { statements, stricter, looser } = await simulatePolicy(draft, some, (change) =>
        changes.push(changeView(session.session, change)),
      );
      found.sessions += 1;
      found.statements += statements;
      found.stricter += stricter;
      found.looser += looser;
      found.cut += Number(isCut);
      last = session;
    }
    const isLast = last === page.at(-1) && page.length < MOST_SESSIONS;
    const next = last === null || isLast ? null : sessionCursor([last], 1);
    return { version: 1, ...found, changes, next };
  }, gone);
}

/** The first so many, with a turn for others after each. */
async function* upTo(
  most: number,
  recorded: AsyncIterable<RecordedStatement>,
  onMore: () => void,
): AsyncGenerator<RecordedStatement> {
  let count = 0;
  for await (const statement of recorded) {
    if (count === most) {
      onMore();
      return;
    }
    count += 1;
    yield statement;
    await nextTurn();
  }
}

function changeView(session: string, change: ChangedDecision): PolicySimulation['changes'][number] {
  const { statement, sql, person, was, becomes, direction } = change;
  return {
    session,
    statement,
    sql: sql.slice(0, LONGEST_SHOWN),
    more: Math.max(0, sql.length - LONGEST_SHOWN),
    person: { id: person.id, name: person.name },
    was: { ...was, masks: masksOf(was) },
    becomes: { ...becomes, masks: masksOf(becomes) },
    direction,
  };
}

/** Without what else is known of a mask. */
function masksOf({ masks }: ChangedDecision['was']) {
  return masks.map(({ output, method }) => ({ output, method }));
}
