import { execFile } from 'node:child_process';
import { createPublicKey } from 'node:crypto';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { listSessions, type SessionFilter } from '../relay/src/recording/index.ts';
import { openTestRetention } from '../relay/src/recording/testing/open-test-retention.ts';
import { openStore, type Store } from '@sluice/relay/store';
import { appendFrom } from './append-from.ts';
import { percentile } from './benchmark.ts';
import type { LargeRecord } from './large-record.ts';
import { startLoopMeter } from './loop-meter.ts';
import type { RecordPlace } from './record-place.ts';
import { PERSON_WITH_MOST } from './made-up-record.ts';
import { timeSearches } from './record-searches.ts';
import { processorOfOthers } from './threads-time.ts';

/** What is measured of one large record. */
export interface AtSize {
  readonly events: number;
  /** The first read of all, with which the reading thread is started. */
  readonly firstReadMs: number;
  readonly searchP99Ms: number;
  /** The slowest call of each kind of search. */
  readonly searchMs: Readonly<Record<string, number>>;
  readonly listP99Ms: number;
  /** Of the threads that do not decide, for one search and one list: what others take of the machine does not count. */
  readonly searchP99ProcessorMs: number;
  readonly listP99ProcessorMs: number;
  /** For how long the thread that decides was held at once while all of these ran, by its processor time and by the clock. */
  readonly holdMostProcessorMs: number;
  readonly holdMostMs: number;
  readonly appendAtSizeP99Ms: number;
  readonly appendWhileSearchingP99Ms: number;
  readonly retentionSeconds: number;
  readonly retentionBodies: number;
  /** What an append took meanwhile. */
  readonly appendP99InRetentionMs: number;
  readonly appendLongestInRetentionMs: number;
  /** Of the thread that decides, and that retention runs on. */
  readonly holdMostInRetentionProcessorMs: number;
  readonly holdMostInRetentionGcMs: number;
  readonly holdMostInRetentionMs: number;
  readonly storeMb: number;
  readonly retentionGaveBackMb: number;
  readonly verifyEventsPerSecond: number;
  /** By the time of its processors: what others take of the machine does not count. */
  readonly verifyEventsPerProcessorSecond: number;
  /** From a checkpoint that was kept, of one hundredth of the record before its end. */
  readonly verifySinceSeconds: number;
  readonly verifyPeakMb: number;
}

/** A record as it was made, or opened again. */
export type Made = Pick<LargeRecord, 'recorder' | 'clock' | 'signingKey' | 'kept'>;

/** Measures what people and the relay do with a large record, and removes a tenth of it. */
export async function measureAtSize(
  place: RecordPlace,
  make: (store: Store) => Promise<Made>,
): Promise<AtSize> {
  const onError = (error: unknown) => {
    throw error;
  };
  const store = await openStore(place.config, place.files, { now: Date.now, onError });
  try {
    const made = await make(store);
    const publicKey = createPublicKey(made.signingKey).export({ type: 'spki', format: 'pem' });
    const verified = told('verified', await verifyInProcess(place, String(publicKey)));
    const since = told('since', await verifyInProcess(place, String(publicKey), made.kept.note));
    const { used } = await store.space();
    const { recorder, clock } = made;
    const removal = await openTestRetention(
      { recorder, store, clock },
      [{ name: 'bench', afterDays: REMOVED_AFTER, removes: 'bodies' }],
      { pause: sleep },
    );
    const alone = await appendFrom(recorder, 1, SECONDS * 1_000);
    const reads = await withAppends(recorder, () => readAll(store));
    told('reads', {
      ...reads.outcome,
      ...reads.hold,
      appendAloneP99Ms: percentile(alone.latencies, 0.99),
      appendBesideP99Ms: percentile(reads.latencies, 0.99),
    });
    // Of a record that was opened again, retention believes nothing that was not read since.
    await recorder.proof.readAll(AbortSignal.timeout(READ_WITHIN_MS));
    // Rules apply when they have stood on the record for a day.
    clock.now += 25 * 3_600_000;
    const start = performance.now();
    const retention = await withAppends(recorder, () => removal.run());
    const retentionSeconds = (performance.now() - start) / 1_000;
    await recorder.close();
    return {
      events: (await store.events.log())?.size ?? 0,
      ...reads.outcome,
      holdMostProcessorMs: reads.hold.cpuMs,
      holdMostMs: reads.hold.wallMs,
      appendAtSizeP99Ms: percentile(alone.latencies, 0.99),
      appendWhileSearchingP99Ms: percentile(reads.latencies, 0.99),
      retentionSeconds,
      retentionBodies: retention.outcome.rules.reduce((sum, { bodies }) => sum + bodies, 0),
      appendP99InRetentionMs: percentile(retention.latencies, 0.99),
      appendLongestInRetentionMs: retention.latencies.reduce((most, each) => Math.max(most, each), 0),
      holdMostInRetentionProcessorMs: retention.hold.cpuMs,
      holdMostInRetentionGcMs: retention.hold.gcMs,
      holdMostInRetentionMs: retention.hold.wallMs,
      storeMb: used / MB,
      retentionGaveBackMb: retention.outcome.givenBack / MB,
      verifyEventsPerSecond: verified.perSecond,
      verifyEventsPerProcessorSecond: verified.perProcessorSecond,
      verifySinceSeconds: since.seconds,
      verifyPeakMb: verified.peakMb,
    };
  } finally {
    await store.close();
    await place.close();
  }
}

