import { createHash } from 'node:crypto';
import { canonicalJson, decisionBytes, enrolmentBytes, verifySignature } from '@sluice/contract';
import { SluiceError } from '../errors.ts';
import { type Identity, sameness } from '../identity/index.ts';
import type { RecordedDevice } from '../recording/index.ts';
import type { RelayNotices } from '../relay-notices.ts';
import type { SessionId } from '../session/index.ts';
import { type ApproverDecision, unclearError } from './approver-decision.ts';
import type { Approval } from './approval.ts';
import type { Enrolment } from './enrolment.ts';
import { type DeviceTransaction, fingerprintOf, ownDevices, type OwnDevicesOptions } from './own-devices.ts';
import { actsAs, summaryOf } from './person.ts';
import type { DeviceRequest, StoredDevice } from './ports.ts';

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
  /** Whether the device that signed is enrolled still, when the decision is written. @throws `approver_not_allowed`. */
  confirmDevice(tx: DeviceTransaction, by: Identity, answer: ApproverDecision): Promise<void>;
}

export type Enrolled =
  | { readonly outcome: 'enrolled'; readonly device: Device }
  | { readonly outcome: 'waits'; readonly request: DeviceRequest };

export interface Device {
  readonly key: string;
  readonly name: string;
  /** Milliseconds since the epoch. */
  readonly enrolledAt: number;
  readonly revokedAt: number | null;
}

export interface DevicesOptions extends OwnDevicesOptions {
  /** Where enrolments and revocations are recorded. */
  readonly relaySession: SessionId;
  /** The requests for devices that people have made. */
  readonly notices: RelayNotices;
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
  const {
    store,
    onRecord,
    onForged,
    relaySession,
    notices,
    now,
    newId,
    firstUse,
    vouchers,
    confirmIdentity,
  } = options;

  const own = ownDevices({ store, onRecord, onForged });

  const add = async (tx: DeviceTransaction, owner: Identity, enrolment: Enrolment, word: Word | null) => {
    const { key, name, at, proof, vouchedBy } = enrolment;
    const device = { key, name, enrolledAt: now(), revokedAt: null };
    await tx.devices.add({
      ...device,
      identity: owner.id,
      subject: owner.subject,
      enrolledBy: word?.by.id ?? vouchedBy?.key ?? null,
    });
    // With the signatures: who reads the record need not believe the relay about whose key it is.
    await tx.record(relaySession, {
      type: 'device_enrolled',
      identity: owner.id,
      key,
      name,
      enrolledAt: at,
      proof,
      vouchedBy,
      ...(word === null ? {} : { word: { by: word.by, comment: word.comment } }),
    });
    own.pend(tx, { key, name, identity: owner.id, isRevoked: false });
    return device;
  };

  const revoke = async (
    tx: DeviceTransaction,
    { identity, key, name }: Omit<RecordedDevice, 'isRevoked'>,
  ) => {
    await tx.devices.revoke(key, now());
    await tx.record(relaySession, { type: 'device_revoked', identity, key, name });
    own.pend(tx, { key, name, identity, isRevoked: true });
  };

  const ask = async (
    tx: DeviceTransaction,
    owner: Identity,
    enrolment: Enrolment,
  ): Promise<DeviceRequest> => {
    await tx.devices.forgetRequests(now() - REQUEST_MS);
    const waiting = (await tx.devices.requests()).filter((request) => request.owner.id === owner.id);
    const before = waiting.find((request) => request.enrolment.key === enrolment.key);
    if (before !== undefined) return before;
    if (waiting.length >= MOST_REQUESTS) {
      throw new SluiceError(
        'too_many_held',
        'too many of your devices are waiting for somebody to vouch for them',
      );
    }
    const request = { id: newId(), owner, enrolment, askedAt: now() };
    const { key, name } = enrolment;
    const fingerprint = fingerprintOf(key);
    const digest = digestOf(request);
    const detail = { request: request.id, identity: owner.id, fingerprint, name, digest };
    await tx.devices.addRequest(request);
    await tx.record(relaySession, { type: 'notice', what: 'device_asked', detail });
    return request;
  };

  /** Those that somebody made: the database may have others, and have them otherwise. */
  const asMade = (requests: readonly DeviceRequest[]) => {
    const made = new Set(notices.of('device_asked').map(({ detail }) => detail['digest']));
    return requests.filter((request) => {
      if (request.askedAt < now() - REQUEST_MS) return false;
      const isMade = made.has(digestOf(request));
      if (!isMade) onForged(forgedRequest(request));
      return isMade;
    });
  };

  /** Whether the device that is to vouch is right about these bytes; null where there is none. */
  const signedByVoucher = async ({ vouchedBy }: Enrolment, bytes: Uint8Array<ArrayBuffer>) =>
    vouchedBy === null ? null : await verifySignature(bytes, vouchedBy.key, vouchedBy.signature);

  const isVouchedFor = async (
    tx: DeviceTransaction,
    { vouchedBy }: Enrolment,
    owner: Identity,
    signed: boolean | null,
  ) => {
    if (vouchedBy === null) return false;
    const theirs = await own.ofAccount(tx, owner);
    if (signed === true && theirs.some(({ key, revokedAt }) => key === vouchedBy.key && revokedAt === null)) {
      return true;
    }
    throw notAllowed('the device that vouches is not enrolled, or its signature is not right');
  };

