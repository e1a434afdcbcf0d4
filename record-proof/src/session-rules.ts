import type { EventBody, EventType, RecordedEvent } from '@sluice/contract';
import { approvalRules } from './approval-rules.ts';
import type { Devices } from './device-rules.ts';
import { hashOf, typeOf } from './export-line.ts';
import type { Finding } from './findings.ts';

/** The rules of a session, 1 to 8: docs/recording-format.md, "A session". */
export function sessionRules(session: string, devices: () => Devices) {
  const counts = { events: 0, redacted: 0, signedDecisions: 0 };
  const lost = new Set<EventType>();
  const approvals = approvalRules({
    session,
    devices,
    hasLost: (type) => lost.has(type),
    onSigned: () => void (counts.signedDecisions += 1),
  });
  let expected = 0;
  let previous = '0'.repeat(64);
  let isHeld = false;
  let gaps: { from: number; to: number }[] = [];
  const bodiless: { seq: number; type: EventType }[] = [];
  const named: { address: string; seq: number }[] = [];
  const namedBy = new Map<string, number>();
  const redactedBodies = new Set<number>();
  const redactedPayloads = new Map<string, number>();

  const misplaced = ({ seq, previous: before }: RecordedEvent): Finding | null => {
    if (seq > expected) {
      gaps.push({ from: expected, to: seq });
      return null;
    }
    if (seq < expected) {
      const gap = gaps.find(({ from, to }) => seq >= from && seq < to);
      if (gap === undefined) return { what: 'reordered', seq, why: 'stands here a second time' };
      const parts = [
        { from: gap.from, to: seq },
        { from: seq + 1, to: gap.to },
      ];
      gaps = [...gaps.filter((each) => each !== gap), ...parts.filter(({ from, to }) => to > from)];
      return { what: 'reordered', seq, why: `stands after event ${expected - 1}` };
    }
    return before === previous
      ? null
      : { what: 'altered', seq, why: 'does not carry the hash of the event before it' };
  };

  return {
    counts,
    length: () => expected,
    namedBy: (address: string) => namedBy.get(address) ?? null,
    /** What is wrong with the next event. @param isProven whether its proof leads to the checkpoint. */
    async next(event: RecordedEvent, position: number, isProven: boolean): Promise<readonly Finding[]> {
      counts.events += 1;
      const { seq } = event;
      const found: Finding[] = [];
      if (hashOf(event) !== event.hash) {
        found.push({ what: 'altered', seq, why: 'its hash is not that of its content' });
      }
      if (event.session !== session) found.push({ what: 'forged', seq, why: 'belongs to another session' });
      const place = misplaced(event);
      if (place !== null) found.push(place);
      if (seq >= expected) [expected, previous] = [seq + 1, event.hash];
      if (!('body' in event)) {
        counts.redacted += 1;
        bodiless.push({ seq, type: event.type });
        lost.add(event.type);
        return found;
      }
      const { body } = event;
      if (body.type === 'hold') isHeld = body.held;
      if (body.type === 'redacted' && !isHeld && isProven) {
        for (const gone of body.events) if (gone < seq) redactedBodies.add(gone);
        for (const address of body.payloads) redactedPayloads.set(address, seq);
      }
      for (const address of payloadsOf(body)) {
        named.push({ address, seq });
        if (!namedBy.has(address)) namedBy.set(address, seq);
      }
      for (const why of await approvals(event, position)) found.push({ what: 'forged', seq, why });
      return found;
    },
    /** What is missing. @param has whether a payload is there. */
    end(has: (address: string) => boolean): readonly Finding[] {
      const isExcused = (seq: number, type: EventType) =>
        redactedBodies.has(seq) && !NEVER_REDACTED.has(type);
      return [
        ...gaps.map(({ from, to }): Finding => {
          const more = to - from - 1;
          const why = more === 0 ? 'is missing' : `is missing, as are the ${more} events after it`;
          return { what: 'removed', seq: from, why };
        }),
        ...bodiless
          .filter(({ seq, type }) => !isExcused(seq, type))
          .map(({ seq }): Finding => ({ what: 'removed', seq, why: `its body is gone, and ${NOBODY}` })),
        ...named
          .filter(({ address, seq }) => !has(address) && !((redactedPayloads.get(address) ?? -1) > seq))
          .map(({ seq }): Finding => ({
            what: 'removed',
            seq,
            why: `its rows or binds are gone, and ${NOBODY}`,
          })),
      ];
    },
  };
}

const NOBODY = 'no retention rule on the signed record was free to take it';

const NEVER_REDACTED: ReadonlySet<EventType> = new Set([
  'redacted',
  'hold',
  'signing_key',
  'device_enrolled',
  'device_revoked',
  'enrolments_voided',
]);

function payloadsOf(body: EventBody): readonly string[] {
  if (body.type === 'result' || body.type === 'chunk_returned') return body.payloads;
  return body.type === 'statement' && body.binds !== null ? [body.binds] : [];
}

const OF_DEVICES: ReadonlySet<EventType> = new Set([
  'device_enrolled',
  'device_revoked',
  'enrolments_voided',
]);

export function isOfDevices(event: RecordedEvent): boolean {
  return OF_DEVICES.has(typeOf(event));
}
