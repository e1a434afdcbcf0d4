import { createHash } from 'node:crypto';
import { SluiceError } from '../errors.ts';
import { isSettled, type Query, type QueryOrder, type QueryStatus } from './query.ts';

/** A query with its internal state. */
export interface Entry extends Query {
  /** It changes when the request turns out to have been sent before: to the id of the statement that it was then. */
  queryId: string;
  readonly parts: Entry[];
  readonly abort: AbortController;
  /** Aborts when its result is no longer kept. */
  readonly forgotten: AbortController;
  /** Hash of everything that a repeated request must have in common with the first. */
  readonly fingerprint: string;
  readonly waiters: Set<() => void>;
  /** Stops the statement when it runs for too long; null while it waits for approval and when it has settled. */
  deadline: NodeJS.Timeout | null;
  status: QueryStatus;
  endedAt: number | null;
  /** When its client last waited for it. */
  lastSeenAt: number;
}

export function createEntry(queryId: string, order: QueryOrder, submittedAt: number): Entry {
  const { session, requestId, sql, describeOnly, attended } = order;
  return {
    queryId,
    requestId,
    session,
    sql,
    describeOnly,
    attended,
    submittedAt,
    parts: [],
    abort: new AbortController(),
    forgotten: new AbortController(),
    fingerprint: fingerprintOf(order),
    waiters: new Set(),
    deadline: null,
    status: { phase: 'submitted' },
    endedAt: null,
    lastSeenAt: submittedAt,
  };
}

export function fingerprintOf({ sql, binds, describeOnly, onlyReads = false }: QueryOrder): string {
  return createHash('sha256')
    .update(JSON.stringify([sql, binds, describeOnly, onlyReads]))
    .digest('base64');
}

/** Changes the status. A settled status is final, except for `breakOff`. */
export function changeStatus(entry: Entry, status: QueryStatus): void {
  if (isSettled(entry.status)) return;
  entry.status = status;
  wake(entry);
}

/** Fails an entry that had succeeded, because the rest of its result can no longer be fetched. */
export function breakOff(entry: Entry, error: SluiceError): void {
  entry.status = { phase: 'failed', error };
  entry.forgotten.abort(error);
}

export function wake(entry: Entry): void {
  const waiters = [...entry.waiters];
  entry.waiters.clear();
  for (const waiter of waiters) waiter();
}

/** Resolves at the entry's next change of status, or when `deadline` aborts. */
export async function nextChange(entry: Entry, deadline?: AbortSignal): Promise<void> {
  await new Promise<void>((resolve) => {
    const done = () => {
      deadline?.removeEventListener('abort', done);
      entry.waiters.delete(done);
      resolve();
    };
    entry.waiters.add(done);
    deadline?.addEventListener('abort', done, { once: true });
  });
}

/** Sets a new deadline `ms` milliseconds from now, replacing any earlier one; null for no deadline. */
export function setDeadline(entry: Entry, ms: number | null): void {
  if (entry.deadline !== null) clearTimeout(entry.deadline);
  entry.deadline = ms === null ? null : setTimeout(() => stop(entry, timedOut(ms)), ms);
}

function timedOut(ms: number): SluiceError {
  return new SluiceError('statement_timeout', `the statement ran for ${ms / 1_000} seconds and was stopped`, {
    advice: 'narrow it, or ask the operator for a larger limit',
  });
}

export function stop(entry: Entry, reason: SluiceError): void {
  if (!isSettled(entry.status)) entry.abort.abort(reason);
}
