import type { EventBody, RecordedEvent } from '@sluice/contract';
import { SluiceError } from '../errors.ts';
import {
  type ListedSession,
  listSessions,
  type RecordReaders,
  replay,
  type SessionFilter,
} from '../recording/index.ts';
import type { SessionId } from '../session/index.ts';
import {
  amount,
  folded,
  joined,
  padded,
  personShown,
  quoted,
  revealed,
  shown,
  type ShownText,
  word,
  wordsShown,
} from '../text/index.ts';
import { shortId, wholeId } from './short-ids.ts';
import { type Paint, type PaintRole, roleOf, unpainted } from './paint.ts';
import { tableLines } from './table.ts';
import { jsonLine } from './terminal-text.ts';

/** `sluice sessions list`: newest first; with `--json`, one object per line. */
export async function listSessionsCommand(
  store: RecordReaders,
  options: { readonly filter: SessionFilter; readonly json: boolean },
  print: (text: string) => void,
  paint: Paint = unpainted,
): Promise<void> {
  const sessions = await listSessions(store, { ...options.filter, relay: true });
  if (options.json) for (const session of sessions) print(jsonLine(session));
  else if (sessions.length === 0) {
    print('no sessions on the record');
    print('one begins when somebody runs their first statement, or a driver signs in');
  } else for (const line of sessionLines(sessions, paint)) print(line);
}

/** A table of the relay's own data. Below each row, indented, are the person, their program and their agent. */
function sessionLines(sessions: readonly ListedSession[], paint: Paint): readonly string[] {
  const [titles = '', , ...rows] = tableLines(
    [{ title: shown`SESSION` }, { title: shown`OPENED` }, EVENTS, { title: shown`STATE` }],
    sessions.map(({ session, openedAt, events, closedAt, held }) => [
      word(shortId(session)),
      revealed(`${openedAt.slice(0, 19).replace('T', ' ')} UTC`),
      amount(events),
      joined([closedAt === null ? shown`open` : shown`closed`, ...(held ? [shown`held`] : [])], ', '),
    ]),
    paint,
  );
  return [titles, ...rows.flatMap((row, index) => [row, ...whoLines(sessions[index]!)])];
}

const EVENTS = { title: shown`EVENTS`, align: 'right' } as const;

/** Completes a session id from its first characters. */
export async function wholeSessionId(store: RecordReaders, typed: string): Promise<SessionId> {
  const known = async () =>
    (await listSessions(store, { limit: MOST_SESSIONS, relay: true })).map(({ session }) => session);
  const id = await wholeId(typed, known, { what: 'sessions', list: 'sluice sessions list' });
  return id as SessionId;
}

/** More than a person would read. */
const MOST_SESSIONS = 100_000;

/**
 * `sluice sessions show SESSION`: its events in order; with `--json`, one object per line.
 * @throws SluiceError `session_unknown` if it is not on the record.
 */
export async function showSessionCommand(
  store: RecordReaders,
  options: { readonly session: string; readonly json: boolean },
  print: (text: string) => void,
  paint: Paint = unpainted,
): Promise<void> {
  const session = await wholeSessionId(store, options.session);
  let events = 0;
  for await (const event of replay(store, session)) {
    events += 1;
    const role = roleOfEvent(event);
    const painted = (text: string) => (role === null ? text : paint(role, text));
    if (options.json) print(jsonLine(event));
    else for (const text of eventLines(event)) print(painted(text));
  }
  if (events === 0) {
    throw new SluiceError('session_unknown', `session \`${options.session}\` is not on the record`, {
      advice: 'see `sluice sessions list`',
    });
  }
}

function whoLines(listed: ListedSession): readonly ShownText[] {
  const { person, name, application, agent, isRelay } = listed;
  if (isRelay) return [shown`  the relay’s own: policies, devices, revocations, refused requests`];
  const by = agent === null ? shown`` : shown` through ${quoted(agent, SHORT)}`;
  const [issuer = '', ...subject] = person.split('|');
  const who = personShown({ name, issuer, subject: subject.join('|') });
  return folded(shown`  ${who} with ${quoted(application, SHORT)}${by}`);
}

function eventLines(event: RecordedEvent): readonly ShownText[] {
  const type = 'body' in event ? event.body.type : event.type;
  const what = 'body' in event ? summary(event.body) : shown`(removed)`;
  const place = revealed(String(event.seq).padStart(4));
  return folded(shown`${place}  ${revealed(event.at)}  ${padded(word(type), 16)}  ${what}`);
}

