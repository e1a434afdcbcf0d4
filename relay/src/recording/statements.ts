import type { EventBody } from '@sluice/contract';
import type { SessionId } from '../session/index.ts';
import { eventOf } from './log/event-log.ts';
import type { RecordReaders } from './ports.ts';

/** A statement as its session's record has it. */
export interface SentStatement {
  readonly statement: string;
  /** Null once retention has removed it. */
  readonly sql: string | null;
  /** Of the event that says that it was sent. */
  readonly seq: number;
}

/** The statement that a session sent under this request id, to whichever relay; null when it sent none. */
export async function sentAs(
  store: Pick<RecordReaders, 'index' | 'events'>,
  session: SessionId,
  requestId: string,
): Promise<SentStatement | null> {
  const position = await store.index.mentionedAt({ kind: 'request', value: requestId, session });
  if (position === null) return null;
  const within = position + 1;
  const [stored] = await store.events.afterPosition({ after: position - 1, session, within, limit: 1 });
  if (stored === undefined) return null;
  const { body } = withBody(eventOf(stored));
  if (body?.type !== 'statement') return { statement: '', sql: null, seq: stored.seq };
  return { statement: body.statement, sql: body.sql, seq: stored.seq };
}

export type EndOfStatement = Extract<EventBody, { type: 'result' | 'blocked' | 'error' | 'cancelled' }>;

/**
 * How a statement ended, as its session's record says: looked for in `PAGES` pages of it, from the event after `seq` on,
 * or, where that is not known, in its last ones. Null when that says nothing.
 */
export async function endOnRecord(
  { events }: Pick<RecordReaders, 'events'>,
  session: SessionId,
  statement: string,
  seq: number | null,
): Promise<EndOfStatement | null> {
  const last = (await events.lastOf(session))?.seq ?? -1;
  let after = seq ?? Math.max(-1, last - PAGES * PAGE);
  let end: EndOfStatement | null = null;
  for (let page = 0; page < PAGES && after < last && end === null; page += 1) {
    for (const stored of await events.ofSession(session, { after, limit: PAGE })) {
      const { body } = withBody(eventOf(stored));
      // One that failed while its result was read has two: the later one says what was told of it.
      if (body !== null && isEnd(body) && body.statement === statement) end = body;
      after = stored.seq;
    }
  }
  return end;
}

const PAGE = 200;
const PAGES = 10;

function withBody(event: ReturnType<typeof eventOf>): { readonly body: EventBody | null } {
  return 'body' in event ? { body: event.body } : { body: null };
}

function isEnd(body: EventBody): body is EndOfStatement {
  return (
    body.type === 'result' || body.type === 'blocked' || body.type === 'error' || body.type === 'cancelled'
  );
}
