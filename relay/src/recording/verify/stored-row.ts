import { hash } from 'node:crypto';
import { canonicalJson, type RecordedEvent, redactedEvent, sessionEvent } from '@sluice/contract';
import { eventOf } from '../log/event-log.ts';
import { isTyped } from '../log/stored-hash.ts';
import type { StoredEvent } from '../ports.ts';
import type { Problem } from './report.ts';

export type Objection = Pick<Problem, 'what' | 'why'>;

/**
 * What is wrong with a row by itself: its values, and whether they have the hashes that it says. Reads the texts as they
 * are stored and parses none, because that is most of the work. What passes, and is then found under a checkpoint, is
 * what the relay wrote; anything else has to pass `readEvent` as well.
 */
export function objectionTo(row: StoredEvent): Objection | null {
  if (!isTyped(row)) return { what: 'unreadable', why: 'a column has a value of another type' };
  const { session, seq, at, type, salt, body, bodyDigest, previous } = row;
  if ((body === null) !== (salt === null)) {
    return { what: 'altered', why: 'it has a body or a salt, and not both' };
  }
  // As `log/seal-event.ts` writes them. A text that JSON would escape makes another hash, and is found by that.
  if (body !== null && sha256(`sluice/body/v1\n{"body":${body},"salt":"${salt}"}`) !== bodyDigest) {
    return { what: 'altered', why: 'its body is not what its digest says' };
  }
  const place = `"previous":"${previous}","seq":${seq},"session":"${session}","type":"${type}","version":1`;
  if (sha256(`sluice/event/v1\n{"at":"${at}","bodyDigest":"${bodyDigest}",${place}}`) !== row.hash) {
    return { what: 'altered', why: 'its hash is not that of its content' };
  }
  return null;
}

/**
 * Reads the event in a row that `objectionTo` has passed.
 * @returns what is wrong with it when its columns and body contradict each other, or when it is no event.
 */
export function readEvent(row: StoredEvent): RecordedEvent | Objection {
  try {
    const event = eventOf(row);
    if ('body' in event && (event.body.type !== row.type || canonicalJson(event.body) !== row.body)) {
      return { what: 'altered', why: 'its columns and its body contradict each other' };
    }
    const parsed = ('body' in event ? sessionEvent : redactedEvent).safeParse(event);
    return parsed.success ? parsed.data : { what: 'unreadable', why: 'it is not an event of this format' };
  } catch {
    return { what: 'altered', why: 'its body is not canonical JSON' };
  }
}

export function isObjection(read: RecordedEvent | Objection): read is Objection {
  return 'what' in read;
}

function sha256(text: string): string {
  return hash('sha256', text, 'hex');
}
