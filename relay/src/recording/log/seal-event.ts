import { createHash } from 'node:crypto';
import { canonicalJson, type EventBody, type EventType, type RecordedEvent } from '@sluice/contract';

/** What stands before a session's first event. */
export const NOTHING_BEFORE = '0'.repeat(64);

/** What may be missing and why, and whose keys sign: without these nothing could tell removal from tampering. */
export const NEVER_REDACTED: readonly EventType[] = [
  'redacted',
  'hold',
  'signing_key',
  'device_enrolled',
  'device_revoked',
];

/**
 * The digest that stands for a body, present or removed. The salt keeps a removed body from being guessed
 * and confirmed. docs/recording-format.md, "Event hash".
 */
export function bodyDigest(body: EventBody, salt: string): string {
  return digestOfText(canonicalJson(body), salt);
}

/** The same of a body that has been written already: long texts are written once. */
export function digestOfText(canonicalBody: string, salt: string): string {
  return digest('sluice/body/v1', `{"body":${canonicalBody},"salt":${canonicalJson(salt)}}`);
}

/** The hash of an event: over its place in the session, its time, its type and its body's digest. */
export function eventHash(event: EventPlace): string {
  const { session, seq, at, type, bodyDigest, previous } = event;
  return digest(
    'sluice/event/v1',
    canonicalJson({ version: 1, session, seq, at, type, bodyDigest, previous }),
  );
}

export interface EventPlace {
  readonly session: string;
  readonly seq: number;
  readonly at: string;
  readonly type: EventType;
  readonly bodyDigest: string;
  readonly previous: string;
}

/** The hash that an event should carry, from everything else it carries. */
export function hashOf(event: RecordedEvent): string {
  if (!('body' in event)) return eventHash(event);
  return eventHash({ ...event, type: event.body.type, bodyDigest: bodyDigest(event.body, event.salt) });
}

export function typeOf(event: RecordedEvent): EventType {
  return 'body' in event ? event.body.type : event.type;
}

/** The purpose goes first: bytes hashed for one purpose never pass for another's. */
function digest(purpose: string, text: string): string {
  return createHash('sha256').update(`${purpose}\n${text}`).digest('hex');
}
