import { decisionBytes, enrolmentBytes, verifySignature } from '@sluice/contract';
import type { Kysely } from 'kysely';
import { SluiceError } from '../errors.ts';
import type { Identity } from '../identity/index.ts';
import type { Recorder } from '../recording/index.ts';
import type { SessionId } from '../session/index.ts';
import type { Answer } from './answer.ts';
import type { Approval } from './approval.ts';
import type { ApprovalTables } from './migrations.ts';

/** The devices that people sign their decisions on. The private keys never leave them. */
export interface Devices {
  /**
   * Enrols a key for its owner. A person's first device needs nobody's word where the configuration says
   * so; every other one is vouched for by a signature of one that is enrolled.
   *
   * @throws `approver_not_allowed`, `request_malformed`.
   */
  enrol(owner: Identity, enrolment: Enrolment): Promise<Device>;
  /** The owner's own, revoked ones included, newest first. */
  list(owner: Identity): Promise<readonly Device[]>;
  /** What it signs from now on is refused. @throws `approver_not_allowed` when it is not theirs. */
  revoke(owner: Identity, key: string): Promise<void>;
  /**
   * @throws `approver_not_allowed` when a signature is wanted and missing, or there is one that is not
   *   right: a bad signature is never read as none.
   */
  checkDecision(by: Identity, approval: Approval, answer: Answer): Promise<void>;
}

export interface Enrolment {
  /** SPKI, base64. */
  readonly key: string;
  /** What the owner calls the device. */
  readonly name: string;
  /** ISO 8601, UTC, milliseconds. */
  readonly at: string;
  /** The new key's own signature over `enrolmentBytes`: whoever enrols it holds it. */
  readonly proof: string;
  /** An enrolled key's signature over the same bytes. */
  readonly vouchedBy: { readonly key: string; readonly signature: string } | null;
}

export interface Device {
  readonly key: string;
  readonly name: string;
  /** Milliseconds since the epoch. */
  readonly enrolledAt: number;
  readonly revokedAt: number | null;
}

export interface DevicesOptions {
  readonly database: Kysely<unknown>;
  readonly recorder: Pick<Recorder, 'append'>;
  /** Where enrolments and revocations are recorded. */
  readonly relaySession: SessionId;
  readonly now: () => number;
  /** Whether a person's first device is trusted on first use; otherwise it must be vouched for. */
  readonly firstUse: boolean;
}

/** How far a device's clock may be off. */
const CLOCK_TOLERANCE_MS = 5 * 60_000;

export function createDevices({ database, recorder, relaySession, now, firstUse }: DevicesOptions): Devices {
  const db = database as Kysely<ApprovalTables>;

  const ofOwner = (owner: Identity) =>
    db
      .selectFrom('approver_device')
      .selectAll()
      .where('identity', '=', owner.id)
      .orderBy('enrolled_at', 'desc')
      .execute();

  return {
    async enrol(owner, { key, name, at, proof, vouchedBy }) {
      const bytes = enrolmentBytes({ identity: owner.id, key, at });
      if (!isRecent(at, now()) || !(await verifySignature(bytes, key, proof))) {
        throw new SluiceError('request_malformed', 'the enrolment is not signed by the key that it enrols');
      }
      const enrolled = await ofOwner(owner);
      if (vouchedBy === null) {
        // A revoked device counts: whoever stole the token of its owner must not start over.
        if (!firstUse || enrolled.length > 0) throw notAllowed('an enrolled device must vouch for a new one');
      } else {
        const known = enrolled.some((device) => device.key === vouchedBy.key && device.revoked_at === null);
        if (!known || !(await verifySignature(bytes, vouchedBy.key, vouchedBy.signature))) {
          throw notAllowed('the device that vouches is not enrolled, or its signature is not right');
        }
      }
      const taken = await db
        .selectFrom('approver_device')
        .select('key')
        .where('key', '=', key)
        .executeTakeFirst();
      if (taken) throw notAllowed('this key has been enrolled before');
      // With the signatures: who reads the record need not believe the relay about whose key it is.
      await recorder.append(relaySession, {
        type: 'device_enrolled',
        identity: owner.id,
        key,
        name,
        enrolledAt: at,
        proof,
        vouchedBy,
      });
      const enrolledAt = now();
      await db
        .insertInto('approver_device')
        .values({
          key,
          identity: owner.id,
          name,
          enrolled_at: enrolledAt,
          enrolled_by: vouchedBy?.key ?? null,
          revoked_at: null,
        })
        .execute();
      return { key, name, enrolledAt, revokedAt: null };
    },

    async list(owner) {
      return (await ofOwner(owner)).map(({ key, name, enrolled_at, revoked_at }) => ({
        key,
        name,
        enrolledAt: enrolled_at,
        revokedAt: revoked_at,
      }));
    },

    async revoke(owner, key) {
      const device = (await ofOwner(owner)).find((device) => device.key === key);
      if (!device) throw notAllowed('there is no such device of yours');
      if (device.revoked_at !== null) return;
      await recorder.append(relaySession, {
        type: 'device_revoked',
        identity: owner.id,
        key,
        name: device.name,
      });
      await db.updateTable('approver_device').set({ revoked_at: now() }).where('key', '=', key).execute();
    },

    async checkDecision(by, approval, answer) {
      const { signature } = answer;
      if (signature === null) {
        if (!approval.request.decision.ask.signed) return;
        throw new SluiceError('approver_not_allowed', 'the policy wants this decision signed by a device', {
          advice: 'decide in an app whose device is enrolled',
        });
      }
      const device = (await ofOwner(by)).find(({ key }) => key === signature.key);
      if (!device || device.revoked_at !== null) {
        throw notAllowed('the decision is signed by a device that is not enrolled for you');
      }
      const { binding, verdict, comment, proposal, mostRows, grantSeconds, grantRows } = answer;
      const { decidedAt } = signature;
      const signed = {
        binding,
        approval: approval.id,
        verdict,
        comment,
        proposal,
        mostRows,
        grantSeconds,
        grantRows,
        decidedAt,
      };
      const right = await verifySignature(decisionBytes(signed), signature.key, signature.value);
      if (!right || !isRecent(decidedAt, now())) {
        throw notAllowed("the decision's signature is not right for what it says");
      }
    },
  };
}

function isRecent(at: string, now: number): boolean {
  return Math.abs(Date.parse(at) - now) <= CLOCK_TOLERANCE_MS;
}

function notAllowed(message: string): SluiceError {
  return new SluiceError('approver_not_allowed', message);
}
