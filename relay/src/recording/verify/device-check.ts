import type { EventBody, RecordedEvent } from '@sluice/contract';
import { enrolmentBytes, verifySignature } from '@sluice/contract';
import type { Checkpoint } from '../checkpoints/checkpoint.ts';
import type { VoidedEnrolments } from './report.ts';

/** Whose device each key belongs to, by the enrolments on the record and their signatures. */
export interface DeviceCheck {
  /** What is wrong with the enrolments, and with what declares that some do not count. */
  readonly problems: readonly DeviceProblem[];
  readonly voided: readonly VoidedEnrolments[];
  /** Whether every enrolment of this key was declared not to count. */
  isVoided(key: string): boolean;
  /** @returns why this key cannot have signed a decision by this person at this position; null when it can. */
  objection(decision: {
    readonly key: string;
    readonly by: string;
    readonly at: string;
    readonly position: number;
  }): string | null;
}

export interface DeviceProblem {
  readonly seq: number;
  readonly position: number;
  readonly why: string;
}

/** An event of the relay session about devices. */
export interface DeviceEvent {
  readonly event: RecordedEvent;
  readonly position: number;
  /** Whether trusted keys have signed it. */
  readonly isSigned: boolean;
}

/**
 * @param events in the order of the log; those of other types change nothing.
 * @param options.complete whether every enrolment is given (a store) or only those that the session's decisions need (an
 *   export). In an export, it cannot be checked that a device without a voucher is its owner's first.
 * @param options.checkpoints by trusted keys: what stands behind one was recorded after its time. Some may come later.
 */
export async function deviceCheck(
  events: readonly DeviceEvent[],
  { complete, checkpoints }: { readonly complete: boolean; readonly checkpoints: readonly Signed[] },
): Promise<DeviceCheck> {
  const problems: DeviceProblem[] = [];
  const { voided, skipped } = voidedIn(events, problems);
  const devices = new Map<string, Device>();
  const voidedKeys = new Set<string>();
  const owners = new Set<string>();

  const enrolled = async (body: Enrolled, position: number): Promise<readonly string[]> => {
    const { identity, key, proof, vouchedBy, word } = body;
    const found: string[] = [];
    const bytes = enrolmentBytes({ identity, key, at: body.enrolledAt });
    if (devices.has(key)) found.push('it enrols a key for the second time');
    if (!(await verifySignature(bytes, key, proof))) found.push('the key that it enrols has not signed it');
    if (word !== undefined) {
      if (vouchedBy !== null) found.push('both a device and a person vouch for it');
      if (word.by.id === identity) found.push('its owner vouches for it');
      if (word.by.kind !== 'person') found.push('no person vouches for it');
    } else if (vouchedBy === null) {
      if (complete && owners.has(identity)) found.push('no device vouches for it, and it is not the first');
    } else {
      const voucher = devices.get(vouchedBy.key);
      const knows = voucher?.identity === identity && voucher.revoked === null;
      if (!knows || !(await verifySignature(bytes, vouchedBy.key, vouchedBy.signature))) {
        found.push('the device that vouches for it is not one of its owner, or has not signed it');
      }
    }
    if (found.length === 0) devices.set(key, { identity, position, revoked: null });
    owners.add(identity);
    return found;
  };

  for (const { event, position } of events) {
    if (!('body' in event)) continue;
    const { body, seq, at } = event;
    if (body.type === 'device_enrolled' && skipped.has(seq)) voidedKeys.add(body.key);
    else if (body.type === 'device_enrolled') {
      for (const why of await enrolled(body, position)) problems.push({ seq, position, why });
    }
    const device = body.type === 'device_revoked' ? devices.get(body.key) : undefined;
    if (device !== undefined) device.revoked ??= { position, at: Date.parse(at) };
  }

  return {
    problems,
    voided,
    isVoided: (key) => voidedKeys.has(key) && !devices.has(key),
    objection({ key, by, at, position }) {
      const device = devices.get(key);
      if (device?.identity !== by || device.position > position) {
        return 'it is signed with a key that was not enrolled for who decided';
      }
      const { revoked } = device;
      if (revoked === null || revoked.position > position) return null;
      const until = revoked.at + UNDER_WAY_MS;
      const isBehind = ({ size }: Signed) => revoked.position < size && size <= position;
      const isLate = checkpoints.some((each) => isBehind(each) && Date.parse(each.at) > until);
      if (isLate || Date.parse(at) > until) {
        return 'it is signed with a device that had been revoked';
      }
      return null;
    },
  };
}

/** A decision that was checked before a revocation may be recorded shortly after it. */
const UNDER_WAY_MS = 60_000;

type Signed = Pick<Checkpoint, 'size' | 'at'>;

interface Device {
  readonly identity: string;
  readonly position: number;
  /** When it was revoked; `at` in milliseconds since the epoch. */
  revoked: { readonly position: number; readonly at: number } | null;
}

type Enrolled = Extract<EventBody, { type: 'device_enrolled' }>;

/** What was declared not to count, and the numbers of those enrolments. */
function voidedIn(
  events: readonly DeviceEvent[],
  problems: DeviceProblem[],
): { readonly voided: readonly VoidedEnrolments[]; readonly skipped: ReadonlySet<number> } {
  const voided: VoidedEnrolments[] = [];
  const skipped = new Set<number>();
  const keys = new Map<number, string>();
  for (const { event, position, isSigned } of events) {
    if (!('body' in event)) continue;
    const { body, seq } = event;
    if (body.type === 'device_enrolled') keys.set(seq, body.key);
    // Like a redaction, it counts only once it is signed: it takes something away.
    if (body.type !== 'enrolments_voided' || !isSigned) continue;
    if (body.enrolments.every((enrolment) => keys.get(enrolment.seq) === enrolment.key)) {
      const enrolments = body.enrolments.map((enrolment) => enrolment.seq);
      for (const enrolment of enrolments) skipped.add(enrolment);
      voided.push({ enrolments, by: body.by.id, reason: body.reason });
    } else problems.push({ seq, position, why: 'it voids enrolments that are not on the record' });
  }
  return { voided, skipped };
}
