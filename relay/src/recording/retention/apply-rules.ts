import type { IdentitySummary } from '@sluice/contract';
import type { SessionId } from '../../session/index.ts';
import type { RecordsEvents } from '../log/event-log.ts';
import type { PutPayload, RecordReaders, RecordTransaction } from '../ports.ts';
import { announceNext } from './announce.ts';
import { carryOut } from './carry-out.ts';
import { dueSessions } from './due-sessions.ts';
import type { ClosedSession } from './ports.ts';
import { DAY_MS, type DueRule } from './rule.ts';

export interface RetentionWork {
  readonly store: Pick<RecordReaders, 'retention' | 'checkpoints' | 'payloads' | 'space'> & {
    compact(): Promise<boolean>;
  };
  readonly transaction: <T>(work: (tx: RecordTransaction & RecordsEvents) => Promise<T>) => Promise<T>;
  /** Signs everything so far. */
  readonly checkpoint: () => Promise<{ readonly size: number }>;
  /** Takes what was removed out of the search index. */
  readonly tidyIndex: () => Promise<void>;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Milliseconds, of a clock that nobody sets. */
  readonly elapsed: () => number;
  /** Waits so many milliseconds. */
  readonly pause: (ms: number) => Promise<unknown>;
  /** Ends the work after the transaction under way. The next run goes on from there. */
  readonly signal: AbortSignal;
}

export interface Done {
  readonly sessions: number;
  readonly bodies: number;
  readonly payloads: number;
}

/**
 * Applies one rule, in two phases: `redacted` events say what will be removed; a checkpoint is signed that covers them; then
 * it is removed. Whoever verifies the record accepts a removal only by a signed event, so that nobody can add one later for
 * what is gone. When the relay ends between the phases, the next run begins with `removeAnnounced`.
 *
 * @param onProgress told after each transaction what it announced.
 */
export async function applyRule(
  work: RetentionWork,
  { rule, by }: { readonly rule: DueRule; readonly by: IdentitySummary | null },
  onProgress: (done: Done) => Promise<void>,
): Promise<void> {
  let announced = 0;
  for await (const page of dueSessions(work.store, rule)) {
    let waiting: readonly ClosedSession[] = page;
    let after = -1;
    while (waiting.length > 0) {
      const done = await inShortTransaction(work, (tx, hasTime) =>
        announceSome(tx, { waiting, after, rule, by, hasTime }),
      );
      waiting = waiting.slice(done.finished);
      after = done.after;
      announced += done.bodies + done.payloads;
      await onProgress(done);
      if (announced < MOST_ANNOUNCED) continue;
      await removeAnnounced(work);
      announced = 0;
    }
  }
  await removeAnnounced(work);
}

/** Removals that wait for one checkpoint. */
const MOST_ANNOUNCED = 20_000;

async function announceSome(
  tx: RecordTransaction & RecordsEvents,
  {
    waiting,
    hasTime,
    rule,
    by,
    ...from
  }: {
    readonly waiting: readonly ClosedSession[];
    readonly after: number;
    readonly rule: DueRule;
    readonly by: IdentitySummary | null;
    readonly hasTime: () => boolean;
  },
) {
  const done = { finished: 0, after: from.after, sessions: 0, bodies: 0, payloads: 0 };
  do {
    const session = waiting[done.finished]!.session as SessionId;
    const { after, isDone, bodies, payloads } = await announceNext(tx, session, {
      rule,
      by,
      after: done.after,
    });
    if (done.after === -1 && bodies + payloads > 0) done.sessions += 1;
    done.bodies += bodies;
    done.payloads += payloads;
    done.after = isDone ? -1 : after;
    if (isDone) done.finished += 1;
  } while (done.finished < waiting.length && hasTime());
  return done;
}

/** Removes what has been announced, once a checkpoint covers it. Does nothing when there is nothing. */
export async function removeAnnounced(work: RetentionWork): Promise<void> {
  const { store, checkpoint, now } = work;
  let covered = -1;
  for (;;) {
    const announced = await store.retention.announced(PAGE);
    if (announced.length === 0) return;
    if (covered === -1) covered = (await checkpoint()).size;
    for (let at = 0; at < announced.length;) {
      at += await inShortTransaction(work, async (tx, hasTime) => {
        let done = 0;
        do {
          const isCovered = await carryOut(tx, announced[at + done]!, { covered, now: now() });
          // Another relay has announced it since.
          if (!isCovered) covered = -1;
          done += 1;
        } while (at + done < announced.length && hasTime());
        return done;
      });
    }
  }
}

const PAGE = 500;

/**
 * Removes payloads that no event names: those of a relay that ended before it had recorded the event, and those that were
 * put again shortly before retention took the event that named them.
 *
 * @param since where the last sweep ended, in milliseconds since the epoch.
 * @returns where this one did.
 */
export async function sweepPayloads(work: RetentionWork, since: number): Promise<number> {
  const { store, now } = work;
  // The event of a newer one may still follow.
  const before = now() - DAY_MS;
  let after: PutPayload = { keptAt: since, address: '' };
  for (;;) {
    const page = await store.payloads.putBefore({ before, after, limit: PAGE });
    const addresses = page.map(({ address }) => address);
    if (addresses.length > 0)
      await inShortTransaction(work, (tx) => tx.payloads.dropUnnamed(addresses, before));
    if (page.length < PAGE) return Math.max(since, before);
    after = page.at(-1)!;
  }
}

/** Takes what was removed out of the files, in steps. */
export async function compactStore(work: RetentionWork): Promise<void> {
  const { store, elapsed, pause, signal } = work;
  for (;;) {
    signal.throwIfAborted();
    const began = elapsed();
    if (!(await store.compact())) return;
    await pause(elapsed() - began);
  }
}

/** How long one transaction goes on with the next thing, in milliseconds. Statements wait for it. */
const SHORT = 10;

/** A transaction that ends soon, and then leaves others as much time as it took. */
async function inShortTransaction<T>(
  { transaction, elapsed, pause, signal }: RetentionWork,
  work: (tx: RecordTransaction & RecordsEvents, hasTime: () => boolean) => Promise<T>,
): Promise<T> {
  signal.throwIfAborted();
  let began = elapsed();
  const outcome = await transaction((tx) => {
    began = elapsed();
    return work(tx, () => elapsed() - began < SHORT);
  });
  await pause(elapsed() - began);
  return outcome;
}
