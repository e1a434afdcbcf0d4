import { createHash } from 'node:crypto';
import { canonicalJson, type EventBody, type EventType, type RecordedEvent } from '@sluice/contract';

/** The `previous` hash of a session's first event. */
export const NOTHING_BEFORE = '0'.repeat(64);

/**
 * Events that say what was removed and why, and whose keys sign. Without them, verification could not distinguish
 * retention from tampering.
 */
export const NEVER_REDACTED: readonly EventType[] = [
  'redacted',
  'hold',
  'signing_key',
  'device_enrolled',
  'device_revoked',
  'enrolments_voided',
];

/**
 * The digest that represents a body, whether it is present or removed. The salt prevents a removed body from being
 * guessed and confirmed. See docs/recording-format.md, "Event hash".
 */
export function bodyDigest(body: EventBody, salt: string): string {
  return digestOfText(canonicalJson(body), salt);
}

/** Like `bodyDigest`, for a body already serialized as canonical JSON, so that long texts are serialized only once. */
export function digestOfText(canonicalBody: string, salt: string): string {
  return digest('sluice/body/v1', `{"body":${canonicalBody},"salt":${canonicalJson(salt)}}`);
}

/** The hash of an event, over its place in the session, its time, its type and its body's digest. */
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

/** Computes the hash that an event should have from its other fields. */
export function hashOf(event: RecordedEvent): string {
  if (!('body' in event)) return eventHash(event);
  return eventHash({ ...event, type: event.body.type, bodyDigest: bodyDigest(event.body, event.salt) });
}

export function typeOf(event: RecordedEvent): EventType {
  return 'body' in event ? event.body.type : event.type;
}

/** The purpose comes first, so that a hash made for one purpose never matches one made for another. */
function digest(purpose: string, text: string): string {
  return createHash('sha256').update(`${purpose}\n${text}`).digest('hex');
}