const SECONDS = 3;
const READ_WITHIN_MS = 3_600_000;
/** Of a year: a tenth of the record goes. Days. */
const REMOVED_AFTER = 328;
const LISTS = 100;
const MB = 1_024 * 1_024;

async function verifyInProcess({ config, files }: RecordPlace, publicKey: string, kept = '') {
  const worker = join(import.meta.dirname, 'verify-worker.ts');
  const { stdout } = await promisify(execFile)(process.execPath, [
    worker,
    JSON.stringify({ config, files }),
    publicKey,
    kept,
  ]);
  return JSON.parse(stdout) as Readonly<
    Record<'perSecond' | 'perProcessorSecond' | 'peakMb' | 'seconds', number>
  >;
}

/** What a long run has measured by now is printed at once: it may be stopped before its end. */
function told<T>(what: string, figures: T): T {
  console.error(`${what}: ${JSON.stringify(figures)}`);
  return figures;
}

/** Searches and lists, one after the other, as they are read in a relay. */
async function readAll(store: Store) {
  const size = (await store.events.log())?.size ?? 0;
  const to = Date.now();
  const from = to - 365 * 24 * 3_600_000;
  const start = performance.now();
  await store.apart.events.log();
  const firstReadMs = performance.now() - start;
  const { calls, processor } = await timeSearches(store.apart, { size, from, to });
  const lists: number[] = [];
  const listsProcessor: number[] = [];
  for (let round = 0; round < LISTS; round += 1) {
    const before = new Date(from + ((to - from) * round) / LISTS).toISOString();
    const filters: readonly Partial<SessionFilter>[] = [
      { before },
      { person: PERSON_WITH_MOST, before },
      { since: before },
    ];
    for (const filter of filters) {
      const start = performance.now();
      const before = processorOfOthers();
      await listSessions(store.apart, { ...filter, limit: 50 });
      lists.push(performance.now() - start);
      listsProcessor.push(processorOfOthers() - before);
    }
  }
  const most = Object.entries(calls).map(([name, times]) => [name, Math.max(...times)] as const);
  return {
    firstReadMs,
    searchP99Ms: percentile(Object.values(calls).flat(), 0.99),
    searchMs: Object.fromEntries(most),
    listP99Ms: percentile(lists, 0.99),
    searchP99ProcessorMs: percentile(processor, 0.99),
    listP99ProcessorMs: percentile(listsProcessor, 0.99),
  };
}

/** What some work does, with one session appending meanwhile, and how the loop fares. */
async function withAppends<T>(recorder: Parameters<typeof appendFrom>[0], work: () => Promise<T>) {
  const meter = startLoopMeter();
  let isDone = false;
  const appending = appendFrom(recorder, 1, Infinity, () => isDone);
  const outcome = await work();
  isDone = true;
  const { latencies } = await appending;
  const hold = meter.longest();
  meter.stop();
  return { outcome, latencies, hold };
}
