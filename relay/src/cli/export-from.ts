import { randomBytes, randomUUID } from 'node:crypto';
import { constants, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Writable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  type Checkpoint,
  currentFirst,
  headFile,
  highWaterFile,
  openRecorder,
  parseCheckpoint,
  payloadReader,
  readPublicKeys,
  type SignedHead,
  signersFromFile,
  vaultFromFile,
} from '../recording/index.ts';
import type { SessionId } from '../session/index.ts';
import { type ReadOnlyStore, tryLock, tryLockData } from '../store/index.ts';
import type { StorePlace } from './commands/store-options.ts';
import { exportCommand, exportUnsignedCommand } from './export.ts';
import { isReadable, mayAccess } from './may-access.ts';
import { readingStore, writingStore } from './open-record.ts';

/**
 * Exports a session by what is in a data folder. What the key signs was examined before, as a relay does at its start:
 * while a relay runs on the folder, that is the relay's to do, and the file goes up to the newest checkpoint that it has
 * signed. A copy without the signing key, or that cannot be written, is exported in the same way.
 *
 * @param note told what the file does not have, and of what is waited for.
 * @param kept checkpoints that the file is to show its log to go on from.
 * @throws SluiceError `record_contradicted` when the store does not hold what was signed or acknowledged.
 */
export async function exportFrom(
  place: StorePlace,
  session: SessionId,
  output: Writable,
  note: (text: string) => void,
  kept: readonly Checkpoint[],
): Promise<void> {
  if (!maySign(place)) {
    note('exported without the signing key: up to the newest checkpoint, and');
    note('nobody attests that there was no more');
    return await exportUnsigned(place, { session, output, note, kept, waits: false });
  }
  // First: a relay that finds the folder locked sees by it for whom it has to wait.
  const exporting = tryLock(place.files.exportLock);
  const lock = tryLockData(place.files);
  if (lock === null) {
    exporting?.release();
    note('a relay runs on this folder: exported up to the newest checkpoint that it has signed, and');
    note('nobody attests that there was no more. With --as, or --url and --token, the relay does.');
    return await exportUnsigned(place, { session, output, note, kept, waits: true });
  }
  try {
    await exportSigned(place, session, output, kept);
  } finally {
    lock.release();
    exporting?.release();
  }
}

/**
 * By what is there: a record that is signed is also written. Without what the relay signed last, a rewritten record could
 * not be told from the one that it recorded.
 */
function maySign({ store, files }: StorePlace): boolean {
  if (!isReadable(files.signingKey) || !isReadable(files.payloadKey)) return false;
  if (!mayAccess(files.signedHead, constants.R_OK | constants.W_OK)) return false;
  if (!mayAccess(dirname(files.lock), constants.W_OK)) return false;
  return store.kind !== 'sqlite' || mayAccess(files.database, constants.W_OK);
}

interface Unsigned {
  readonly session: SessionId;
  readonly output: Writable;
  readonly note: (text: string) => void;
  readonly kept: readonly Checkpoint[];
  /** Whether a relay is there that signs what is newer. */
  readonly waits: boolean;
}

async function exportUnsigned(
  place: StorePlace,
  { session, output, note, kept, waits }: Unsigned,
): Promise<void> {
  const { files } = place;
  const hasKeys = isReadable(files.payloadKey);
  if (!hasKeys) note('exported without the payload keys: results and binds are not in the file');
  await readingStore(place, async (store) => {
    const head = async () => (isReadable(files.signedHead) ? await headFile(files.signedHead).read() : null);
    if (waits) await untilSigned(store, { session, note }, head);
    const vault = hasKeys ? vaultFromFile(files.payloadKey, { create: false }) : null;
    const payloads = vault === null ? null : payloadReader({ store, vault });
    await exportUnsignedCommand(
      { store, payloads, head: await head(), keys: publicKeys(place), kept },
      session,
      output,
    );
  });
}

/** The keys that this folder's relay signs with, as far as they can be read here. */
function publicKeys({ files }: StorePlace): ReturnType<typeof readPublicKeys> {
  if (isReadable(files.signingKey)) {
    return signersFromFile(files.signingKey, { create: false }).map(({ publicKey }) => publicKey);
  }
  const published = `${files.signingKey}.pub`;
  return isReadable(published) ? readPublicKeys(readFileSync(published, 'utf8')) : [];
}

/** Waits until the relay has signed what the session has now, as it does every minute, or says that it signs nothing. */
async function untilSigned(
  { events, checkpoints }: ReadOnlyStore,
  { session, note }: Pick<Unsigned, 'session' | 'note'>,
  head: () => Promise<SignedHead | null>,
): Promise<void> {
  const signed = async () => {
    const said = await head();
    if (said !== null && said.contradiction !== null) return Infinity;
    const size = said === null ? 0 : parseCheckpoint(said.note)!.size;
    return Math.max(size, (await checkpoints.newest())?.size ?? 0);
  };
  const size = (await events.log())?.size ?? 0;
  const after = (await signed()) - 1;
  if (after >= size || (await events.afterPosition({ after, session, within: size, limit: 1 })).length === 0)
    return;
  note('the session has events that are not signed yet; the relay signs them within a minute');
  const until = performance.now() + MOST_WAITED;
  while ((await signed()) < size && performance.now() < until) await sleep(LOOK_EVERY);
}

/** Milliseconds: a relay signs every minute. */
const MOST_WAITED = 75_000;
const LOOK_EVERY = 250;

function exportSigned(
  place: StorePlace,
  session: SessionId,
  output: Writable,
  kept: readonly Checkpoint[],
): Promise<void> {
  return writingStore(place, async (store, files) => {
    const vault = vaultFromFile(files.payloadKey, { create: false });
    // If the file has a new key, it is the relay that takes it up, at its next start.
    const signers = await currentFirst(store, signersFromFile(files.signingKey, { create: false }));
    const highWater = highWaterFile(files.highWater);
    try {
      const recorder = await openRecorder({
        store,
        now: Date.now,
        random: randomBytes,
        newId: () => randomUUID(),
        vault,
        signers,
        heads: headFile(files.signedHead),
        highWater,
        patrolEveryMs: null,
        onContradicted: () => {},
        checkpointEvery: { seconds: 3_600, events: 1_000_000 },
        onCheckpointFailed: () => {},
        onIndexFailed: () => {},
      });
      try {
        const payloads = payloadReader({ store, vault });
        await exportCommand({ store, payloads, recorder, signer: signers[0], kept }, session, output);
      } finally {
        await recorder.close();
      }
    } finally {
      highWater.close();
    }
  });
}
