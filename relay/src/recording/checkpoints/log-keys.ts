import { createPublicKey, type KeyObject } from 'node:crypto';
import type { RecordReaders } from '../ports.ts';
import { type Checkpoint, isSignedBy } from './checkpoint.ts';
import type { Signer } from './signer.ts';

/** Tells whether a key that has signed this log, by what is on the record, has signed a checkpoint. */
export type LogKeys = (checkpoint: Checkpoint) => boolean;

export async function logKeys(
  { events }: Pick<RecordReaders, 'events'>,
  relaySession: string,
  signers: readonly Signer[],
): Promise<LogKeys> {
  const rows = await events.ofTypes(relaySession, ['signing_key']);
  const keys = [...signers.map(({ publicKey }) => publicKey), ...rows.flatMap(({ body }) => keyIn(body))];
  return (checkpoint) => keys.some((key) => isSignedBy(checkpoint, key));
}

/** The fingerprints of the keys that sign or have signed this log, by what is on the record. */
export async function signingKeys(
  { events }: Pick<RecordReaders, 'events'>,
  relaySession: string,
): Promise<readonly string[]> {
  const rows = await events.ofTypes(relaySession, ['signing_key']);
  return rows.map(({ body }) => String((JSON.parse(body ?? '{}') as { key?: unknown }).key));
}

function keyIn(body: string | null): readonly KeyObject[] {
  try {
    const { publicKey } = JSON.parse(body ?? '{}') as { publicKey: string };
    return [createPublicKey({ key: Buffer.from(publicKey, 'base64'), format: 'der', type: 'spki' })];
  } catch {
    return [];
  }
}
