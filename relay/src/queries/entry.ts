import { createHash } from 'node:crypto';
import { SluiceError } from '../errors.ts';
import { isSettled, type Query, type QueryOrder, type QueryStatus } from './query.ts';

/** A query as its registry keeps it. */
export interface Entry extends Query {
  readonly parts: Entry[];
  readonly abort: AbortController;
  /** Aborts when its result is no longer kept. */
  readonly forgotten: AbortController;
  /** Of all that a repeat must have in common. */
  readonly fingerprint: string;
  readonly waiters: Set<() => void>;
  /** Stops it when it has been running for too long; null while people are asked, and when it is over. */
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

export function fingerprintOf({ sql, binds, describeOnly }: QueryOrder): string {
  return createHash('sha256')
    .update(JSON.stringify([sql, binds, describeOnly]))
    .digest('base64');
}

/** A settled status is final, but for what `breakOff` makes of it. */
export function changeStatus(entry: Entry, status: QueryStatus): void {
  if (isSettled(entry.status)) return;
  entry.status = status;
  wake(entry);
}

/** What becomes of a result of which there will be nothing more, although it had been listed. */
export function breakOff(entry: Entry, error: SluiceError): void {
  entry.status = { phase: 'failed', error };
  entry.forgotten.abort(error);
}

export function wake(entry: Entry): void {
  const waiters = [...entry.waiters];
  entry.waiters.clear();
  for (const waiter of waiters) waiter();
}

/** Resolves at the next change of its status, or when `deadline` aborts. */
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

/** Gives it `ms` milliseconds from now, whatever it had before; null when its time stands still. */
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