/** Highlights the events that stopped a statement, and decisions. */
function roleOfEvent(event: RecordedEvent): PaintRole | null {
  if (!('body' in event)) return 'aside';
  const { body } = event;
  switch (body.type) {
    case 'decision':
      return roleOf(body.effect);
    case 'approval_decided':
      return body.verdict === 'approve' ? 'good' : 'bad';
    case 'blocked':
    case 'error':
    case 'refused':
      return 'bad';
    case 'bypass_attempted':
      return body.kind === 'found' ? 'caution' : 'bad';
    case 'approval_asked':
      return 'caution';
    default:
      return null;
  }
}

/** The longest name or text that is displayed, in characters; `--json` prints them in full. */
const SHORT = { most: 80 };
const LONG = { most: 1_000, end: true };

/**
 * Reasons and messages are written by the relay, which quotes other people's texts in them. All other texts are theirs.
 */
function summary(body: EventBody): ShownText {
  switch (body.type) {
    case 'opened': {
      const { application, address } = body.client;
      return shown`${personShown(body.identity)} by ${quoted(application, SHORT)} from ${word(address)}`;
    }
    case 'prompt':
      return quoted(body.text, LONG);
    case 'statement':
      return quoted(body.sql, LONG);
    case 'understanding':
      if (body.problem !== null) return quoted(body.problem, LONG);
      return joined(
        body.objects.map(({ access, name }) => shown`${word(access)} ${word(name)}`),
        ', ',
      );
    case 'decision':
      return shown`${body.effect} by ${word(body.rule)}: ${revealed(body.reason)}`;
    case 'blocked':
      return shown`${word(body.rule)}: ${revealed(body.reason)}`;
    case 'approval_asked':
      return shown`${body.needed} of ${wordsShown(body.approvers)} until ${revealed(body.expiresAt)}`;
    case 'access_asked':
      return shown`${body.needed} of ${wordsShown(body.approvers)} until ${revealed(body.expiresAt)}, for ${quoted(body.bound.purpose, LONG)}: ${quoted(body.bound.sql, LONG)}`;
    case 'approval_decided': {
      const comment = body.comment === '' ? shown`` : shown`: ${quoted(body.comment, LONG)}`;
      return shown`${body.verdict} by ${personShown(body.by)}${comment}`;
    }
    case 'approval_ended':
      return shown`${body.how}`;
    case 'executed':
      return shown``;
    case 'result': {
      const { rows, bytes, complete, kept } = body;
      const more = kept
        ? shown`, ${kept.rows} more in ${kept.chunks} chunks that the warehouse keeps`
        : shown``;
      return shown`${rows} rows, ${bytes} bytes${complete ? '' : ', not read to the end'}${more}`;
    }
    case 'chunk_returned':
      return shown`chunk ${body.chunk}: ${body.rows} rows from row ${body.firstRow}, ${body.bytes} bytes`;
    case 'error':
      return shown`${word(body.code)}: ${revealed(body.message)}`;
    case 'cancelled':
      return shown`by ${revealed(body.by)}`;
    case 'refused':
      return shown`${quoted(body.what)}: ${quoted(body.reason)}`;
    case 'bypass_attempted':
      return shown`${quoted(body.tool, SHORT)} of ${quoted(body.harness, SHORT)}, ${quoted(body.evidence, LONG)}: ${quoted(body.excerpt, LONG)}`;
    case 'notice':
      return joined([word(body.what), ...Object.entries(body.detail).map(detailShown)], ' ');
    case 'closed':
      return shown`${body.how}`;
    case 'hold':
      return shown`${body.held ? 'held' : 'released'} by ${personShown(body.by)}: ${quoted(body.reason, LONG)}`;
    case 'redacted':
      return shown`${word(body.rule)}: ${body.events.length} bodies, ${body.payloads.length} payloads`;
    case 'device_enrolled': {
      const { name, identity, word: given } = body;
      const device = shown`${quoted(name, SHORT)} of ${word(identity)}`;
      if (given === undefined) return device;
      return shown`${device}, on the word of ${personShown(given.by)}: ${quoted(given.comment, LONG)}`;
    }
    case 'device_revoked':
      return shown`${quoted(body.name, SHORT)} of ${word(body.identity)}`;
    case 'enrolments_voided': {
      const enrolments = body.enrolments.map(({ seq }) => String(seq)).join(', ');
      return shown`${word(enrolments)} by ${personShown(body.by)}: ${quoted(body.reason, LONG)}`;
    }
    case 'signing_key':
      return word(body.key);
    default:
      return body satisfies never;
  }
}

function detailShown([name, value]: [string, string]): ShownText {
  return shown`${word(name)}=${quoted(value, LONG)}`;
}
