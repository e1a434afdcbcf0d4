import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { listSessions, replay, searchEvents } from '../../recording/index.ts';
import { newSession, opened, openTestRecord, statement } from '../../recording/testing/open-test-record.ts';
import type { ReadingLimits } from '../reading-apart.ts';
import { createReadingThread } from './reading-thread.ts';

async function recordInFile() {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-apart-'));
  const path = join(folder, 'sluice.db');
  const record = await openTestRecord({ path });
  onTestFinished(async () => {
    await record.recorder.close();
    await record.store.close();
    rmSync(folder, { recursive: true });
  });
  const session = newSession();
  await record.recorder.append(session, opened('alice'));
  await record.recorder.append(session, statement('select shipped from orders'));
  return { ...record, session, path };
}

it('reads what is durable beside a transaction that is open, and sees nothing of it', async () => {
  const { store, recorder, session } = await recordInFile();
  const shipped = { text: 'shipped', limit: 5 };
  // On the connection of the transaction, each of these would wait for its end.
  await store.transaction(async (tx) => {
    const named = { person: 'p', subject: 's', name: 'n', application: 'a', agent: null };
    await tx.index.sessionOpened({ session: 'other', at: '', ...named });
    expect(await store.apart.index.isKnown('other')).toBe(false);
    expect((await searchEvents(store.apart, shipped)).found).toHaveLength(1);
    expect(await listSessions(store.apart, { limit: 5 })).toMatchObject([{ session, events: 2 }]);
    expect(await Array.fromAsync(replay(store.apart, session))).toHaveLength(2);
  });
  expect(await store.apart.index.isKnown('other')).toBe(true);
  await recorder.append(session, statement('select shipped again'));
  expect((await searchEvents(store.apart, shipped)).found).toHaveLength(2);
  expect((await store.apart.terms.openers([session])).get(session)).toContain('alice');
});

const limits: ReadingLimits = { atOnce: 1, mostWaiting: 2, patienceMs: 60_000 };

it('turns away more than may wait, and goes on', async () => {
  const { store, path } = await recordInFile();
  const { readers, close } = createReadingThread(path, store, limits);
  const reads = await Promise.allSettled(Array.from({ length: 5 }, () => readers.events.log()));
  expect(reads.map(({ status }) => status)).toEqual([
    'fulfilled',
    'fulfilled',
    'fulfilled',
    'rejected',
    'rejected',
  ]);
  expect(reads[4]).toMatchObject({ reason: { code: 'record_unavailable', retryAfterSeconds: 5 } });
  expect(await readers.events.log()).not.toBeNull();
  await close();
  await expect(readers.events.log()).rejects.toMatchObject({ code: 'record_unavailable' });
});

it('ends a read that takes too long, and reads on in another thread', async () => {
  const { store, path } = await recordInFile();
  const hasty = createReadingThread(path, store, { ...limits, patienceMs: 0 });
  await expect(hasty.readers.events.log()).rejects.toMatchObject({
    code: 'record_unavailable',
    message: expect.stringContaining('in time'),
  });
  await hasty.close();
});

it('tells what the database says, and never writes', async () => {
  const { store, path } = await recordInFile();
  const { readers, close } = createReadingThread(path, store, limits);
  const terms = readers.terms as typeof store.terms & { forget(positions: readonly number[]): Promise<void> };
  await expect(terms.forget([1])).rejects.toMatchObject({ code: 'record_unavailable' });
  await close();
});
