import type { RecordedEvent } from '@sluice/contract';
import type { SessionId } from '../session/index.ts';
import { eventOf } from './log/event-log.ts';
import type { RecordReaders, SessionFilter, SessionSummary } from './ports.ts';

/** Lists sessions, newest first. */
export async function listSessions(
  store: Pick<RecordReaders, 'index'>,
  filter: SessionFilter,
): Promise<readonly SessionSummary[]> {
  return store.index.sessions(filter);
}

/**
 * Yields the session's recorded events in order, starting after `seq` number `after`. Reads a page at a time, so a slow
 * consumer delays no writes. Yields nothing for a session that is not on the record.
 */
export async function* replay(
  store: Pick<RecordReaders, 'events'>,
  session: SessionId,
  after = -1,
): AsyncGenerator<RecordedEvent> {
  let last = after;
  for (;;) {
    const page = await store.events.ofSession(session, { after: last, limit: PAGE });
    for (const stored of page) yield eventOf(stored);
    if (page.length < PAGE) return;
    last = page.at(-1)!.seq;
  }
}

const PAGE = 200;

/** Whether a session's record holds a statement with this request id, received by any relay. */
export async function hasRequest(
  store: Pick<RecordReaders, 'index'>,
  session: SessionId,
  requestId: string,
): Promise<boolean> {
  return store.index.isMentioned({ kind: 'request', value: requestId, session });
}
