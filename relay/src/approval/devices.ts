import { createHash } from 'node:crypto';
import { decisionBytes, enrolmentBytes, type EventBody, verifySignature } from '@sluice/contract';
import type { Kysely } from 'kysely';
import { SluiceError } from '../errors.ts';
import { type Identity, sameness } from '../identity/index.ts';
import type { Recorder } from '../recording/index.ts';
import type { SessionId } from '../session/index.ts';
import { type ApproverDecision, unclearError } from './approver-decision.ts';
import type { Approval } from './approval.ts';
import { type DeviceRequest, type DeviceRow, deviceStore } from './device-store.ts';
import { actsAs, summaryOf } from './person.ts';
import { createSerial } from './serial.ts';

/** The devices that people sign their decisions on. The private keys never leave them. */
export interface Devices {
  /**
   * Enrols a key that an enrolled device of its owner vouches for; where the configuration says so, a person's first
   * needs nobody's word. Any other waits for somebody else to vouch for it.
   *
   * @throws `approver_not_allowed`, `request_malformed`, `too_many_held`.
   */
  enrol(owner: Identity, enrolment: Enrolment): Promise<Enrolled>;
  /** What waits for somebody's word, oldest first; to those who may give it. @throws `approver_not_allowed`. */
  requests(viewer: Identity): Promise<readonly DeviceRequest[]>;
  /**
   * Another person's word for a new device, in the place of all that its owner has: lost, stolen, or none yet.
   *
   * @throws `approver_not_allowed`, `approval_unknown`, `person_unclear`, `request_malformed`, `identity_revoked`.
   */
  vouch(by: Identity, request: string, comment: string): Promise<Device>;
  /** The owner's own, revoked ones included, newest first. */
  list(owner: Identity): Promise<readonly Device[]>;
  /** What it signs from now on is refused. @throws `approver_not_allowed` when it is not theirs. */
  revoke(owner: Identity, key: string): Promise<void>;
  /**
   * @throws `approver_not_allowed` when a signature is wanted and missing, or there is one that is not
   *   right: a bad signature is never read as none.
   */
  checkDecision(by: Identity, approval: Approval, answer: ApproverDecision): Promise<void>;
}

export type Enrolled =
  | { readonly outcome: 'enrolled'; readonly device: Device }
  | { readonly outcome: 'waits'; readonly request: DeviceRequest };

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
  /** A new UUID. */
  readonly newId: () => string;
  /** Whether a person's first device is trusted on first use; otherwise it must be vouched for. */
  readonly firstUse: boolean;
  /** Groups whose members may vouch for others' devices. */
  readonly vouchers: readonly string[];
  /** Throws `identity_revoked`. */
  readonly confirmIdentity: (identity: Identity) => void;
}

/** How far a device's clock may be off. */
const CLOCK_TOLERANCE_MS = 5 * 60_000;
/** For how long a request waits. */
const REQUEST_MS = 24 * 3_600_000;
/** Requests of one person at a time. */
const MOST_REQUESTS = 5;

