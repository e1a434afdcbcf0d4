import type { RecordedEvent } from '@sluice/contract';
import type { SessionId } from '../session/index.ts';
import { eventOf } from './log/event-log.ts';
import type { IndexedSession, RecordReaders, SessionFilter, SessionSummary } from './ports.ts';

export interface ListedSession extends SessionSummary {
  /** The relay's own session, which nobody opened. */
  readonly isRelay: boolean;
}

/**
 * Lists sessions, newest first. With `relay`, the relay's own session stands before them on the first page, unless the list is
 * of some sessions only.
 */
export async function listSessions(
  store: Pick<RecordReaders, 'index' | 'events'>,
  { relay = false, ...filter }: SessionFilter & { readonly relay?: boolean },
): Promise<readonly ListedSession[]> {
  const found = await store.index.sessions(filter);
  const listed = found.map(listedAs);
  const { person, subject, name, agent, held, among } = filter;
  const isOfAll = [person, subject, name, agent, held, among].every((one) => one === undefined);
  if (!relay || !isOfAll || filter.after !== undefined) return listed;
  const own = await relaySession(store.events);
  const { since, before } = filter;
  if (own === null || (since ?? '') > own.openedAt || (before !== undefined && before <= own.openedAt))
    return listed;
  return [own, ...listed];
}

function listedAs(found: IndexedSession): ListedSession {
  const { session, openedAt, closedAt, person, name, application, agent, held, events } = found;
  return { session, openedAt, closedAt, person, name, application, agent, held, events, isRelay: false };
}

async function relaySession(events: RecordReaders['events']): Promise<ListedSession | null> {
  const session = (await events.log())?.relaySession as SessionId | undefined;
  if (session === undefined) return null;
  const [first] = await events.ofSession(session, { after: -1, limit: 1 });
  const last = await events.lastOf(session);
  if (first === undefined || last === null) return null;
  return {
    session,
    openedAt: first.at,
    closedAt: null,
    person: '',
    name: 'the relay',
    application: 'sluice',
    agent: null,
    held: false,
    events: last.seq + 1,
    isRelay: true,
  };
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
