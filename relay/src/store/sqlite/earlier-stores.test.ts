import { createPublicKey } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { gunzipSync } from 'node:zlib';
import { expect, it, onTestFinished } from 'vitest';
import { openClassification } from '../../classification/index.ts';
import { createRevocations, identityId } from '../../identity/index.ts';
import { listSessions, verifyStore } from '../../recording/index.ts';
import { NO_NOTICES } from '../../recording/testing/test-notices.ts';
import { openTestStore } from '../testing/open-test-store.ts';

const EARLIER = join(import.meta.dirname, '..', 'testing', 'earlier');

/** A copy of a store as the relay of before `store/` made it, with something in every table. */
function earlierStore(): string {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-earlier-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const path = join(folder, 'sluice.db');
  writeFileSync(path, gunzipSync(readFileSync(join(EARLIER, 'store-of-0.1.db.gz'))));
  return path;
}

it('takes over a store of the relay that wrote with SQL in every part', async () => {
  const path = earlierStore();
  const onError = (error: unknown) => {
    throw error;
  };
  const { store, db } = await openTestStore(path);
  const key = createPublicKey(readFileSync(join(EARLIER, 'store-of-0.1.pub')));
  // Its checkpoints were of another form: the relay signs everything anew when it starts.
  expect(await verifyStore(store, [key])).toMatchObject({ problems: [{ what: 'unsigned' }], payloads: 2 });
  expect(await listSessions(store, { limit: 5, subject: 'alice' })).toMatchObject([
    { name: 'alice', events: 11 },
  ]);
  expect(await listSessions(store, { limit: 5, subject: 'bob' })).toEqual([]);
  const written: string[] = [];
  const revocations = await createRevocations({
    store: {
      ...store,
      transaction: (work) =>
        store.transaction((tx) =>
          work({ ...tx, record: async (_, body) => void written.push(JSON.stringify(body)) }),
        ),
    },
    relaySession: 'none',
    notices: NO_NOTICES,
    now: () => 0,
    clockToleranceMs: 0,
    onError,
  });
  // What was in the database alone.
  expect(written).toEqual([expect.stringContaining('names_known')]);
  expect(revocations.list()).toEqual([
    {
      target: { type: 'subject', identity: identityId('https://id.example', 'mallory') },
      reason: 'left',
      by: 'sam',
      at: 5_000,
    },
    {
      target: { type: 'issued_before', issuedBefore: 9_000, identity: null },
      reason: 'a leak',
      by: 'sam',
      at: 5_000,
    },
  ]);
  expect((await store.approvals.open()).map(({ state }) => state.phase)).toEqual(['approved', 'asked']);
  expect((await store.grants.live(0)).map(({ rowsLeft }) => rowsLeft)).toEqual([50]);
  const { tags } = await openClassification(store);
  const object = { database: 'SHOP', schema: 'PUBLIC', name: 'T' };
  expect(tags.tagsOf({ object, column: 'C' })).toEqual([{ tag: 'pii.email', path: ['a'] }]);
  expect(await store.usage.since('2026-01-01')).toMatchObject([{ day: '2026-03-01', rows: 7, bytes: 70 }]);
  expect(await store.people.accounts()).toHaveLength(1);
  expect(await db.selectFrom('change_head').selectAll().execute()).toEqual([{ one: 1, number: 0 }]);
  await store.close();
});

it('is taken over whole or not at all', async () => {
  const path = earlierStore();
  const damaged = new DatabaseSync(path);
  // One of the later steps will find it taken.
  damaged.exec('CREATE TABLE change (x)');
  damaged.close();
  await expect(openTestStore(path)).rejects.toMatchObject({ code: 'record_unavailable' });
  const left = new DatabaseSync(path);
  const columns = left.prepare('PRAGMA table_info(recorded_session)').all();
  expect(columns.map(({ name }) => name)).not.toContain('subject');
  expect(left.prepare('SELECT count(*) AS n FROM revocation').get()).toEqual({ n: 2 });
  left.close();
});
