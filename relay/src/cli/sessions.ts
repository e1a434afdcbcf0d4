import type { EventBody, RecordedEvent } from '@sluice/contract';
import type { Kysely } from 'kysely';
import { SluiceError } from '../errors.ts';
import { listSessions, replay, type SessionFilter, type SessionSummary } from '../recording/index.ts';
import type { SessionId } from '../session/index.ts';

/** `sluice sessions list`: the newest first; with `--json`, one object a line. */
export async function listSessionsCommand(
  database: Kysely<unknown>,
  options: { readonly filter: SessionFilter; readonly json: boolean },
  print: (text: string) => void,
): Promise<void> {
  const sessions = await listSessions(database, options.filter);
  if (options.json) for (const session of sessions) print(JSON.stringify(session));
  else if (sessions.length === 0) print('no sessions on the record');
  else for (const session of sessions) print(line(session));
}

/**
 * `sluice sessions show SESSION`: its events in order; with `--json`, one object a line.
 * @throws SluiceError `session_unknown` when it is not on the record.
 */
export async function showSessionCommand(
  database: Kysely<unknown>,
  options: { readonly session: SessionId; readonly json: boolean },
  print: (text: string) => void,
): Promise<void> {
  let events = 0;
  for await (const event of replay(database, options.session)) {
    events += 1;
    print(options.json ? JSON.stringify(event) : eventLine(event));
  }
  if (events === 0) {
    throw new SluiceError('session_unknown', `session \`${options.session}\` is not on the record`, {
      advice: 'see `sluice sessions list`',
    });
  }
}

function line({
  session,
  openedAt,
  closedAt,
  name,
  application,
  agent,
  held,
  events,
}: SessionSummary): string {
  const client = agent === null ? application : `${application} (${agent})`;
  const state = [closedAt === null ? 'open' : 'closed', ...(held ? ['held'] : [])].join(', ');
  return [session, openedAt, shown(name), shown(client), `${events} events`, state].join('  ');
}

function eventLine(event: RecordedEvent): string {
  const [type, what] = 'body' in event ? [event.body.type, summary(event.body)] : [event.type, '(removed)'];
  return `${String(event.seq).padStart(4)}  ${event.at}  ${type.padEnd(16)}  ${shown(what)}`;
}

function summary(body: EventBody): string {
  switch (body.type) {
    case 'opened':
      return `${body.identity.name} by ${body.client.application} from ${body.client.address}`;
    case 'prompt':
      return body.text;
    case 'statement':
      return body.sql;
    case 'understanding':
      return body.problem ?? body.objects.map(({ access, name }) => `${access} ${name}`).join(', ');
    case 'decision':
      return `${body.effect} by ${body.rule}: ${body.reason}`;
    case 'blocked':
      return `${body.rule}: ${body.reason}`;
    case 'approval_asked':
      return `${body.needed} of ${body.approvers.join(', ')} until ${body.expiresAt}`;
    case 'approval_decided':
      return `${body.verdict} by ${body.by.name}${body.comment === '' ? '' : `: ${body.comment}`}`;
    case 'approval_ended':
      return body.how;
    case 'executed':
      return '';
    case 'result':
      return `${body.rows} rows, ${body.bytes} bytes${body.complete ? '' : ', not taken to the end'}`;
    case 'error':
      return `${body.code}: ${body.message}`;
    case 'cancelled':
      return `by ${body.by}`;
    case 'refused':
      return `${body.what}: ${body.reason}`;
    case 'notice':
      return `${body.what} ${JSON.stringify(body.detail)}`;
    case 'closed':
      return body.how;
    case 'hold':
      return `${body.held ? 'held' : 'released'} by ${body.by.name}: ${body.reason}`;
    case 'redacted':
      return `${body.rule}: ${body.events.length} bodies, ${body.payloads.length} payloads`;
    case 'device_enrolled':
    case 'device_revoked':
      return `${body.name} of ${body.identity}`;
    case 'signing_key':
      return body.key;
    default:
      return body satisfies never;
  }
}

/** What a client sent goes to a terminal: one line, and nothing that a terminal would obey. */
function shown(text: string): string {
  return text.replace(/\s+/g, ' ').replace(/[\p{Cc}\p{Cf}]/gu, '\ufffd');
}
