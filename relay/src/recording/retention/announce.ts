import type { EventBody, IdentitySummary } from '@sluice/contract';
import type { SessionId } from '../../session/index.ts';
import type { RecordsEvents } from '../log/event-log.ts';
import { NEVER_REDACTED } from '../log/seal-event.ts';
import type { RecordTransaction } from '../ports.ts';
import { type DueRule, levelOf } from './rule.ts';
import type { ProvenRecord } from '../proven-record.ts';

/** One `redacted` event names at most this many events. */
const MOST_EVENTS = 100;
/** And payloads: as many as one event names, at least. */
const MOST_PAYLOADS = 500;

export type Redaction = Extract<EventBody, { type: 'redacted' }>;

/** A session that was read whole, and the hash of its last event. */
export interface DueSession {
  readonly session: SessionId;
  readonly end: string;
}

/** How far a session has been announced. */
export interface Progress {
  /** The `seq` of the last event that was looked at; -1 at first. */
  readonly after: number;
  readonly isDone: boolean;
  readonly bodies: number;
  readonly payloads: number;
}

/**
 * Appends the next `redacted` event to a session: it says what the rule is about to remove. Nothing is removed yet. Writes
 * nothing for a session that has come under legal hold, or has got another end than was read, and takes it for done.
 */
export async function announceNext(
  tx: RecordTransaction & RecordsEvents,
  { session, end }: DueSession,
  {
    rule,
    by,
    after,
    proof,
  }: {
    readonly rule: DueRule;
    readonly by: IdentitySummary | null;
    readonly after: number;
    readonly proof: Pick<ProvenRecord, 'isHeld'>;
  },
): Promise<Progress> {
  const isSame = after > -1 || (await tx.events.lastOf(session))?.hash === end;
  if (!isSame || (await proof.isHeld(session, tx))) return { after, isDone: true, bodies: 0, payloads: 0 };
  const page = await tx.retention.removable(session, { after, limit: MOST_EVENTS, except: NEVER_REDACTED });
  const taken = upTo(page, MOST_PAYLOADS);
  const events = rule.removes === 'bodies' ? taken.filter(({ hasBody }) => hasBody) : [];
  const payloads = [...new Set(taken.flatMap((event) => event.payloads))];
  if (events.length + payloads.length > 0) {
    const { name, afterDays, before } = rule;
    const body: Redaction = {
      type: 'redacted',
      rule: name,
      events: events.map(({ seq }) => seq),
      payloads,
      by,
      afterDays,
      before,
    };
    const { seq } = await tx.record(session, body);
    await tx.retention.announce({ session, seq });
  }
  const isDone = page.length < MOST_EVENTS && taken.length === page.length;
  if (isDone) await tx.retention.setRemoved(session, levelOf(rule.removes));
  return {
    after: taken.at(-1)?.seq ?? after,
    isDone,
    bodies: events.length,
    payloads: payloads.length,
  };
}

/** The first events that name so many payloads together; at least one. */
function upTo<T extends { readonly payloads: readonly string[] }>(
  page: readonly T[],
  most: number,
): readonly T[] {
  let named = 0;
  const end = page.findIndex(({ payloads }, index) => {
    named += payloads.length;
    return index > 0 && named > most;
  });
  return end === -1 ? page : page.slice(0, end);
}
