import type { EventBody } from '@sluice/contract';
import { keepable } from '../../text/index.ts';
import type { IndexedSession, RecordReaders } from '../ports.ts';
import type { Problem } from './report.ts';

export type DerivedStore = Pick<RecordReaders, 'events' | 'index' | 'terms' | 'inspectTables'>;
/** Told of an event about which something derived says something else than the event. */
export type OnDerived = (event: Pick<Problem, 'session' | 'seq' | 'position'>, why: string) => void;

/** Compares each session in the list of sessions with its events. One that the list lacks is found from its events. */
export async function listsCheck({ events, index }: DerivedStore, onFound: OnDerived): Promise<void> {
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
    }
    const last = page.at(-1);
    if (page.length < PAGE || last === undefined) return;
    after = { openedAt: last.openedAt, session: last.session };
  }
}

const PAGE = 200;

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