  return {
    async enrol(owner, enrolment) {
      const { key, at, proof } = enrolment;
      const bytes = enrolmentBytes({ identity: owner.id, key, at });
      if (!isRecent(at, now()) || !(await verifySignature(bytes, key, proof))) {
        throw new SluiceError('request_malformed', 'the enrolment is not signed by the key that it enrols');
      }
      if (owner.kind !== 'person') throw notAllowed('a pipeline has no devices');
      const signed = await signedByVoucher(enrolment, bytes);
      // In one transaction: whether a device is somebody's first, or its key new, must not change meanwhile.
      return store.transaction(async (tx): Promise<Enrolled> => {
        // Neither a row that is gone makes another device the first, nor a key new.
        const recorded = await own.recorded(tx);
        const isFirst =
          firstUse &&
          (await tx.devices.ofPerson(owner.id)).length === 0 &&
          recorded.every(({ identity }) => identity !== owner.id);
        const mayStay = (await isVouchedFor(tx, enrolment, owner, signed)) || isFirst;
        if ((await tx.devices.isTaken(key)) || recorded.some((device) => device.key === key))
          throw notAllowed('this key has been enrolled before');
        if (!mayStay) return { outcome: 'waits', request: await ask(tx, owner, enrolment) };
        return { outcome: 'enrolled', device: await add(tx, owner, enrolment, null) };
      });
    },

    async requests(viewer) {
      if (!actsAs(viewer, vouchers)) throw notAllowed('only the security groups vouch for devices');
      const waiting = await store.devices.requests();
      await notices.read();
      return asMade(waiting);
    },

    async vouch(by, id, comment) {
      if (!actsAs(by, vouchers) || by.kind !== 'person') {
        throw notAllowed('only people of the security groups vouch for devices');
      }
      await notices.read();
      return store.transaction(async (tx) => {
        const [request] = asMade((await tx.devices.requests()).filter((one) => one.id === id));
        if (request === undefined) {
          throw new SluiceError('approval_unknown', 'there is no such request for a device');
        }
        const { owner, enrolment } = request;
        const asOwner = sameness(by, owner);
        if (asOwner.is === 'same') throw notAllowed('nobody vouches for a device of their own');
        if (asOwner.is === 'unclear') throw unclearError(asOwner.why);
        if (comment.trim() === '') {
          throw new SluiceError('request_malformed', 'say in a comment how you know whose device it is');
        }
        confirmIdentity(owner);
        const recorded = await own.recorded(tx);
        if ((await tx.devices.isTaken(enrolment.key)) || recorded.some(({ key }) => key === enrolment.key))
          throw notAllowed('this key has been enrolled before');
        const former = await own.standing(tx, owner, recorded);
        for (const device of former) await revoke(tx, device);
        await tx.devices.removeRequest(id);
        return await add(tx, owner, enrolment, { by: summaryOf(by), comment });
      });
    },

    async list(owner) {
      return (await own.list(owner)).map(({ key, name, enrolledAt, revokedAt }) => ({
        key,
        name,
        enrolledAt,
        revokedAt,
      }));
    },

    revoke: (owner, key) =>
      store.transaction(async (tx) => {
        const device = (await own.standing(tx, owner, await own.recorded(tx))).find(
          (device) => device.key === key,
        );
        if (device !== undefined) return await revoke(tx, device);
        const isOwn = (await own.ofAccount(tx, owner)).some((device) => device.key === key);
        if (!isOwn) throw notAllowed('there is no such device of yours');
      }),

    async confirmDevice(tx, by, { signature }) {
      if (signature === null) return;
      if (!isEnrolled(await own.ofAccount(tx, by), signature.key)) throw notEnrolled();
    },

    async checkDecision(by, approval, answer) {
      const { signature } = answer;
      if (signature === null) {
        if (!approval.request.decision.ask.signed) return;
        throw new SluiceError('approver_not_allowed', 'the policy wants this decision signed by a device', {
          advice: 'decide in an app whose device is enrolled',
        });
      }
      if (!isEnrolled(await own.list(by), signature.key)) throw notEnrolled();
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

/** Of all that it is, in hex: goes on the record with it. */
function digestOf(request: DeviceRequest): string {
  return createHash('sha256')
    .update(canonicalJson(JSON.parse(JSON.stringify(request))))
    .digest('hex');
}

function forgedRequest({ id, owner }: DeviceRequest): SluiceError {
  return new SluiceError(
    'record_contradicted',
    `the database has a request \`${id}\` for a device of \`${owner.id}\`, which nobody has made on the record: it is refused`,
    { advice: 'find out who wrote to the table device_request' },
  );
}

function isEnrolled(own: readonly StoredDevice[], key: string): boolean {
  return own.some((device) => device.key === key && device.revokedAt === null);
}

function notEnrolled(): SluiceError {
  return notAllowed('the decision is signed by a device that is not enrolled for you');
}

interface Word {
  readonly by: ReturnType<typeof summaryOf>;
  readonly comment: string;
}

function isRecent(at: string, now: number): boolean {
  return Math.abs(Date.parse(at) - now) <= CLOCK_TOLERANCE_MS;
}

function notAllowed(message: string): SluiceError {
  return new SluiceError('approver_not_allowed', message);
}
