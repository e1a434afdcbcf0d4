import { generateKeyPairSync, type KeyObject, randomBytes, randomUUID } from 'node:crypto';
import type { Store } from '@sluice/relay/store';
import {
  type Checkpoint,
  headInMemory,
  highWaterInMemory,
  openRecorder,
  parseCheckpoint,
  signerOf,
  vaultOf,
} from '../relay/src/recording/index.ts';
import { openTestRetention } from '../relay/src/recording/testing/open-test-retention.ts';
import { madeUpEvents } from './made-up-record.ts';

export interface LargeRecordOptions {
  readonly events: number;
  readonly seed: number;
  /** The relay's signing key; a new one when it is left out. */
  readonly signingKey?: KeyObject;
  /** Told now and then how many events there are. */
  readonly onProgress?: (events: number) => void;
}

export type LargeRecord = Awaited<ReturnType<typeof fillRecord>>;

/**
 * Fills an empty store with a record of so many events of the last year, through the recorder itself, some thousands a
 * commit: hashes, index and checkpoints are a relay's, and it verifies as intact. A small part of it, the oldest
 * sessions, has been redacted.
 *
 * @returns the recorder, which is open; its clock (milliseconds since the epoch), which stands still now; and a checkpoint of
 *   shortly before the end, to verify from.
 */
export async function fillRecord(store: Store, options: LargeRecordOptions) {
  const { events, seed, onProgress } = options;
  const signingKey = options.signingKey ?? generateKeyPairSync('ed25519').privateKey;
  const end = Date.now();
  const clock = { now: end - YEAR_MS };
  const recorder = await openOn(store, { signingKey, clock });
  const retention = await openTestRetention({ recorder, store, clock }, [
    { name: 'bodies-of-old', afterDays: REDACTED_AFTER, removes: 'bodies' },
  ]);
  const payloads: string[] = [];
  for (let left = Math.ceil(events / EVENTS_A_PAYLOAD); left > 0; left -= A_COMMIT) {
    const sealed = await Promise.all(
      Array.from({ length: Math.min(left, A_COMMIT) }, () => recorder.seal(randomBytes(300))),
    );
    await recorder.transaction(async (tx) => {
      for (const each of sealed) payloads.push((await tx.keep(each), each.address));
    });
  }
  const signed: Checkpoint[] = [];
  const made = madeUpEvents({ seed, newId: randomUUID, payloads });
  const step = YEAR_MS / events;
  const commits = Math.ceil(events / A_COMMIT);
  const every = Math.ceil(commits / CHECKPOINTS);
  for (let done = 0; done < events; done += A_COMMIT) {
    await recorder.transaction(async (tx) => {
      for (let left = Math.min(A_COMMIT, events - done); left > 0; left -= 1) {
        const { session, body } = made.next().value;
        clock.now = Math.min(end, clock.now + step);
        await tx.record(session as Parameters<typeof tx.record>[0], body);
      }
    });
    // Retention goes by when a checkpoint signed how many events.
    if ((done / A_COMMIT) % every === 0) signed.push(await recorder.checkpoint());
    if (done % PROGRESS === 0) onProgress?.(done);
  }
  clock.now = end;
  await retention.run();
  const checkpoint = await recorder.checkpoint();
  return { recorder, clock, signingKey, checkpoint, kept: signed.at(-1)! };
}

/** Opens a record that `fillRecord` made earlier, to go on from now. `kept` is the newest checkpoint of well before the end. */
export async function reopenRecord(store: Store, signingKey: KeyObject) {
  const clock = { now: Date.now() };
  const recorder = await openOn(store, { signingKey, clock });
  // It may have been stopped before it was whole.
  const { size } = await recorder.checkpoint();
  const signed = (await store.checkpoints.list()).flatMap(({ note }) => parseCheckpoint(note) ?? []);
  const kept = signed.filter((each) => each.size < size * 0.99).at(-1);
  if (kept === undefined) throw new Error('the record has no checkpoint of before its last hundredth');
  return { recorder, clock, signingKey, kept };
}

/** A recorder of the benchmark, which signs only when it is asked to. */
function openOn(
  store: Store,
  { signingKey, clock }: { readonly signingKey: KeyObject; readonly clock: { readonly now: number } },
) {
  const onError = (error: unknown) => {
    throw error;
  };
  return openRecorder({
    store,
    now: () => clock.now,
    random: randomBytes,
    newId: randomUUID,
    vault: vaultOf(new Map([['bench', Buffer.alloc(32, 1)]])),
    signers: [signerOf(signingKey)],
    heads: headInMemory(),
    highWater: highWaterInMemory(),
    patrolEveryMs: null,
    onContradicted: onError,
    // What is due by the clock of the machine would be once in a made-up year.
    checkpointEvery: { seconds: 3_600, events: Infinity },
    onCheckpointFailed: onError,
    onIndexFailed: onError,
  });
}

const YEAR_MS = 365 * 24 * 3_600_000;
/** Of a year: what is older, a thirtieth of the record, is redacted. Days. */
const REDACTED_AFTER = 353;
const CHECKPOINTS = 100;
const EVENTS_A_PAYLOAD = 100;
const A_COMMIT = 2_000;
const PROGRESS = 100_000;
