import type { IdentitySummary } from '@sluice/contract';
import type { SessionId } from '../../session/index.ts';
import type { RecordsEvents } from '../log/event-log.ts';
import type { PutPayload, RecordReaders, RecordTransaction } from '../ports.ts';
import type { ProvingReaders } from '../log/proven-events.ts';
import type { ProvenRecord } from '../proven-record.ts';
import { announceNext, type DueSession } from './announce.ts';
import { type Believed, believed, carryOut, NOTHING_REMOVED } from './carry-out.ts';
import { dueSessions } from './due-sessions.ts';
import { createPace, type Pace, type PaceOptions } from './pace.ts';
import type { ClosedSession } from './ports.ts';
import { DAY_MS, type DueRule } from './rule.ts';
import { isDue, wholeSession } from './whole-session.ts';

export interface RetentionWork extends PaceOptions {
  readonly store: Pick<RecordReaders, 'retention' | 'payloads' | 'space'> &
    ProvingReaders & {
      compact(): Promise<boolean>;
    };
  /** What is removed is what this says. */
  readonly proof: ProvenRecord;
  /** Signs everything so far. */
  readonly checkpoint: () => Promise<{ readonly size: number }>;
  /** Takes what was removed out of the search index. */
  readonly tidyIndex: () => Promise<void>;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
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
  const pace = createPace(work);
  for await (const page of dueSessions(work.store, rule, work.proof)) {
    let waiting = await readWhole(work, { page, rule, pace });
    let after = -1;
    while (waiting.length > 0) {
      const done = await pace.inTransaction((tx, { hasTime }) =>
        announceSome(tx, { waiting, after, rule, by, hasTime, proof: work.proof }),
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

/** Those sessions that the rule applies to by their own events. */
async function readWhole(
  { store, proof }: RetentionWork,
  given: { readonly page: readonly ClosedSession[]; readonly rule: DueRule; readonly pace: Pace },
): Promise<readonly DueSession[]> {
  const { page, rule, pace } = given;
  const due: DueSession[] = [];
  for (const { session } of page) {
    await pace.breathe();
    if (await proof.isHeld(session, store)) continue;
    const whole = await wholeSession(store, session, proof, pace);
    if (isDue(whole, rule, proof)) due.push({ session: session as SessionId, end: whole.end });
  }
  return due;
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
    proof,
    ...from
  }: {
    readonly waiting: readonly DueSession[];
    readonly proof: ProvenRecord;
    readonly after: number;
    readonly rule: DueRule;
    readonly by: IdentitySummary | null;
    readonly hasTime: () => boolean;
  },
) {
  const done = { finished: 0, after: from.after, sessions: 0, bodies: 0, payloads: 0 };
  do {
    const { after, isDone, bodies, payloads } = await announceNext(tx, waiting[done.finished]!, {
      rule,
      by,
      proof,
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
  const { store, checkpoint, now, proof } = work;
  const pace = createPace(work);
  let covered = -1;
  for (;;) {
    const page = await store.retention.announced(PAGE);
    if (page.length === 0) return;
    if (covered === -1) covered = (await checkpoint()).size;
    const announced: Believed[] = [];
    for (const each of page) {
      await pace.breathe();
      announced.push(await believed(store, each, proof));
    }
    let [at, removed] = [0, NOTHING_REMOVED];
    while (at < announced.length) {
      await pace.inTransaction(async (tx, turn) => {
        do {
          const carried = await carryOut(tx, announced[at]!, { covered, now: now(), proof, removed, turn });
          // Another relay has announced it since.
          if (carried === 'uncovered') covered = -1;
          const isPart = typeof carried === 'object';
          removed = isPart ? carried : NOTHING_REMOVED;
          if (!isPart) at += 1;
        } while (at < announced.length && turn.hasTime());
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
  const pace = createPace(work);
  // The event of a newer one may still follow.
  const before = now() - DAY_MS;
  let after: PutPayload = { keptAt: since, address: '' };
  for (;;) {
    const page = await store.payloads.putBefore({ before, after, limit: PAGE });
    for (let at = 0; at < page.length;) {
      at = await pace.inTransaction(async (tx, { rows, hasTime }) => {
        let end = at;
        do {
          const some = page.slice(end, end + rows).map(({ address }) => address);
          await tx.payloads.dropUnnamed(some, before);
          end += some.length;
        } while (end < page.length && hasTime());
        return end;
      });
    }
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
