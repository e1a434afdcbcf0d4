import { enrolmentBytes, type RecordedEvent, verifySignature } from '@sluice/contract';

export interface DeviceEvent {
  readonly event: RecordedEvent;
  readonly position: number;
  /** Whether its proof leads to the checkpoint. */
  readonly isProven: boolean;
}

/** Whose device each key was, and when: docs/recording-format.md, "Devices" and "Devices that do not count". */
export interface Devices {
  readonly problems: readonly { readonly seq: number; readonly why: string }[];
  isVoided(key: string): boolean;
  /** Why this key cannot have signed such a decision; null when it can. */
  objection(decision: { key: string; by: string; at: string; position: number }): string | null;
}

interface Device {
  readonly identity: string;
  readonly position: number;
  revoked: { readonly position: number; readonly at: number } | null;
}

/** @param checkpoints by trusted keys: what stands behind one was recorded after its time. */
export async function devicesOf(
  events: readonly DeviceEvent[],
  checkpoints: readonly { readonly size: number; readonly at: string }[],
): Promise<Devices> {
  const problems: { seq: number; why: string }[] = [];
  const devices = new Map<string, Device>();
  const voided = voidedIn(events, problems);
  const voidedKeys = new Set<string>();
  for (const { event, position } of events) {
    if (!('body' in event)) continue;
    const { body, seq, at } = event;
    if (body.type === 'device_revoked') {
      const device = devices.get(body.key);
      if (device !== undefined) device.revoked ??= { position, at: Date.parse(at) };
    }
    if (body.type !== 'device_enrolled') continue;
    if (voided.has(seq)) {
      voidedKeys.add(body.key);
      continue;
    }
    const { identity, key, proof, vouchedBy, word } = body;
    const bytes = enrolmentBytes({ identity, key, at: body.enrolledAt });
    const why: string[] = [];
    if (devices.has(key)) why.push('a key is enrolled for the second time');
    if (!(await verifySignature(bytes, key, proof))) why.push('an enrolled key has not signed its enrolment');
    if (word !== undefined) {
      if (vouchedBy !== null) why.push('both a device and a person vouch for one');
      if (word.by.id === identity) why.push('its owner vouches for a device');
      if (word.by.kind !== 'person') why.push('no person vouches for a device');
    } else if (vouchedBy !== null) {
      const voucher = devices.get(vouchedBy.key);
      const knows = voucher?.identity === identity && voucher.revoked === null;
      if (!knows || !(await verifySignature(bytes, vouchedBy.key, vouchedBy.signature))) {
        why.push('the device that vouches for another is not one of its owner, or has not signed');
      }
    }
    if (why.length === 0) devices.set(key, { identity, position, revoked: null });
    for (const each of why) problems.push({ seq, why: each });
  }
  return {
    problems,
    isVoided: (key) => voidedKeys.has(key) && !devices.has(key),
    objection({ key, by, at, position }) {
      const device = devices.get(key);
      if (device?.identity !== by || device.position > position)
        return 'it is signed with a key of nobody who decided';
      const { revoked } = device;
      if (revoked === null || revoked.position > position) return null;
      const until = revoked.at + UNDER_WAY_MS;
      const isLate = checkpoints.some(
        ({ size, at: signedAt }) =>
          revoked.position < size && size <= position && Date.parse(signedAt) > until,
      );
      return isLate || Date.parse(at) > until ? 'it is signed with a device that had been revoked' : null;
    },
  };
}

/** A decision that was checked before a revocation may be recorded shortly after it. */
const UNDER_WAY_MS = 60_000;

function voidedIn(
  events: readonly DeviceEvent[],
  problems: { seq: number; why: string }[],
): ReadonlySet<number> {
  const voided = new Set<number>();
  const keys = new Map<number, string>();
  for (const { event, isProven } of events) {
    if (!('body' in event)) continue;
    const { body, seq } = event;
    if (body.type === 'device_enrolled') keys.set(seq, body.key);
    if (body.type !== 'enrolments_voided' || !isProven) continue;
    if (body.enrolments.every((each) => keys.get(each.seq) === each.key)) {
      for (const each of body.enrolments) voided.add(each.seq);
    } else problems.push({ seq, why: 'it voids enrolments that are not on the record' });
  }
  return voided;
}
