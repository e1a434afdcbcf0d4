import type { RecordedEvent } from '@sluice/contract';
import { hashOf, NOTHING_BEFORE } from '../log/seal-event.ts';
import { approvalCheck } from './approval-check.ts';
import type { DeviceCheck } from './device-check.ts';
import { removalCheck } from './removal-check.ts';
import type { Problem } from './report.ts';

/** Checks one session's events as they are read. */
export interface SessionCheck {
  /** @returns what is wrong with this event, most serious first; empty when nothing is. */
  next(event: RecordedEvent, position: number): Promise<readonly Problem[]>;
  /** How many events the session has, judging by their sequence numbers. */
  length(): number;
  /** Whether an event names this payload. */
  names(address: string): boolean;
  /**
   * Call it after the last event.
   * @param has whether a payload is present.
   * @returns what is missing from the session.
   */
  end(has: (address: string) => boolean): readonly Problem[];
  readonly counts: { events: number; redacted: number; signedDecisions: number };
}

/** @param devices has been given the relay session's events that were recorded before the event being checked. */
export function sessionCheck(session: string, devices: DeviceCheck): SessionCheck {
  const counts = { events: 0, redacted: 0, signedDecisions: 0 };
  const removals = removalCheck();
  const approvals = approvalCheck({ session, counts, devices, hasLost: removals.hasLost });
  const gaps: Gap[] = [];
  let expected = 0;
  let previous = NOTHING_BEFORE;

  const problem = (what: Problem['what'], seq: number, why: string): Problem => ({ what, session, seq, why });

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
    async next(event, position) {
      counts.events += 1;
      const { seq } = event;
      const found: Problem[] = [];
      if (event.session !== session) found.push(problem('forged', seq, 'belongs to another session'));
      if (hashOf(event) !== event.hash)
        found.push(problem('altered', seq, 'its hash is not that of its content'));
      const misplaced = inPlace(event);
      if (misplaced !== null) found.push(misplaced);
      if (seq >= expected) {
        expected = seq + 1;
        previous = event.hash;
      }
      removals.next(event);
      if (!('body' in event)) {
        counts.redacted += 1;
        return found;
      }
      for (const why of await approvals(event, position)) found.push(problem('forged', seq, why));
      return found;
    },
    length: () => expected,
    names: (address) => removals.names(address),
    end(has) {
      const missing = gaps.map(({ from, to }) =>
        problem('removed', from, to - from === 1 ? 'is missing' : `is missing, as are those up to ${to - 1}`),
      );
      const gone = removals.end(has).map(({ seq, why }) => problem('removed', seq, why));
      return [...missing, ...gone].sort((a, b) => (a.seq ?? 0) - (b.seq ?? 0));
    },
  };
}

/** The events from `from` to before `to` have not been seen. */
interface Gap {
  readonly from: number;
  readonly to: number;
}
