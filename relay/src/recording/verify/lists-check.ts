import type { EventBody } from '@sluice/contract';
import { keepable } from '../../text/index.ts';
import { NEVER_REDACTED } from '../log/seal-event.ts';
import type { IndexedSession, RecordReaders } from '../ports.ts';
import type { Problem } from './report.ts';

export type DerivedStore = Pick<RecordReaders, 'events' | 'index' | 'terms' | 'retention' | 'inspectTables'>;
/** Told of an event about which something derived says something else than the event. */
export type OnDerived = (event: Pick<Problem, 'session' | 'seq' | 'position'>, why: string) => void;

/** Compares each session in the list of sessions with its events. One that the list lacks is found from its events. */
export async function listsCheck(store: DerivedStore, onFound: OnDerived): Promise<void> {
  const { events, index } = store;
  const announced = await announcedIn(store);
  for (let after: { openedAt: string; session: string } | null = null; ;) {
    const page: readonly IndexedSession[] = await index.sessions({
      limit: PAGE,
      ...(after === null ? {} : { after }),
    });
    for (const listed of page) {
      const rows = await events.ofTypes(listed.session, ['opened', 'closed', 'hold']);
      const [first] = rows;
      const at = { session: listed.session, seq: first?.seq ?? null, position: first?.position ?? null };
      if (first?.type !== 'opened') {
        onFound(at, 'the list of sessions has one that nobody has opened (table recorded_session)');
        continue;
      }
      const bodies = rows.map(({ body }) => (body === null ? null : (JSON.parse(body) as EventBody)));
      const hold = bodies.findLast((body) => body?.type === 'hold');
      const closed = rows.findLast(({ type }) => type === 'closed');
      const said = {
        ...openerIn(bodies[0] ?? null),
        openedAt: first.at,
        closedAt: closed?.at ?? null,
        held: hold?.type === 'hold' && hold.held,
      };
      const differs = (Object.keys(said) as (keyof typeof said)[]).some(
        (name) => said[name] !== listed[name],
      );
      if (differs) onFound(at, 'the list of sessions says otherwise (table recorded_session)');
      if (listed.removed !== 0 && (await keepsMore(store, announced, listed, closed?.seq ?? -1)))
        onFound(at, 'retention passes over it, and has not taken all of it (table recorded_session)');
    }
    const last = page.at(-1);
    if (page.length < PAGE || last === undefined) return;
    after = { openedAt: last.openedAt, session: last.session };
  }
}

const PAGE = 200;

/** What is announced is there until it has been carried out. */
async function announcedIn({ retention }: Pick<DerivedStore, 'retention'>) {
  const rows = await retention.announced(MOST_ANNOUNCED);
  const known = new Set(rows.map(({ session, seq }) => `${session} ${seq}`));
  return {
    has: (session: string, seq: number) => rows.length === MOST_ANNOUNCED || known.has(`${session} ${seq}`),
  };
}

/** Retention carries out what it announces, session by session. */
const MOST_ANNOUNCED = 10_000;

/** Whether there is something of what retention is said to have taken of a session. What came after its end is not part of that. */
async function keepsMore(
  { events, retention }: Pick<DerivedStore, 'events' | 'retention'>,
  announced: Awaited<ReturnType<typeof announcedIn>>,
  { session, removed }: IndexedSession,
  closedAt: number,
): Promise<boolean> {
  const redactions = await events.ofTypes(session, ['redacted']);
  if (redactions.some(({ seq }) => announced.has(session, seq))) return false;
  if (removed !== 1 && removed !== 2) return true;
  for (let after = -1; after < closedAt;) {
    const page = await retention.removable(session, { after, limit: PAGE, except: NEVER_REDACTED });
    const isLeft = page.some(
      ({ seq, hasBody, payloads }) => seq <= closedAt && (payloads.length > 0 || (removed === 2 && hasBody)),
    );
    if (isLeft) return true;
    if (page.length < PAGE) return false;
    after = page.at(-1)!.seq;
  }
  // Of one that is open, retention takes nothing.
  return closedAt === -1;
}

/** As the list has it, also once retention has taken who it was. */
function openerIn(
  body: EventBody | null,
): Pick<IndexedSession, 'person' | 'subject' | 'name' | 'application' | 'agent'> {
  if (body?.type !== 'opened')
    return { person: '', subject: '', name: '(removed)', application: '', agent: null };
  const { identity, client } = body;
  return {
    person: keepable(identity.id),
    subject: keepable(identity.subject),
    name: keepable(identity.name),
    application: keepable(client.application),
    agent: client.agent === null ? null : keepable(client.agent),
  };
}
