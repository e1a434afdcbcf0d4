import type { EventBody } from '@sluice/contract';
import type { SessionId } from '../session/index.ts';
import { NEVER_REDACTED } from './log/seal-event.ts';
import type { RecordReaders, RecordTransaction } from './ports.ts';
import type { RecordsEvents } from './log/event-log.ts';

/** What is removed from sessions that have had no new events for a while. */
export interface RetentionRule {
  /** Recorded with what the rule removed. */
  readonly name: string;
  /** Days since the session's newest event, not counting retention's own events. */
  readonly afterDays: number;
  /** `payloads`: results and binds. `bodies`: also everything in the events except their time and type. */
  readonly removes: 'payloads' | 'bodies';
}

export interface RetentionOutcome {
  readonly sessions: number;
  readonly bodies: number;
  readonly payloads: number;
}

/**
 * Removes what the rules no longer keep. Sessions that are open or under legal hold are left alone. The transaction
 * that removes something also appends a `redacted` event to the session's chain that names what was removed. The chain
 * still verifies, because the digests stay. See docs/recording-format.md, "Redaction".
 */
export async function applyRetention(options: {
  readonly store: Pick<RecordReaders, 'events' | 'index'> & { compact(): Promise<void> };
  readonly transaction: <T>(work: (tx: RecordTransaction & RecordsEvents) => Promise<T>) => Promise<T>;
  readonly now: () => number;
  readonly rules: readonly RetentionRule[];
}): Promise<RetentionOutcome> {
  const { store, transaction, now, rules } = options;
  const outcome = { sessions: 0, bodies: 0, payloads: 0 };
  for (const rule of rules) {
    const before = new Date(now() - rule.afterDays * DAY_MS).toISOString();
    for (const session of (await store.index.stillSince(before)) as readonly SessionId[]) {
      const { events, payloads } = await wanted(store, session, rule);
      if (events.length + payloads.length > 0) outcome.sessions += 1;
      for (let at = 0; at < Math.max(events.length, payloads.length); at += MOST_AT_ONCE) {
        const part = {
          events: events.slice(at, at + MOST_AT_ONCE),
          payloads: payloads.slice(at, at + MOST_AT_ONCE),
        };
        const redaction: Redaction = { type: 'redacted', rule: rule.name, ...part };
        await transaction(async (tx) => {
          await tx.record(session, redaction);
          await redact(tx, session, redaction);
        });
        outcome.bodies += part.events.length;
        outcome.payloads += part.payloads.length;
      }
    }
  }
  await transaction((tx) => tx.payloads.dropUnwanted(now() - DAY_MS));
  await store.compact();
  return outcome;
}

/** Events or payloads per transaction, to bound how long one transaction holds the database. */
const MOST_AT_ONCE = 500;
const DAY_MS = 24 * 60 * 60 * 1_000;

type Redaction = Extract<EventBody, { type: 'redacted' }>;

/** What the rule has yet to remove from the session. */
async function wanted(
  { events, index }: Pick<RecordReaders, 'events' | 'index'>,
  session: SessionId,
  rule: RetentionRule,
): Promise<Pick<Redaction, 'events' | 'payloads'>> {
  return {
    events: rule.removes === 'bodies' ? [...(await events.withBody(session, NEVER_REDACTED))] : [],
    payloads: [...(await index.payloadsOf(session))],
  };
}

async function redact(
  tx: RecordTransaction,
  session: SessionId,
  { events, payloads }: Redaction,
): Promise<void> {
  // A hold may have been set since the session was selected. The `redacted` event stays on the record, but one recorded
  // under a hold does not excuse a removal.
  if (await tx.index.isHeld(session)) return;
  await tx.index.forget(await tx.events.redact(session, events));
  await tx.index.forgetPayloads(session, payloads);
  if (events.length > 0) await tx.index.forgetSession(session);
}
