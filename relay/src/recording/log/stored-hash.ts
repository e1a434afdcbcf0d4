import type { EventType } from '@sluice/contract';
import type { StoredEvent } from '../stored-event.ts';
import { digestOfText, eventHash, NEVER_REDACTED, NOTHING_BEFORE } from './seal-event.ts';

/**
 * Computes the hash that a row should have from what it holds, without parsing it. Null when a column has no value of its
 * type, its body is not the one of its digest, or is gone though retention never removes it: without it, a hold would
 * hold nothing and a revocation revoke nothing.
 */
export function storedHash(row: StoredEvent): string | null {
  const { session, seq, at, type, body, salt, bodyDigest, previous } = row;
  if (!isTyped(row) || (body === null) !== (salt === null)) return null;
  if (body === null && NEVER_REDACTED.includes(type as EventType)) return null;
  if (body !== null && salt !== null && digestOfText(body, salt) !== bodyDigest) return null;
  return eventHash({ session, seq, at, type: type as EventType, bodyDigest, previous });
}

/** Whether a row is whole, and the one that its session has next after `before`; null for a session's first event. */
export function follows(row: StoredEvent, before: Pick<StoredEvent, 'seq' | 'hash'> | null): boolean {
  return (
    row.seq === (before?.seq ?? -1) + 1 &&
    row.previous === (before?.hash ?? NOTHING_BEFORE) &&
    storedHash(row) === row.hash
  );
}

/** Whether the columns have values of their types. A table that was made anew may hold anything. */
export function isTyped(row: StoredEvent): boolean {
  return (
    Number.isSafeInteger(row.position) &&
    Number.isSafeInteger(row.seq) &&
    row.seq >= 0 &&
    typeof row.session === 'string' &&
    typeof row.at === 'string' &&
    typeof row.type === 'string' &&
    typeof row.bodyDigest === 'string' &&
    typeof row.previous === 'string' &&
    typeof row.hash === 'string' &&
    (row.body === null || typeof row.body === 'string') &&
    (row.salt === null || typeof row.salt === 'string')
  );
}