export function createDevices(options: DevicesOptions): Devices {
  const { recorder, relaySession, now, newId, firstUse, vouchers, confirmIdentity } = options;
  const store = deviceStore(options.database);
  // One at a time, all of them: whether a device is somebody's first, or its key new, must not change meanwhile.
  const serial = createSerial();
  const inTurn = <T>(work: () => Promise<T>) => serial.run('devices', work);

  const add = async (owner: Identity, enrolment: Enrolment, word: Word | null, request: string | null) => {
    const { key, name, at, proof, vouchedBy } = enrolment;
    const device = { key, name, enrolledAt: now(), revokedAt: null };
    const row: DeviceRow = {
      key,
      identity: owner.id,
      subject: owner.subject,
      name,
      enrolled_at: device.enrolledAt,
      enrolled_by: word?.by.id ?? vouchedBy?.key ?? null,
      revoked_at: null,
    };
    // With the signatures: who reads the record need not believe the relay about whose key it is.
    const event: EventBody = {
      type: 'device_enrolled',
      identity: owner.id,
      key,
      name,
      enrolledAt: at,
      proof,
      vouchedBy,
      ...(word === null ? {} : { word: { by: word.by, comment: word.comment } }),
    };
    await recorder.append(relaySession, event, store.add(row, request));
    return device;
  };

  const revoke = async ({ identity, key, name }: DeviceRow) => {
    await recorder.append(
      relaySession,
      { type: 'device_revoked', identity, key, name },
      store.revoke(key, now()),
    );
  };

  const ask = async (owner: Identity, enrolment: Enrolment): Promise<DeviceRequest> => {
    await store.forgetRequests(now() - REQUEST_MS);
    const waiting = (await store.requests()).filter((request) => request.owner.id === owner.id);
    const before = waiting.find((request) => request.enrolment.key === enrolment.key);
    if (before !== undefined) return before;
    if (waiting.length >= MOST_REQUESTS) {
      throw new SluiceError('too_many_held', 'too many of your devices wait for somebody to vouch for them');
    }
    const request = { id: newId(), owner, enrolment, askedAt: now() };
    const { key, name } = enrolment;
    const detail = { request: request.id, identity: owner.id, fingerprint: fingerprintOf(key), name };
    const event = { type: 'notice', what: 'device_asked', detail } as const;
    await recorder.append(relaySession, event, store.addRequest(request));
    return request;
  };

  const isVouchedFor = async ({ vouchedBy }: Enrolment, owner: Identity, bytes: Uint8Array<ArrayBuffer>) => {
    if (vouchedBy === null) return false;
    const own = await store.ofAccount(owner);
    const known = own.some((device) => device.key === vouchedBy.key && device.revoked_at === null);
    if (known && (await verifySignature(bytes, vouchedBy.key, vouchedBy.signature))) return true;
    throw notAllowed('the device that vouches is not enrolled, or its signature is not right');
  };

  return {
    enrol: (owner, enrolment) =>
      inTurn(async (): Promise<Enrolled> => {
        const { key, at, proof } = enrolment;
        const bytes = enrolmentBytes({ identity: owner.id, key, at });
        if (!isRecent(at, now()) || !(await verifySignature(bytes, key, proof))) {
          throw new SluiceError('request_malformed', 'the enrolment is not signed by the key that it enrols');
        }
        if (owner.kind !== 'person') throw notAllowed('a pipeline has no devices');
        const isFirst = firstUse && (await store.ofPerson(owner)).length === 0;
        const mayStay = (await isVouchedFor(enrolment, owner, bytes)) || isFirst;
        if (await store.isTaken(key)) throw notAllowed('this key has been enrolled before');
        if (!mayStay) return { outcome: 'waits', request: await ask(owner, enrolment) };
        return { outcome: 'enrolled', device: await add(owner, enrolment, null, null) };
      }),

    async requests(viewer) {
      if (!actsAs(viewer, vouchers)) throw notAllowed('only the security groups vouch for devices');
      return (await store.requests()).filter(({ askedAt }) => askedAt >= now() - REQUEST_MS);
    },

    vouch: (by, id, comment) =>
      inTurn(async () => {
        if (!actsAs(by, vouchers) || by.kind !== 'person') {
          throw notAllowed('only people of the security groups vouch for devices');
        }
        const request = (await store.requests()).find((one) => one.id === id);
        if (request === undefined || request.askedAt < now() - REQUEST_MS) {
          throw new SluiceError('approval_unknown', 'there is no such request for a device');
        }
        const { owner, enrolment } = request;
        const asOwner = sameness(by, owner);
        if (asOwner.is === 'same') throw notAllowed('nobody vouches for a device of their own');
        if (asOwner.is === 'unclear') throw unclearError(asOwner.why);
        if (comment.trim() === '') {
          throw new SluiceError('request_malformed', 'say how you know whose device it is');
        }
        confirmIdentity(owner);
        if (await store.isTaken(enrolment.key)) throw notAllowed('this key has been enrolled before');
        // The old ones first: a crash between leaves too few devices, not too many.
        const former = (await store.ofAccount(owner)).filter(({ revoked_at }) => revoked_at === null);
        for (const device of former) await revoke(device);
        return await add(owner, enrolment, { by: summaryOf(by), comment }, id);
      }),

    async list(owner) {
      return (await store.ofAccount(owner)).map(({ key, name, enrolled_at, revoked_at }) => ({
        key,
        name,
        enrolledAt: enrolled_at,
        revokedAt: revoked_at,
      }));
    },

    revoke: (owner, key) =>
      inTurn(async () => {
        const device = (await store.ofAccount(owner)).find((device) => device.key === key);
        if (!device) throw notAllowed('there is no such device of yours');
        if (device.revoked_at === null) await revoke(device);
      }),

    async checkDecision(by, approval, answer) {
      const { signature } = answer;
      if (signature === null) {
        if (!approval.request.decision.ask.signed) return;
        throw new SluiceError('approver_not_allowed', 'the policy wants this decision signed by a device', {
          advice: 'decide in an app whose device is enrolled',
        });
      }
      const device = (await store.ofAccount(by)).find(({ key }) => key === signature.key);
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

interface Word {
  readonly by: ReturnType<typeof summaryOf>;
  readonly comment: string;
}

/** What two people can read to each other to be sure that they mean one key: the start of its SHA-256. */
export function fingerprintOf(key: string): string {
  const digest = createHash('sha256').update(Buffer.from(key, 'base64')).digest('hex');
  return (digest.slice(0, 24).match(/.{4}/g) ?? []).join(' ');
}

function isRecent(at: string, now: number): boolean {
  return Math.abs(Date.parse(at) - now) <= CLOCK_TOLERANCE_MS;
}

function notAllowed(message: string): SluiceError {
  return new SluiceError('approver_not_allowed', message);
}
