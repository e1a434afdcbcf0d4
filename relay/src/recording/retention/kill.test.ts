import { spawn } from 'node:child_process';
import { createPublicKey, randomBytes, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { EventBody } from '@sluice/contract';
import { afterAll, expect, it } from 'vitest';
import { openTestStore } from '../../store/testing/open-test-store.ts';
import { openRecorder, openRetention, type RetentionRun, verifyStore } from '../index.ts';
import { newSession, opened, result, statement } from '../testing/open-test-record.ts';
import { recordFiles } from '../testing/record-files.ts';

const RETAINER = join(import.meta.dirname, '..', 'testing', 'retain-until-killed.ts');
const DAY = 24 * 60 * 60 * 1_000;
const BEGIN = Date.parse('2026-03-01T09:00:00.000Z');
const SESSIONS = 100;

const folder = mkdtempSync(join(tmpdir(), 'sluice-retention-kill-'));
const path = join(folder, 'record.db');
afterAll(() => rmSync(folder, { recursive: true }));

it(
  'is finished by the next run, however it was killed, and nothing is gone that no checkpoint covers',
  { timeout: 600_000 },
  async () => {
    await makeRecord();
    let kills = 0;
    let left = -1;
    // A run that was killed has its place for some minutes.
    for (let now = BEGIN + 500 * DAY; ; now += 60 * 60 * 1_000) {
      const run = await retainedUntil(1 + Math.floor(Math.random() * 15), now);
      const { store, db } = await openTestStore(path);
      const gone = await db
        .selectFrom('recorded_event')
        .select(['session', 'seq'])
        .where('body', 'is', null)
        .execute();
      const redacted = await db
        .selectFrom('recorded_event')
        .selectAll()
        .where('type', '=', 'redacted')
        .execute();
      const covered = Math.max(...(await store.checkpoints.list()).map(({ size }) => size));
      const free = new Set(
        redacted
          .filter(({ position }) => position < covered)
          .flatMap(({ session, body }) => {
            const named = JSON.parse(body ?? '') as Extract<EventBody, { type: 'redacted' }>;
            return named.events.map((seq) => `${session} ${seq}`);
          }),
      );
      expect(gone.filter(({ session, seq }) => !free.has(`${session} ${seq}`))).toEqual([]);
      const key = createPublicKey(readFileSync(join(folder, 'signing.key.pub')));
      expect(await verifyStore(store, [key])).toMatchObject({ intact: true, redacted: gone.length });
      await store.close();
      left = SESSIONS * 4 - gone.length;
      if (run !== null) break;
      kills += 1;
    }
    expect({ left, wasKilled: kills > 0 }).toEqual({ left: 0, wasKilled: true });
  },
);

/** What came of a run that is killed after so many transactions; null when it was. */
async function retainedUntil(transactions: number, now: number): Promise<RetentionRun | null> {
  const child = spawn(process.execPath, [RETAINER, path, folder, String(now)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = once(child, 'close');
  let text = '';
  for await (const chunk of child.stdout) {
    text += String(chunk);
    if (text.split('\n').length > transactions) child.kill('SIGKILL');
  }
  await ended;
  const last = text.trim().split('\n').at(-1) ?? '';
  return last.startsWith('{') ? (JSON.parse(last) as RetentionRun) : null;
}

/** Closed sessions, and rules that have stood on the record long enough. */
async function makeRecord(): Promise<void> {
  const { store } = await openTestStore(path);
  const clock = { now: BEGIN };
  const onError = (error: unknown) => {
    throw error;
  };
  const recorder = await openRecorder({
    store,
    now: () => clock.now,
    random: randomBytes,
    newId: randomUUID,
    ...recordFiles(folder),
    patrolEveryMs: null,
    onContradicted: onError,
    checkpointEvery: { seconds: 3_600, events: 1_000_000 },
    onCheckpointFailed: onError,
    onIndexFailed: onError,
  });
  await openRetention({
    store,
    transaction: recorder.transaction,
    proof: recorder.proof,
    checkpoint: recorder.checkpoint,
    tidyIndex: recorder.tidyIndex,
    relaySession: recorder.relaySession,
    rules: [{ name: 'a-year', afterDays: 365, removes: 'bodies' }],
    at: '03:00',
    relay: randomUUID(),
    now: () => clock.now,
    elapsed: () => performance.now(),
    pause: async () => {},
    onError,
  });
  await Promise.all(
    Array.from({ length: SESSIONS }, async () => {
      const session = newSession();
      await recorder.append(session, opened('alice'));
      const id = randomUUID();
      await recorder.append(session, statement(`select ${'x'.repeat(2_000)}`, id));
      const payload = await recorder.keep(randomBytes(500));
      await recorder.append(session, result(id, [payload]));
      await recorder.append(session, { type: 'closed', how: 'client' });
    }),
  );
  await recorder.close();
  await store.close();
}
