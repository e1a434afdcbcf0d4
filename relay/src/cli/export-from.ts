import { randomBytes, randomUUID } from 'node:crypto';
import type { Writable } from 'node:stream';
import { migrations } from '../composition/migrations.ts';
import type { RelayFiles } from '../composition/files.ts';
import {
  currentFirst,
  openRecorder,
  payloadReader,
  signersFromFile,
  vaultFromFile,
} from '../recording/index.ts';
import type { SessionId } from '../session/index.ts';
import { openDatabase } from '../store/index.ts';
import { exportCommand } from './export.ts';

/** Signs a checkpoint of its own first, so that the file proves the session up to its last event. */
export async function exportFrom(files: RelayFiles, session: SessionId, output: Writable): Promise<void> {
  const database = await openDatabase({ path: files.database, migrations });
  const vault = vaultFromFile(files.payloadKey, { create: false });
  // A new key in the file is for the relay to take up, at its next start.
  const signers = await currentFirst(database, signersFromFile(files.signingKey, { create: false }));
  const recorder = await openRecorder({
    database,
    now: Date.now,
    random: randomBytes,
    newId: () => randomUUID(),
    vault,
    signers,
    checkpointEvery: { seconds: 3_600, events: 1_000_000 },
    onCheckpointFailed: () => {},
    onIndexFailed: () => {},
  });
  try {
    const payloads = payloadReader({ database, vault });
    await exportCommand({ database, payloads, recorder, signer: signers[0] }, session, output);
  } finally {
    await recorder.close();
    await database.destroy();
  }
}
