import type { EventBody, RecordedEvent } from '@sluice/contract';
import { enrolmentBytes, verifySignature } from '@sluice/contract';

/** Tracks whose device each key belongs to, from the enrolments on the record and their signatures. */
export interface DeviceCheck {
  /** Takes one event of the relay session. @returns what is wrong with it. */
  next(event: RecordedEvent, position: number): Promise<readonly string[]>;
  /** @returns why this key cannot have signed a decision by this person at this position; null when it can. */
  objection(decision: {
    readonly key: string;
    readonly by: string;
    readonly at: string;
    readonly position: number;
  }): string | null;
}

/**
 * @param options.complete whether every enrolment is seen (a store) or only those that the session's decisions need (an
 *   export). In an export, it cannot be checked that a device without a voucher is its owner's first.
 */
export function deviceCheck({ complete }: { readonly complete: boolean }): DeviceCheck {
  const devices = new Map<string, Device>();
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
      const knows = voucher?.identity === identity && voucher.revokedAt === null;
      if (!knows || !(await verifySignature(bytes, vouchedBy.key, vouchedBy.signature))) {
        found.push('the device that vouches for it is not one of its owner, or has not signed it');
      }
    }
    if (found.length === 0) devices.set(key, { identity, position, revokedAt: null });
    owners.add(identity);
    return found;
  };

  return {
    async next(event, position) {
      if (!('body' in event)) return [];
      const { body } = event;
      if (body.type === 'device_enrolled') return enrolled(body, position);
      const device = body.type === 'device_revoked' ? devices.get(body.key) : undefined;
      if (device !== undefined) device.revokedAt ??= Date.parse(event.at);
      return [];
    },
    objection({ key, by, at, position }) {
      const device = devices.get(key);
      if (device?.identity !== by || device.position > position) {
        return 'it is signed with a key that was not enrolled for who decided';
      }
      if (device.revokedAt !== null && Date.parse(at) > device.revokedAt + UNDER_WAY_MS) {
        return 'it is signed with a device that had been revoked';
      }
      return null;
    },
  };
}

/** A decision that was checked before a revocation may be recorded shortly after it. */
const UNDER_WAY_MS = 60_000;

interface Device {
  readonly identity: string;
  readonly position: number;
  /** Milliseconds since the epoch. */
  revokedAt: number | null;
}

type Enrolled = Extract<EventBody, { type: 'device_enrolled' }>;
