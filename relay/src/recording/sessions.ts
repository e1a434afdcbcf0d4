import type { RecordedEvent } from '@sluice/contract';
import { type Kysely, sql } from 'kysely';
import type { SessionId } from '../session/index.ts';
import { eventOf } from './log/event-log.ts';
import { recordingTables } from './tables.ts';

/** One session in a list. Times are ISO 8601, UTC. */
export interface SessionSummary {
  readonly session: SessionId;
  readonly openedAt: string;
  readonly closedAt: string | null;
  readonly person: string;
  readonly name: string;
  readonly application: string;
  readonly agent: string | null;
  /** Under legal hold. */
  readonly held: boolean;
  readonly events: number;
}

/** The newest sessions first. */
export async function listSessions(
  database: Kysely<unknown>,
  filter: SessionFilter,
): Promise<readonly SessionSummary[]> {
  let query = recordingTables(database)
    .selectFrom('recorded_session as s')
    .selectAll('s')
    .select((row) =>
      row
        .selectFrom('recorded_event as e')
        .whereRef('e.session', '=', 's.session')
        .select(sql<number>`max(e.seq) + 1`.as('n'))
        .as('events'),
    )
    .orderBy('opened_at', 'desc')
    .orderBy('session')
    .limit(filter.limit);
  if (filter.person !== undefined) query = query.where('person', '=', filter.person);
  if (filter.subject !== undefined) {
    const { subject } = filter;
    query = query.where((row) =>
      row.exists(
        row
          .selectFrom('recorded_event as first')
          .select('first.seq')
          .whereRef('first.session', '=', 's.session')
          .where('first.seq', '=', 0)
          .where(sql`json_extract(first.body, '$.identity.subject')`, '=', subject),
      ),
    );
  }
  if (filter.before !== undefined) query = query.where('opened_at', '<', filter.before);
  if (filter.since !== undefined) query = query.where('opened_at', '>=', filter.since);
  const rows = await query.execute();
  return rows.map((row) => ({
    session: row.session as SessionId,
    openedAt: row.opened_at,
    closedAt: row.closed_at,
    person: row.person,
    name: row.name,
    application: row.application,
    agent: row.agent,
    held: row.held === 1,
    events: row.events ?? 0,
  }));
}

export interface SessionFilter {
  /** An identity's id, `issuer|subject`. */
  readonly person?: string;
  /** To the letter, of those who opened them. */
  readonly subject?: string;
  /** ISO 8601, by the time of opening. */
  readonly since?: string;
  readonly before?: string;
  readonly limit: number;
}

/**
 * A session's events in order, from `after` on, as far as they are on the record now. Reads a page at a
 * time: a slow consumer holds up no write. Yields nothing for a session that is not on the record.
 */
export async function* replay(
  database: Kysely<unknown>,
  session: SessionId,
  after = -1,
): AsyncGenerator<RecordedEvent> {
  let last = after;
  for (;;) {
    const page = await recordingTables(database)
      .selectFrom('recorded_event')
      .selectAll()
      .where('session', '=', session)
      .where('seq', '>', last)
      .orderBy('seq')
      .limit(PAGE)
      .execute();
    for (const row of page) yield eventOf(row);
    if (page.length < PAGE) return;
    last = page.at(-1)!.seq;
  }
}

const PAGE = 200;

/** Whether a session's record holds a statement that came under this request id, in whatever relay. */
export async function hasRequest(
  database: Kysely<unknown>,
  session: SessionId,
  requestId: string,
): Promise<boolean> {
  const found = await recordingTables(database)
    .selectFrom('recorded_mention')
    .select('position')
    .where('kind', '=', 'request')
    .where('value', '=', requestId)
    .where('session', '=', session)
    .limit(1)
    .executeTakeFirst();
  return found !== undefined;
}
