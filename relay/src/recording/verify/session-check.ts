import type { EventBody, RecordedEvent } from '@sluice/contract';
import { payloadsOf } from '../log/index-events.ts';
import { hashOf, NOTHING_BEFORE } from '../log/seal-event.ts';
import { approvalCheck } from './approval-check.ts';
import type { Problem } from './report.ts';

/** Checks one session's events as they come by. */
export interface SessionCheck {
  /** @returns what is wrong with this event, the gravest first; nothing when it stands. */
  next(event: RecordedEvent): Promise<readonly Problem[]>;
  /** How many events the session has, as far as they number themselves. */
  length(): number;
  /** Whether an event names this payload. */
  names(address: string): boolean;
  /**
   * @param has whether a payload is there.
   * @returns what only the whole session can tell: what is missing.
   */
  end(has: (address: string) => boolean): readonly Problem[];
  readonly counts: { events: number; redacted: number; signedDecisions: number };
}

export function sessionCheck(session: string): SessionCheck {
  const counts = { events: 0, redacted: 0, signedDecisions: 0 };
  const approvals = approvalCheck(counts);
  const gaps: Gap[] = [];
  const bodiless = new Set<number>();
  const mayBeBodiless = new Set<number>();
  const named = new Map<string, number>();
  const mayBeMissing = new Set<string>();
  let expected = 0;
  let previous = NOTHING_BEFORE;

  const problem = (what: Problem['what'], seq: number, why: string): Problem => ({ what, session, seq, why });

  const inPlace = (event: RecordedEvent): Problem | null => {
    const { seq } = event;
    if (seq > expected) {
      // Removed, unless it comes later: then it was moved.
      gaps.push({ from: expected, to: seq });
      return null;
    }
    if (seq < expected) {
      const gap = gaps.find(({ from, to }) => seq >= from && seq < to);
      if (gap === undefined) return problem('reordered', seq, 'stands here a second time');
      gaps.splice(gaps.indexOf(gap), 1, { from: gap.from, to: seq }, { from: seq + 1, to: gap.to });
      return problem('reordered', seq, `stands after event ${expected - 1}`);
    }
    if (event.previous === previous) return null;
    return problem('altered', seq, 'does not carry the hash of the event before it');
  };

  return {
    counts,
    async next(event) {
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
      if (!('body' in event)) {
        counts.redacted += 1;
        bodiless.add(seq);
        return found;
      }
      remember(event.body, seq);
      for (const why of await approvals(event.body)) found.push(problem('forged', seq, why));
      return found;
    },
    length: () => expected,
    names: (address) => named.has(address),
    end(has) {
      const missing = gaps
        .filter(({ from, to }) => to > from)
        .map(({ from, to }) =>
          problem(
            'removed',
            from,
            to - from === 1 ? 'is missing' : `is missing, as are those up to ${to - 1}`,
          ),
        );
      const emptied = [...bodiless]
        .filter((seq) => !mayBeBodiless.has(seq))
        .map((seq) =>
          problem('removed', seq, 'its body is gone, and no retention rule on the record took it'),
        );
      const lost = [...named]
        .filter(([address]) => !has(address) && !mayBeMissing.has(address))
        .map(([address, seq]) =>
          problem(
            'removed',
            seq,
            `its payload ${address} is gone, and no retention rule on the record took it`,
          ),
        );
      return [...missing, ...emptied, ...lost].sort((a, b) => (a.seq ?? 0) - (b.seq ?? 0));
    },
  };

  function remember(body: EventBody, seq: number): void {
    for (const address of payloadsOf(body)) if (!named.has(address)) named.set(address, seq);
    if (body.type !== 'redacted') return;
    // Only what came before it: a rule removes nothing from the future.
    for (const gone of body.events) if (gone < seq) mayBeBodiless.add(gone);
    for (const address of body.payloads) mayBeMissing.add(address);
  }
}

/** Events from `from` up to `to` have not been seen. */
interface Gap {
  readonly from: number;
  readonly to: number;
}
