import { expect, it } from 'vitest';
import { searchEvents } from '../index.ts';
import { identity, newSession, opened, openTestRecord, statement } from '../testing/open-test-record.ts';
import { openTestRetention } from '../testing/open-test-retention.ts';
import type { IndexedStore } from './indexed-store.ts';
import { createIndexer } from './indexer.ts';
import type { IndexEntry } from './ports.ts';
import { addPacked, BLOCK, noBits, offsetsOf } from './postings.ts';

const failing = (error: unknown) => {
  throw error;
};

async function recordMany(record: Awaited<ReturnType<typeof openTestRecord>>, count: number) {
  const session = newSession();
  await record.recorder.append(session, opened('alice'));
  for (let done = 0; done < count; done += 1_000) {
    await record.recorder.transaction(async (tx) => {
      for (let index = done; index < Math.min(count, done + 1_000); index += 1)
        await tx.record(
          session,
          statement(`select ${index % 3 === 0 ? 'every_third' : 'others'} as word_${index}`),
        );
    });
  }
  return session;
}

it('makes blocks of what is not recent any more, in which the same is found', async () => {
  const record = await openTestRecord({ onIndexFailed: failing });
  await recordMany(record, BLOCK + 500);
  const indexer = createIndexer({ store: record.store, onFailed: failing });
  await indexer.wake();
  expect(await record.store.terms.progress()).toMatchObject({ blocks: 1, end: BLOCK, recentFrom: BLOCK });
  const count = async (text: string) =>
    (await searchEvents(record.store, { text, limit: 10_000 })).found.length;
  expect(await count('every_third')).toBe(Math.ceil((BLOCK + 500) / 3));
  expect(await count('word_17')).toBe(1 + 10 + 100);
  const { found } = await searchEvents(record.store, { text: 'word_17 every_third', limit: 10 });
  expect(found).toEqual([]);
  await record.recorder.close();
});

it('takes what retention has removed out of the blocks: no word of it is left in the store', async () => {
  const record = await openTestRecord({ onIndexFailed: failing });
  const { recorder, clock, db } = record;
  const first = await recordMany(record, 100);
  for (const held of [true, false])
    await recorder.setLegalHold(first, { held, by: identity('carol'), reason: 'a case' });
  const second = await recordMany(record, BLOCK);
  await recorder.append(first, { type: 'closed', how: 'client' });
  await expect.poll(async () => (await record.store.terms.progress()).blocks).toBe(1);
  await recorder.append(second, statement('select every_third'));
  clock.now += 10 * 24 * 60 * 60 * 1_000;
  const retention = await openTestRetention(record, [{ name: 'short', afterDays: 1, removes: 'bodies' }]);
  clock.now += 2 * 24 * 60 * 60 * 1_000;
  await retention.run();
  const rows = await db.selectFrom('recorded_term').select('offsets').execute();
  const indexed = noBits();
  for (const { offsets } of rows) addPacked(indexed, offsets);
  const removed = await record.store.terms.removed(0, 0, BLOCK);
  expect(removed.length).toBeGreaterThan(100);
  expect(offsetsOf(indexed).filter((offset) => removed.includes(offset))).toEqual([]);
  const { found } = await searchEvents(record.store, { text: 'word_99', limit: 10_000 });
  expect(found.filter(({ event }) => event.session === first)).toEqual([]);
  // What stays of the session does not tell who opened it.
  const alice = await searchEvents(record.store, { person: identity('alice').id, limit: 10_000 });
  expect(alice.found.filter(({ event }) => event.session === first)).toEqual([]);
  // What is in no block yet has been taken out of its own entry.
  expect(await record.store.terms.progress()).toMatchObject({ forgotten: null });
});

it('makes the index of what an earlier version has written, and says meanwhile how much is missing', async () => {
  const record = await openTestRecord();
  await recordMany(record, 50);
  const { size } = (await record.store.events.log())!;
  await record.recorder.close();
  await record.db.deleteFrom('recorded_recent').execute();
  const missing = await searchEvents(record.store, { text: 'every_third', limit: 10 });
  expect(missing).toMatchObject({ found: [], unindexed: size });
  const indexer = createIndexer({ store: record.store, onFailed: failing });
  await indexer.wake();
  const made = await searchEvents(record.store, { text: 'every_third', limit: 100 });
  expect(made).toMatchObject({ searchedTo: null, unindexed: 0 });
  expect(made.found).toHaveLength(17);
});

/** A store with nothing but a long text at position 7, of parts 1 to `parts`; forgotten once `forgottenAfter` are indexed. */
function longText(parts: number, forgottenAfter = Infinity) {
  const sql = Array.from({ length: parts + 1 }, (_, part) => `part_${part} ${'x '.repeat(16_380)}`).join('');
  const event = {
    position: 7,
    session: newSession(),
    at: '2026-11-23T00:00:00Z',
    body: JSON.stringify(statement(sql)),
  };
  const indexed: IndexEntry[] = [];
  const reads: unknown[] = [];
  const isDue = () => indexed.length < Math.min(parts, forgottenAfter);
  let taken = 0;
  const tx = {
    events: {
      async afterPosition(page: unknown) {
        reads.push(page);
        return taken > forgottenAfter ? [] : [event];
      },
    },
    terms: {
      async nextPart() {
        taken += 1;
        return isDue() ? taken : null;
      },
      async addRecent(entries: readonly IndexEntry[]) {
        indexed.push(...entries);
      },
    },
  };
  const nothing = { blocks: 0, end: 0, recentFrom: null, size: 0, forgotten: null };
  const terms = {
    // The row of a text is gone once the indexer has looked for its next part in vain.
    progress: async () => ({ ...nothing, longText: isDue() || taken === indexed.length ? 7 : null }),
  };
  const store = {
    terms,
    transaction: async (work: (to: typeof tx) => Promise<unknown>) => work(tx),
  } as unknown as IndexedStore;
  return { store, indexed, reads };
}

it('reads a long text once for all of its parts', async () => {
  const { store, indexed, reads } = longText(12);
  await createIndexer({ store, onFailed: failing }).wake();
  expect(indexed.map(({ part }) => part)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
  expect(indexed.every(({ position }) => position === 7)).toBe(true);
  expect(indexed[4]!.terms).toContain('w:part_6');
  expect(reads).toEqual([{ after: 6, limit: 1 }]);
});

it('goes on with none of its parts once retention has removed it', async () => {
  const { store, indexed, reads } = longText(12, 3);
  await createIndexer({ store, onFailed: failing }).wake();
  expect(indexed.map(({ part }) => part)).toEqual([1, 2, 3]);
  expect(reads).toHaveLength(1);
});
