import type { EventType, RecordedEvent } from '@sluice/contract';
import { payloadsOf } from '../log/index-events.ts';
import { hashOf, NOTHING_BEFORE } from '../log/seal-event.ts';
import { approvalCheck } from './approval-check.ts';
import type { DeviceCheck } from './device-check.ts';
import { redactions } from './redactions.ts';
import { type RemovedByRule, removedByRule } from './removed-by-rule.ts';
import type { Problem } from './report.ts';

/** Checks the events of an exported session as they are read. See docs/recording-format.md, "A session". */
export interface SessionCheck {
  /** @returns what is wrong with this event; empty when nothing is. */
  next(event: RecordedEvent, placed: Placed): Promise<readonly Problem[]>;
  /** How many events the session has, judging by their sequence numbers. */
  length(): number;
  /** The first event that names this payload; null when none does. */
  namedBy(address: string): number | null;
  /**
   * Call it after the last event.
   * @param has whether a payload is present.
   * @returns what is missing from the session.
   */
  end(has: (address: string) => boolean): readonly Problem[];
  readonly counts: { events: number; redacted: number; signedDecisions: number };
  readonly removals: RemovedByRule;
}

export interface Placed {
  readonly position: number;
  /** Whether its proof leads to the checkpoint. */
  readonly isProven: boolean;
}

/** @param devices those that the session's decisions need, as far as they have been read. */
export function sessionCheck(session: string, devices: () => DeviceCheck): SessionCheck {
  const counts = { events: 0, redacted: 0, signedDecisions: 0 };
  const removals = removedByRule();
  const removed = redactions();
  const lost = new Set<EventType>();
  const approvals = approvalCheck({ session, counts, devices, hasLost: (type) => lost.has(type) });
  const bodiless: { readonly seq: number; readonly type: EventType }[] = [];
  const named: Naming[] = [];
  const namedBy = new Map<string, number>();
  const gaps: Gap[] = [];
  let expected = 0;
  let previous = NOTHING_BEFORE;

  const problem = (what: Problem['what'], seq: number, why: string): Problem => ({
    what,
    session,
    seq,
    position: null,
    why,
  });

  const inPlace = (event: RecordedEvent): Problem | null => {
    const { seq } = event;
    if (seq > expected) {
      // The events in between were removed, unless they appear later: then they were moved.
      gaps.push({ from: expected, to: seq });
      return null;
    }
    if (seq < expected) {
      const gap = gaps.find(({ from, to }) => seq >= from && seq < to);
      if (gap === undefined) return problem('reordered', seq, 'stands here a second time');
      const rest = [
        { from: gap.from, to: seq },
        { from: seq + 1, to: gap.to },
      ];
      gaps.splice(gaps.indexOf(gap), 1, ...rest.filter(({ from, to }) => to > from));
      return problem('reordered', seq, `stands after event ${expected - 1}`);
    }
    if (event.previous === previous) return null;
    return problem('altered', seq, 'does not carry the hash of the event before it');
  };

  return {
    counts,
    removals,
    async next(event, { position, isProven }) {
      counts.events += 1;
      const { seq } = event;
      const found: Problem[] = [];
      if (hashOf(event) !== event.hash)
        found.push(problem('altered', seq, 'its hash is not that of its content'));
      if (event.session !== session) found.push(problem('forged', seq, 'belongs to another session'));
      const misplaced = inPlace(event);
      if (misplaced !== null) found.push(misplaced);
      if (seq >= expected) {
        expected = seq + 1;
        previous = event.hash;
      }
      removed.next(event, isProven);
      if (!('body' in event)) {
        counts.redacted += 1;
        bodiless.push({ seq, type: event.type });
        lost.add(event.type);
        return found;
      }
      for (const address of payloadsOf(event.body)) {
        named.push({ address, seq });
        if (!namedBy.has(address)) namedBy.set(address, seq);
      }
      if (event.body.type === 'redacted' && removed.counts(seq)) removals.add(event.body);
      for (const why of await approvals(event, position)) found.push(problem('forged', seq, why));
      return found;
    },
    length: () => expected,
    namedBy: (address) => namedBy.get(address) ?? null,
    end(has) {
      const missing = gaps.map(({ from, to }) => problem('removed', from, missingText(to - from)));
      const gone = bodiless
        .filter(({ seq, type }) => !removed.excuseBody(seq, type))
        .map(({ seq }) => problem('removed', seq, BODY_GONE));
      const unpaid = named
        .filter(({ address, seq }) => !has(address) && !removed.excusePayload(address, seq))
        .map(({ address, seq }) => problem('removed', seq, payloadGone(address)));
      return [...missing, ...gone, ...unpaid];
    },
  };
}

/** The events from `from` to before `to` have not been seen. */
interface Gap {
  readonly from: number;
  readonly to: number;
}

interface Naming {
  readonly address: string;
  readonly seq: number;
}

export function missingText(count: number): string {
  return count === 1 ? 'is missing' : `is missing, as are the ${count - 1} events after it`;
}

const NOBODY = 'no retention rule on the signed record was free to take it';
export const BODY_GONE = `its body is gone, and ${NOBODY}`;
export function payloadGone(address: string): string {
  return `its payload ${address} is gone, and ${NOBODY}`;
}
