import { createPublicKey, type KeyObject } from 'node:crypto';
import type { AuthoredEvent, RecordReaders } from '../ports.ts';
import { type Checkpoint, isSignedBy } from './checkpoint.ts';
import type { Signer } from './signer.ts';

/** Tells whether a key that has signed this log, by what is on the record, has signed a checkpoint. */
export type LogKeys = (checkpoint: Checkpoint) => boolean;

/**
 * @param believes whether an event that names a key is believed: whoever can write to the store could name one of their own.
 */
export async function logKeys(
  { events }: Pick<RecordReaders, 'events'>,
  relaySession: string,
  signers: readonly Signer[],
  believes: (row: AuthoredEvent) => Promise<boolean>,
): Promise<LogKeys> {
  const keys = signers.map(({ publicKey }) => publicKey);
  for (const row of await events.ofTypes(relaySession, ['signing_key'])) {
    if (await believes(row)) keys.push(...keyIn(row.body));
  }
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

/** The public key that a `signing_key` event names; none when it is not readable as one. */
export function keyIn(body: string | null): readonly KeyObject[] {
  try {
    const { publicKey } = JSON.parse(body ?? '{}') as { publicKey: string };
    return [createPublicKey({ key: Buffer.from(publicKey, 'base64'), format: 'der', type: 'spki' })];
  } catch {
    return [];
  }
}
