import type { EventBody } from '@sluice/contract';
import { contradiction } from '../checkpoints/contradiction.ts';
import type { RecordReaders, RecordTransaction } from '../ports.ts';
import type { ProvenRecord } from '../proven-record.ts';
import { storedHash } from '../log/stored-hash.ts';
import type { Announced } from './ports.ts';
import type { Turn } from './pace.ts';
import { DAY_MS } from './rule.ts';

/** An announcement that a relay of this store made. */
export interface Believed extends Announced {
  /** Null when there is no such event: then there is nothing to carry out. */
  readonly hash: string | null;
}

/**
 * The event of an announcement: what stands in the table that names it is not signed.
 *
 * @throws SluiceError `record_contradicted` when it is not one that a relay of this store wrote.
 */
export async function believed(
  { events }: Pick<RecordReaders, 'events'>,
  announced: Announced,
  proof: Pick<ProvenRecord, 'believes'>,
): Promise<Believed> {
  const { session, seq } = announced;
  const [event] = await events.ofSession(session, { after: seq - 1, limit: 1 });
  if (event?.seq !== seq) return { ...announced, hash: null };
  if (await proof.believes(event)) return { ...announced, hash: event.hash };
  throw contradiction(
    `nothing is removed by event ${seq} of session ${session}: it is not what was recorded`,
  );
}

/** How much of what an event names has been removed: so many bodies and payloads, from the first on. */
export interface RemovedSoFar {
  readonly bodies: number;
  readonly payloads: number;
}

export const NOTHING_REMOVED: RemovedSoFar = { bodies: 0, payloads: 0 };

/**
 * Removes what a `redacted` event names, or as much of it as there is time for, if a checkpoint covers that event and the
 * session is not under legal hold. A hold that was set since calls it off: the event stays on the record, and what it names
 * and is still there stays too. Whoever begins with it anew, because the relay ended, finds some of it removed.
 *
 * @param covered how many events of the log a checkpoint covers.
 * @param now milliseconds since the epoch.
 * @returns how far it is, when there was no time for all of it; `uncovered` when no checkpoint covers the event yet.
 */
export async function carryOut(
  tx: RecordTransaction,
  announced: Believed,
  {
    covered,
    now,
    proof,
    removed,
    turn,
  }: {
    readonly covered: number;
    readonly now: number;
    readonly proof: Pick<ProvenRecord, 'isHeld'>;
    readonly removed: RemovedSoFar;
    readonly turn: Turn;
  },
): Promise<'done' | 'uncovered' | RemovedSoFar> {
  const { session, seq, hash } = announced;
  const [event] = await tx.events.ofSession(session, { after: seq - 1, limit: 1 });
  if (event !== undefined && event.position >= covered) return 'uncovered';
  const isSame =
    event !== undefined && event.seq === seq && event.hash === hash && storedHash(event) === hash;
  const body = isSame ? (JSON.parse(event.body ?? '{}') as EventBody) : null;
  if (body?.type === 'redacted' && !(await proof.isHeld(session, tx))) {
    let { bodies, payloads } = removed;
    for (let isFirst = true; bodies < body.events.length; isFirst = false) {
      if (!isFirst && !turn.hasTime()) return { bodies, payloads };
      const some = body.events.slice(bodies, bodies + turn.rows);
      await tx.index.forget(await tx.events.redact(session, some));
      bodies += some.length;
    }
    for (let isFirst = removed.bodies === bodies; payloads < body.payloads.length; isFirst = false) {
      if (!isFirst && !turn.hasTime()) return { bodies, payloads };
      const some = body.payloads.slice(payloads, payloads + turn.rows);
      await tx.index.forgetPayloads(session, some);
      // One that was kept a moment ago may be of an event that follows.
      await tx.payloads.dropUnnamed(some, now - DAY_MS);
      payloads += some.length;
    }
    if (body.events.length > 0) await tx.index.forgetSession(session);
  }
  await tx.retention.settle(announced);
  return 'done';
}
