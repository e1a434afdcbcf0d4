import type { EventType } from '@sluice/contract';
import type { StoredEvent } from '../ports.ts';
import { digestOfText, eventHash } from './seal-event.ts';

/**
 * Computes the hash that a row should have from what it holds, without parsing it. Null when its body is not the one of
 * its digest.
 */
export function storedHash(row: StoredEvent): string | null {
  const { session, seq, at, type, body, salt, bodyDigest, previous } = row;
  if (body !== null && (salt === null || digestOfText(body, salt) !== bodyDigest)) return null;
  return eventHash({ session, seq, at, type: type as EventType, bodyDigest, previous });
}
