import type { EventBody, RecordedEvent } from '@sluice/contract';
import type { Meaning } from '../design/badge.tsx';
import { WORDS } from '../words.ts';

/** One step of a replay, in a line. */
export interface Moment {
  /** Of its event. */
  readonly seq: number;
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly kind: MomentKind;
  readonly text: string;
  readonly means: Meaning;
}

export type MomentKind = keyof typeof WORDS.replay.kinds;

const words = WORDS.replay;

/** Null for what is seen with another moment: that a statement was understood, or sent to the warehouse. */
export function momentOf(event: RecordedEvent): Moment | null {
  const told = 'body' in event ? tell(event.body) : gone(event.type);
  if (told === null) return null;
  const [kind, text, means = 'neutral'] = told;
  return { seq: event.seq, at: Date.parse(event.at), kind, text: inOneLine(text), means };
}

type Told = readonly [kind: MomentKind, text: string, means?: Meaning] | null;

function tell(body: EventBody): Told {
  switch (body.type) {
    case 'opened':
      return ['opened', words.opened(body.identity.name, body.client.agent)];
    case 'prompt':
      return ['prompt', body.text];
    case 'statement':
      return ['statement', body.sql];
    case 'understanding':
      return body.problem === null ? null : ['decision', body.problem, 'refused'];
    case 'decision':
      return ['decision', words.decided[body.effect](body.rule), MEANS[body.effect]];
    case 'approval_asked':
    case 'access_asked':
      return ['approval', words.asked(body.needed), 'waits'];
    case 'approval_decided':
      return body.verdict === 'approve'
        ? ['approval', words.approved(body.by.name, body.comment), 'agreed']
        : ['approval', words.denied(body.by.name, body.comment), 'refused'];
    case 'approval_ended':
      // What the votes themselves say.
      if (body.how === 'approved' || body.how === 'granted' || body.how === 'denied') return null;
      return ['approval', WORDS.phases[body.how], 'refused'];
    case 'result': {
      const masked = body.columns.filter((column) => column.masked).length;
      return ['result', words.returned(body.rows, masked), masked > 0 ? 'masked' : 'neutral'];
    }
    case 'chunk_returned':
      return ['result', words.chunk(body.firstRow, body.rows)];
    case 'error':
      return ['error', `${body.code}: ${body.message}`, 'refused'];
    case 'cancelled':
      return ['error', words.cancelled(body.by), 'refused'];
    case 'refused':
      return ['error', `${body.what}: ${body.reason}`, 'refused'];
    case 'bypass_attempted':
      return body.kind === 'found'
        ? ['note', words.found(body.evidence)]
        : ['error', words.bypassed(body.evidence), 'refused'];
    case 'closed':
      return ['closed', words.closed[body.how]];
    case 'notice':
      return ['note', body.what.replaceAll('_', ' ')];
    case 'hold':
      return ['note', words.hold(body.held, body.by.name, body.reason)];
    case 'redacted':
      return ['note', words.redacted(body.rule, body.events.length)];
    case 'blocked':
    case 'executed':
      return null;
    case 'device_enrolled':
    case 'device_revoked':
    case 'enrolments_voided':
    case 'signing_key':
      return ['note', body.type.replaceAll('_', ' ')];
    default:
      return body satisfies never;
  }
}

const MEANS = { allow: 'neutral', mask: 'masked', ask: 'waits', block: 'refused' } as const;

function gone(type: EventBody['type']): Told {
  return ['removed', words.removed(type.replaceAll('_', ' '))];
}

/** All of it is shown when one comes to it. */
function inOneLine(text: string): string {
  const line = text
    .slice(0, 4 * LINE)
    .replaceAll(/[\s\p{Cf}]+/gu, ' ')
    .trim();
  return line.length > LINE || text.length > 4 * LINE ? `${line.slice(0, LINE)} …` : line;
}

const LINE = 140;

/** The statement that an event is about. */
export function statementOf(event: RecordedEvent): string | null {
  if (!('body' in event) || !('statement' in event.body)) return null;
  return event.body.statement;
}
