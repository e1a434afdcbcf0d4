import { generateKeyPairSync, randomBytes, randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { EventBody } from '@sluice/contract';
import {
  headInMemory,
  highWaterInMemory,
  openRecorder,
  type Recorder,
  signerOf,
  vaultOf,
} from '../relay/src/recording/index.ts';
import { openStore } from '@sluice/relay/store';
import { type Benchmark, percentile } from './benchmark.ts';

/**
 * How many events a second become durable (fsynced, hashed, indexed for search), from many sessions at once
 * and one commit at a time, on the disk of the working directory.
 */
export const record: Benchmark = async () => {
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
      name: 'record',
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
};

const SECONDS = 5;

/** So many sessions, each appending its next event as soon as the one before is durable. */
async function appendFrom(recorder: Recorder, sessions: number, milliseconds: number) {
  const latencies: number[] = [];
  const start = performance.now();
  const client = async () => {
    const session = randomUUID() as Parameters<Recorder['append']>[0];
    while (performance.now() - start < milliseconds) {
      for (const body of statementEvents()) {
        const before = performance.now();
        await recorder.append(session, body);
        latencies.push(performance.now() - before);
      }
    }
  };
  await Promise.all(Array.from({ length: sessions }, client));
  return { latencies, perSecond: (latencies.length * 1_000) / (performance.now() - start) };
}

/** What an ordinary masked query leaves on the record. */
function statementEvents(): EventBody[] {
  const statement = randomUUID();
  return [
    {
      type: 'statement',
      statement,
      requestId: randomUUID(),
      sql: "select id, email, card from customers where country = 'CH' order by id limit 100",
      binds: null,
      state: { database: 'SHOP', schema: 'PUBLIC', warehouse: 'WH', role: 'ANALYST' },
      describeOnly: false,
    },
    {
      type: 'understanding',
      statement,
      understood: true,
      kind: { family: 'query', name: 'SELECT' },
      objects: [{ type: 'table', name: 'SHOP.PUBLIC.CUSTOMERS', access: 'read' }],
      outputs: ['ID', 'EMAIL', 'CARD'].map((name) => ({
        name,
        sources: [`SHOP.PUBLIC.CUSTOMERS.${name}`],
        unresolved: false,
      })),
      problem: null,
    },
    {
      type: 'decision',
      statement,
      effect: 'mask',
      rule: 'analysts-read-masked',
      reason: 'analysts read customers masked',
      sentence: 'Analysts may read customers with personal data masked.',
      range: { start: 0, end: 6 },
      policyVersion: 'bench',
      masks: [{ output: 1, method: 'redact', because: 'pii' }],
    },
    { type: 'executed', statement },
    {
      type: 'result',
      statement,
      columns: ['ID', 'EMAIL', 'CARD'].map((name) => ({ name, type: 'text', masked: name !== 'ID' })),
      rows: 100,
      bytes: 4_000,
      complete: true,
      payloads: [],
      recordedRows: 0,
    },
  ];
}
