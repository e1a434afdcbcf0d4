import { randomBytes, randomUUID } from 'node:crypto';
import { accessSync, constants } from 'node:fs';
import { dirname } from 'node:path';
import type { Writable } from 'node:stream';
import {
  currentFirst,
  headFile,
  highWaterFile,
  openRecorder,
  payloadReader,
  signersFromFile,
  vaultFromFile,
} from '../recording/index.ts';
import type { SessionId } from '../session/index.ts';
import type { StorePlace } from './commands/store-options.ts';
import { exportCommand, exportUnsignedCommand } from './export.ts';
import { readingStore, writingStore } from './open-record.ts';

/**
 * Signs a new checkpoint first, so that the file proves the session up to its last event; of a copy without the signing key, or
 * that cannot be written, it takes the newest that is there.
 *
 * @param note told what the file does not have.
 */
export async function exportFrom(
  place: StorePlace,
  session: SessionId,
  output: Writable,
  note: (text: string) => void,
): Promise<void> {
  if (maySign(place)) return await exportSigned(place, session, output);
  const hasKeys = isReadable(place.files.payloadKey);
  note(
    'exported without the signing key: up to the newest checkpoint, and nobody attests that there was no more',
  );
  if (!hasKeys) note('exported without the payload keys: results and binds are not in the file');
  await readingStore(place, async (store) => {
    const vault = hasKeys ? vaultFromFile(place.files.payloadKey, { create: false }) : null;
    const payloads = vault === null ? null : payloadReader({ store, vault });
    await exportUnsignedCommand({ store, payloads }, session, output);
  });
}

/** By what is there: a record that is signed is also written. */
function maySign({ store, files }: StorePlace): boolean {
  if (!isReadable(files.signingKey) || !isReadable(files.payloadKey)) return false;
  if (store.kind !== 'sqlite') return true;
  return may(files.database, constants.W_OK) && may(dirname(files.database), constants.W_OK);
}

function isReadable(path: string): boolean {
  return may(path, constants.R_OK);
}

function may(path: string, mode: number): boolean {
  try {
    accessSync(path, mode);
    return true;
  } catch {
    return false;
  }
}

function exportSigned(place: StorePlace, session: SessionId, output: Writable): Promise<void> {
  return writingStore(place, async (store, files) => {
    const vault = vaultFromFile(files.payloadKey, { create: false });
    // If the file has a new key, it is the relay that takes it up, at its next start.
    const signers = await currentFirst(store, signersFromFile(files.signingKey, { create: false }));
    const recorder = await openRecorder({
      store,
      now: Date.now,
      random: randomBytes,
      newId: () => randomUUID(),
      vault,
      signers,
      heads: headFile(files.signedHead),
      highWater: highWaterFile(files.highWater),
      patrolEveryMs: null,
      onContradicted: () => {},
      checkpointEvery: { seconds: 3_600, events: 1_000_000 },
      onCheckpointFailed: () => {},
      onIndexFailed: () => {},
    });
    try {
      const payloads = payloadReader({ store, vault });
      await exportCommand({ store, payloads, recorder, signer: signers[0] }, session, output);
    } finally {
      await recorder.close();
    }
  });
}
