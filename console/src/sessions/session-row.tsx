import type { SessionSummary } from '@sluice/contract';
import { Link } from '@tanstack/react-router';
import { Badge } from '../design/badge.tsx';
import { left } from '../design/durations.ts';
import { Ago } from '../design/time.tsx';
import { WORDS } from '../words.ts';
import { Outcomes } from './outcomes.tsx';
import type { Found } from './use-sessions.ts';

const words = WORDS.sessions;

/** A session in a sentence, what came of it, and when it was. */
export function SessionRow({ session }: { readonly session: SessionSummary }) {
  const { name, agent, application, outcomes, openedAt, closedAt, events, held, isRelay } = session;
  return (
    <Link to="/sessions/$id" params={{ id: session.session }} className="session-row">
      <span className="session-sentence">
        {isRelay ? (
          words.relay
        ) : (
          <>
            <strong>{name}</strong>
            {words.sentence(agent, outcomes?.statements ?? null)}
          </>
        )}
      </span>
      <span className="session-end">
        {outcomes !== null && <Outcomes outcomes={outcomes} />}
        <Ago at={openedAt} />
      </span>
      <span className="session-second">
        <span>{application}</span>
        <span>{words.events(events)}</span>
        {closedAt !== null && <span>{words.lasted(left(Date.parse(closedAt) - Date.parse(openedAt)))}</span>}
        <code>{session.session.slice(0, 8)}</code>
      </span>
      <span className="session-end">
        {held && <Badge means="neutral">{words.hold}</Badge>}
        {closedAt === null && !isRelay && <Badge means="neutral">{words.open}</Badge>}
      </span>
    </Link>
  );
}

/** An event that was found: what of it, whose it is, and a link to its moment. */
export function FoundRow({ found: { event, excerpt, session } }: { readonly found: Found }) {
  const type = 'body' in event ? event.body.type : event.type;
  return (
    <Link
      to="/sessions/$id"
      params={{ id: event.session }}
      search={{ at: event.seq }}
      className="session-row found-row"
    >
      <span className="session-sentence">
        {excerpt === null ? <Said event={event} /> : <Excerpt {...excerpt} />}
      </span>
      <span className="session-end">
        <Ago at={event.at} />
      </span>
      <span className="session-second">
        <span>{words.types[type] ?? type.replaceAll('_', ' ')}</span>
        <span>{session === null ? words.relay : session.name}</span>
        {session !== null && <span>{session.agent ?? session.application}</span>}
        <code>{event.session.slice(0, 8)}</code>
      </span>
    </Link>
  );
}

/** Events that were found by what they are about, and not by words in them. */
function Said({ event }: Pick<Found, 'event'>) {
  if (!('body' in event)) return event.type;
  const { body } = event;
  if (body.type === 'decision') return body.sentence;
  if (body.type === 'understanding') {
    return body.objects.map(({ access, name }) => `${access} ${name}`).join(', ');
  }
  if (body.type === 'blocked') return body.reason;
  return body.type.replaceAll('_', ' ');
}

function Excerpt({ text, matches, cutBefore, cutAfter }: NonNullable<Found['excerpt']>) {
  const parts = matches.flatMap(({ start, end }, index) => [
    text.slice(matches[index - 1]?.end ?? 0, start),
    <mark key={start}>{text.slice(start, end)}</mark>,
  ]);
  return (
    <code className="found-text">
      {cutBefore && '… '}
      {parts}
      {text.slice(matches.at(-1)?.end ?? 0)}
      {cutAfter && ' …'}
    </code>
  );
}
