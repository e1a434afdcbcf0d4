import { createPrivateKey, generateKeyPairSync, type KeyObject, randomBytes, randomUUID } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import {
  headInMemory,
  highWaterInMemory,
  openRecorder,
  signerOf,
  vaultOf,
} from '../relay/src/recording/index.ts';
import { openStore, type Store } from '@sluice/relay/store';
import { appendFrom } from './append-from.ts';
import { percentile, type Report } from './benchmark.ts';
import { type AtSize, measureAtSize } from './record-at-size.ts';
import { fillRecord, reopenRecord } from './large-record.ts';
import { madePlace, type RecordPlace, sqlitePlace } from './record-place.ts';

/**
 * How many events a second become durable (fsynced, hashed, indexed for search), from many sessions at once
 * and one commit at a time, on the disk of the working directory; and what searches, lists, appends, retention and
 * verification take with a record of `events`, and of a tenth of them, in a database file or in `place`.
 *
 * @param options.made the folder of a record that `make-record.ts` made, to be measured in the place of a new one; retention
 *   removes a tenth of it.
 */
export async function record({
  events = DEFAULT_EVENTS,
  place = async () => sqlitePlace(),
  made,
}: {
  readonly events?: number;
  readonly place?: () => Promise<RecordPlace>;
  readonly made?: string;
}): Promise<Report> {
  const appends = await measureAppends();
  const large =
    made === undefined
      ? await measureAtSize(await place(), filledWith(events))
      : await measureAtSize(madePlace(made), (store) => reopenRecord(store, keyIn(made)));
  const small = await measureAtSize(await place(), filledWith(Math.ceil(large.events / 10)));
  return {
    name: 'record',
    figures: { ...appends.figures, ...figuresOf(large), ...suffixed(figuresOf(small), 'AtTenth') },
    ratios: {
      ...appends.ratios,
      searchP99VsTenth: large.searchP99Ms / small.searchP99Ms,
      listP99VsTenth: large.listP99Ms / small.listP99Ms,
      appendP99VsTenth: large.appendAtSizeP99Ms / small.appendAtSizeP99Ms,
      verifyEventsPerSecondVsTenth: large.verifyEventsPerSecond / small.verifyEventsPerSecond,
      retentionSecondsVsTenth: large.retentionSeconds / small.retentionSeconds,
      verifyPeakVsTenth: large.verifyPeakMb / small.verifyPeakMb,
    },
  };
}

const DEFAULT_EVENTS = 200_000;

function filledWith(events: number) {
  const onProgress = (done: number) => console.error(`${done} events`);
  return (store: Store) => fillRecord(store, { events, seed: 1, onProgress });
}

function keyIn(folder: string): KeyObject {
  return createPrivateKey(readFileSync(join(folder, 'signing-key.pem')));
}

function figuresOf({ searchMs, ...figures }: AtSize): Readonly<Record<string, number>> {
  const kinds = Object.entries(searchMs).map(([name, most]) => [`search_${name}_mostMs`, most] as const);
  return { ...figures, ...Object.fromEntries(kinds) };
}

function suffixed(figures: Readonly<Record<string, number>>, suffix: string) {
  return Object.fromEntries(Object.entries(figures).map(([name, value]) => [`${name}${suffix}`, value]));
}

async function measureAppends() {
  const folder = mkdtempSync(join(process.cwd(), '.bench-record-'));
  const path = join(folder, 'record.db');
  const onError = (error: unknown) => {
    throw error;
  };
  const store = await openStore({ kind: 'sqlite' }, { database: path }, { now: Date.now, onError });
  try {
    const recorder = await openRecorder({
      store,
      now: Date.now,
      random: randomBytes,
      newId: randomUUID,
      vault: vaultOf(new Map([['bench', randomBytes(32)]])),
      signers: [signerOf(generateKeyPairSync('ed25519').privateKey)],
      heads: headInMemory(),
      highWater: highWaterInMemory(),
      patrolEveryMs: null,
      onContradicted: () => {},
      checkpointEvery: { seconds: 1, events: 1_000 },
      onCheckpointFailed: onError,
      onIndexFailed: onError,
    });
    await appendFrom(recorder, 8, 500);
    const loop = monitorEventLoopDelay({ resolution: 1 });
    loop.enable();
    const many = await appendFrom(recorder, 64, SECONDS * 1_000);
    loop.disable();
    const one = await appendFrom(recorder, 1, SECONDS * 1_000);
    await recorder.close();
    const events = many.latencies.length + one.latencies.length;
    return {
      figures: {
        eventsPerSecond: Math.round(many.perSecond),
        eventsPerSecondOneAtATime: Math.round(one.perSecond),
        appendMedianMs: percentile(many.latencies, 0.5),
        appendP99Ms: percentile(many.latencies, 0.99),
        appendMedianMsOneAtATime: percentile(one.latencies, 0.5),
        eventLoopP99Ms: loop.percentile(99) / 1e6,
        storedBytesPerEvent: Math.round(statSync(path).size / events),
      },
      ratios: { groupCommitVsOneAtATime: many.perSecond / one.perSecond },
    };
  } finally {
    await store.close();
    rmSync(folder, { recursive: true });
  }
}

const SECONDS = 5;
