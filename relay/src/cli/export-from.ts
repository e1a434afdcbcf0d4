import { randomBytes, randomUUID } from 'node:crypto';
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
import { exportCommand } from './export.ts';
import { writingStore } from './open-record.ts';

/** Signs a new checkpoint first, so that the file proves the session up to its last event. */
export function exportFrom(place: StorePlace, session: SessionId, output: Writable): Promise<void> {
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
