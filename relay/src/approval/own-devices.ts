import { createHash } from 'node:crypto';
import { SluiceError } from '../errors.ts';
import { type Identity, sameAccount } from '../identity/index.ts';
import type { ProvingReaders, RecordedDevice } from '../recording/index.ts';
import type { ApprovalPartStore, ApprovalPartTransaction, DevicesReader, StoredDevice } from './ports.ts';

/** People's devices as the database and the record have them: what the database alone says makes nobody's device. */
export interface OwnDevices {
  /** Those of this very account, the newest first. What the database has otherwise than the record is told, and does not count. */
  ofAccount(tx: DeviceTransaction, owner: Identity): Promise<readonly StoredDevice[]>;
  /** The same, outside of a transaction. */
  list(owner: Identity): Promise<readonly StoredDevice[]>;
  /** Everybody's, as the record will have them when this commit has ended. */
  recorded(tx: ProvingReaders): Promise<readonly RecordedDevice[]>;
  /** By the record: one whose row is gone, and may come back, counts as well. Those of another account of this id do not. */
  standing(
    tx: DeviceTransaction,
    owner: Identity,
    recorded: readonly RecordedDevice[],
  ): Promise<readonly RecordedDevice[]>;
  /** What this transaction has recorded: the record shows it only once its commit has ended. */
  pend(tx: DeviceTransaction, device: RecordedDevice): void;
}

export type DeviceTransaction = Pick<
  ApprovalPartTransaction,
  'devices' | 'record' | 'onEnd' | keyof ProvingReaders
>;
type DeviceReaders = ProvingReaders & { readonly devices: DevicesReader };

export interface OwnDevicesOptions {
  readonly store: Pick<ApprovalPartStore, 'devices' | 'transaction' | keyof ProvingReaders>;
  /** The devices that the record has. */
  readonly onRecord: (store: ProvingReaders) => Promise<readonly RecordedDevice[]>;
  /** Told of a device that the database has otherwise than the record. */
  readonly onForged: (error: SluiceError) => void;
}

export function ownDevices({ store, onRecord, onForged }: OwnDevicesOptions): OwnDevices {
  /** What transactions of this commit have recorded: the record shows it only once that has ended. */
  const pending = new Map<string, RecordedDevice>();
  const pend = (tx: DeviceTransaction, device: RecordedDevice) => {
    pending.set(device.key, device);
    tx.onEnd(() => void pending.delete(device.key));
  };
  const recordedNow = async (readers: ProvingReaders): Promise<readonly RecordedDevice[]> => {
    const recorded = await onRecord(readers);
    return [...recorded.filter(({ key }) => !pending.has(key)), ...pending.values()];
  };

  /** Those of this very account, and what the database has otherwise than the record. */
  const compared = async (readers: DeviceReaders, owner: Identity) => {
    const { issuer, id } = owner;
    const own: StoredDevice[] = [];
    const wrong: SluiceError[] = [];
    const stored = (await readers.devices.ofPerson(id)).filter(({ subject }) =>
      sameAccount({ issuer, subject }, owner),
    );
    if (stored.length === 0) return { own, wrong };
    const recorded = new Map((await recordedNow(readers)).map((device) => [device.key, device]));
    for (const device of stored) {
      const known = recorded.get(device.key);
      if (known?.identity !== id)
        wrong.push(forged(device, 'which nobody has enrolled for them on the record'));
      else if (known.isRevoked && device.revokedAt === null) {
        wrong.push(forged(device, 'which was revoked on the record'));
        own.push({ ...device, revokedAt: device.enrolledAt });
      } else own.push(device);
    }
    return { own, wrong };
  };
  const ofAccount = async (tx: DeviceTransaction, owner: Identity): Promise<readonly StoredDevice[]> => {
    const { own, wrong } = await compared(tx, owner);
    for (const error of wrong) onForged(error);
    return own;
  };
  /** Outside of a transaction, one may end between two reads. */
  const devicesOf = async (owner: Identity): Promise<readonly StoredDevice[]> => {
    const { own, wrong } = await compared(store, owner);
    return wrong.length === 0 ? own : await store.transaction((tx) => ofAccount(tx, owner));
  };

  /** By the record: one whose row is gone, and may come back, counts as well. Those of another account of this id do not. */
  const standing = async (tx: DeviceTransaction, owner: Identity, recorded: readonly RecordedDevice[]) => {
    const others = (await tx.devices.ofPerson(owner.id)).filter(
      ({ subject }) => !sameAccount({ issuer: owner.issuer, subject }, owner),
    );
    return recorded.filter(
      ({ identity, isRevoked, key }) =>
        identity === owner.id && !isRevoked && others.every((other) => other.key !== key),
    );
  };

  return { ofAccount, list: devicesOf, recorded: recordedNow, standing, pend };
}

function forged({ key, identity }: StoredDevice, why: string): SluiceError {
  return new SluiceError(
    'record_contradicted',
    `the database has a device for \`${identity}\`, ${fingerprintOf(key)}, ${why}: it is refused`,
    { advice: 'find out who wrote to the table approver_device' },
  );
}

/** What two people can read to each other to be sure that they mean one key: the start of its SHA-256. */
export function fingerprintOf(key: string): string {
  const digest = createHash('sha256').update(Buffer.from(key, 'base64')).digest('hex');
  return (digest.slice(0, 24).match(/.{4}/g) ?? []).join(' ');
}
