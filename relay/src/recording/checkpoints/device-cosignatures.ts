import { createPublicKey } from 'node:crypto';
import { SluiceError } from '../../errors.ts';
import type { CheckpointsStore } from '../ports.ts';
import { type Checkpoint, parseCheckpoint } from './checkpoint.ts';
import { isCosignature, type WitnessKey, witnessKeyOf, withSignatures } from './cosignature.ts';
import { parseNote, parseSignatureLine } from './note.ts';
import { fingerprint } from './signer.ts';

/** What a device of the caller's has cosigned. */
export interface DeviceCosignature {
  /** Of the checkpoint. */
  readonly size: number;
  /** The signature line, without its line feed. */
  readonly line: string;
  /** The caller's own devices that are in use: SPKI, base64. */
  readonly devices: readonly string[];
}

/**
 * Keeps a device's cosignature with the checkpoint, so that exports show it. A note has room for a hundred signatures: of devices
 * it keeps the first `MOST_OF_DEVICES`, so that there is always room for the witnesses that the configuration names. It is not put on the
 * record: each event there makes another checkpoint, which would be cosigned again, without end.
 *
 * @returns the checkpoint as it is kept then; without the cosignature, when there was no room for it.
 * @throws SluiceError `approver_not_allowed`, `checkpoint_unknown`, `cosignature_refused`.
 */
export async function keepDeviceCosignature(
  store: {
    transaction<T>(work: (tx: { readonly checkpoints: CheckpointsStore }) => Promise<T>): Promise<T>;
  },
  { size, line, devices }: DeviceCosignature,
): Promise<Checkpoint> {
  const signature = parseSignatureLine(line);
  if (signature === null) throw refused();
  const witness = devices
    .map(deviceWitness)
    .find((key) => key?.name === signature.name && key.keyId === signature.keyId);
  if (!witness) {
    throw new SluiceError('approver_not_allowed', 'this is not the cosignature of a device of yours', {
      advice: 'enrol the device first: a revoked one witnesses nothing more',
    });
  }
  return await store.transaction(async ({ checkpoints }) => {
    const rows = await checkpoints.ofSize(size);
    if (rows.length === 0) {
      throw new SluiceError('checkpoint_unknown', `there is no checkpoint over ${size} events`);
    }
    for (const row of rows) {
      const note = parseNote(row.note);
      if (note === null || !isCosignature(note.text, signature, witness)) continue;
      const ofDevices = note.signatures.filter(({ name }) => isDeviceName(name));
      const hasRoom = ofDevices.length < MOST_OF_DEVICES;
      const kept = hasRoom ? withSignatures(row.note, [signature]) : row.note;
      if (kept !== row.note) await checkpoints.replaceNote({ ...row, note: kept });
      return parseCheckpoint(kept)!;
    }
    throw refused();
  });
}

/**
 * The witness that an enrolled device is: its key is on the record, and vouched for, and its name says which key it is.
 *
 * @param key SPKI, base64. @returns null unless it is an Ed25519 key.
 */
export function deviceWitness(key: string): WitnessKey | null {
  try {
    const publicKey = createPublicKey({ key: Buffer.from(key, 'base64'), format: 'der', type: 'spki' });
    if (publicKey.asymmetricKeyType !== 'ed25519') return null;
    return witnessKeyOf(`${PREFIX}${fingerprint(publicKey).slice(0, NAMED)}`, publicKey);
  } catch {
    return null;
  }
}

/** Whether a key of this name is a device's. */
export function isDeviceName(name: string): boolean {
  return name.startsWith(PREFIX);
}

const PREFIX = 'sluice/device/';
/** Letters of the key's fingerprint in the name. */
const NAMED = 16;
const MOST_OF_DEVICES = 40;

function refused(): SluiceError {
  return new SluiceError('cosignature_refused', 'this does not cosign the checkpoint over so many events');
}
