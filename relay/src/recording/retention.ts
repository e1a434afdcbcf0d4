import type { EventBody } from '@sluice/contract';
import type { SessionId } from '../session/index.ts';
import { NEVER_REDACTED } from './log/seal-event.ts';
import type { RecordReaders, RecordTransaction } from './ports.ts';
import type { RecordsEvents } from './log/event-log.ts';

/** What is removed from sessions when they have been still for so long. */
export interface RetentionRule {
  /** Stands on the record beside what it removed. */
  readonly name: string;
  /** Since the session's newest event other than retention's own. */
  readonly afterDays: number;
  /** `payloads`: results and binds. `bodies`: these, and everything that the events say beside their time and type. */
  readonly removes: 'payloads' | 'bodies';
}

export interface RetentionOutcome {
  readonly sessions: number;
  readonly bodies: number;
  readonly payloads: number;
}

/**
 * Removes what the rules no longer want. A session that is under legal hold, or open still, is left alone. What was
 * removed is named by a `redacted` event in the session's own chain, in the transaction that removes it; the chain
 * goes on checking, over the digests that stay. docs/recording-format.md, "Redaction".
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

/** Bounds the time that one transaction holds the database. */
const MOST_AT_ONCE = 500;
const DAY_MS = 24 * 60 * 60 * 1_000;

type Redaction = Extract<EventBody, { type: 'redacted' }>;

/** What the rule removes from the session and is there still. */
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
  // A hold may have been set since the session was chosen. The event stays; behind a hold it excuses nothing.
  if (await tx.index.isHeld(session)) return;
  await tx.index.forget(await tx.events.redact(session, events));
  await tx.index.forgetPayloads(session, payloads);
  if (events.length > 0) await tx.index.forgetSession(session);
}
