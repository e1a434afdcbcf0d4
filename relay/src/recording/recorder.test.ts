import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { afterEach, expect, it } from 'vitest';
import { openTestStore } from '../store/testing/open-test-store.ts';
import { openRecorder, payloadReader, replay, vaultOf } from './index.ts';
import { hashOf, NOTHING_BEFORE } from './log/seal-event.ts';
import { newSession, opened, openTestRecord, statement } from './testing/open-test-record.ts';

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});
function fileOfItsOwn(): string {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-record-'));
  folders.push(folder);
  return join(folder, 'record.db');
}

it('chains the events of each session in the order of the calls', async () => {
  const { recorder, store } = await openTestRecord();
  const sessions = [newSession(), newSession()];
  await Promise.all(
    Array.from({ length: 200 }, (_, index) =>
      recorder.append(sessions[index % 2]!, statement(`select ${index}`)),
    ),
  );
  for (const [which, session] of sessions.entries()) {
    const events = await Array.fromAsync(replay(store, session));
    expect(
      events.map((event) => 'body' in event && event.body.type === 'statement' && event.body.sql),
    ).toEqual(Array.from({ length: 100 }, (_, index) => `select ${2 * index + which}`));
    let previous = NOTHING_BEFORE;
    for (const [seq, event] of events.entries()) {
      expect(event).toMatchObject({ seq, previous, hash: hashOf(event) });
      previous = event.hash;
    }
  }
});

it('shares a commit among concurrent appends', async () => {
  const path = fileOfItsOwn();
  const { recorder, store, db } = await openTestRecord({ path });
  const frames = async () => {
    const { rows } = await sql<{ log: number }>`PRAGMA wal_checkpoint(TRUNCATE)`.execute(db);
    return rows[0]!.log;
  };
  await frames();
  const session = newSession();
  await Promise.all(Array.from({ length: 100 }, () => recorder.append(session, statement('select 1'))));
  const { rows } = await sql<{ log: number }>`PRAGMA wal_checkpoint(PASSIVE)`.execute(db);
  // A hundred commits write each changed page a hundred times.
  expect(rows[0]!.log).toBeLessThan(100);
  await store.close();
});

it('goes on with a chain after a restart, and beside another process', async () => {
  const path = fileOfItsOwn();
  const session = newSession();
  const first = await openTestRecord({ path });
  await first.recorder.append(session, opened('alice'));
  const second = await openTestRecord({
    ...first,
    beneath: await openTestStore(path),
  });
  await second.recorder.append(session, statement('select 2'));
  await first.recorder.append(session, statement('select 1'));
  expect(second.recorder.relaySession).toBe(first.recorder.relaySession);
  const events = await Array.fromAsync(replay(first.store, session));
  expect(events.map(({ seq }) => seq)).toEqual([0, 1, 2]);
  expect(events.map(({ hash }) => hash).slice(0, 2)).toEqual(events.map(({ previous }) => previous).slice(1));
  await first.store.close();
  await second.store.close();
});

it('refuses on a full disk, and goes on without a gap when there is room', async () => {
  const { recorder, store, db } = await openTestRecord({ path: fileOfItsOwn() });
  const session = newSession();
  await recorder.append(session, opened('alice'));
  const { rows } = await sql<{ page_count: number }>`PRAGMA page_count`.execute(db);
  await sql.raw(`PRAGMA max_page_count = ${rows[0]!.page_count + 2}`).execute(db);
  const long = statement(`select '${'x'.repeat(100_000)}'`);
  const outcomes = await Promise.allSettled([
    recorder.append(session, long),
    recorder.append(newSession(), opened('bob')),
  ]);
  expect(outcomes).toMatchObject([
    { status: 'rejected', reason: { code: 'record_unavailable' } },
    { status: 'rejected', reason: { code: 'record_unavailable' } },
  ]);
  await expect(recorder.append(session, long)).rejects.toMatchObject({ code: 'record_unavailable' });
  await sql`PRAGMA max_page_count = 1000000`.execute(db);
  await expect(recorder.append(session, long)).resolves.toMatchObject({ seq: 1 });
  await store.close();
});

it('refuses once the store is closed', async () => {
  const { recorder, store } = await openTestRecord();
  await store.close();
  await expect(recorder.append(newSession(), opened('alice'))).rejects.toMatchObject({
    code: 'record_unavailable',
  });
});

it('fails an event that cannot be recorded exactly, and that one alone', async () => {
  const { recorder } = await openTestRecord();
  const session = newSession();
  const [bad, good] = await Promise.allSettled([
    recorder.append(session, statement("select '\ud800'")),
    recorder.append(session, statement("select '\u0000'")),
  ]);
  expect(bad).toMatchObject({ status: 'rejected', reason: { code: 'request_malformed' } });
  expect(good).toMatchObject({ status: 'fulfilled', value: { seq: 0 } });
});

it('keeps a payload once, encrypted, and gives it back', async () => {
  const { recorder, store, db, vault } = await openTestRecord();
  const bytes = Buffer.from('a masked result '.repeat(1000));
  const [address, again] = await Promise.all([recorder.keep(bytes), recorder.keep(bytes)]);
  expect(again).toBe(address);
  const { rows } = await sql<{ sealed: Uint8Array }>`SELECT sealed FROM recorded_payload`.execute(db);
  expect(rows).toHaveLength(1);
  expect(rows[0]!.sealed.length).toBeLessThan(500);
  expect(Buffer.from(rows[0]!.sealed).includes('masked')).toBe(false);
  expect((await payloadReader({ store, vault }).read(address))?.bytes).toEqual(bytes);
  expect(await payloadReader({ store, vault }).read('0'.repeat(64))).toBeNull();
});

it('does not give back a payload that was changed in the store, or put in the place of another', async () => {
  const { recorder, store, db, vault } = await openTestRecord();
  const [one, two] = await Promise.all([
    recorder.keep(Buffer.from('one')),
    recorder.keep(Buffer.from('two')),
  ]);
  await sql`UPDATE recorded_payload SET sealed = (SELECT sealed FROM recorded_payload WHERE address = ${two}) WHERE address = ${one}`.execute(
    db,
  );
  await expect(payloadReader({ store, vault }).read(one)).rejects.toMatchObject({
    code: 'record_unavailable',
  });
});

it("follows the vault's rotation: old payloads open without the old key", async () => {
  const [old, fresh] = [Buffer.alloc(32, 1), Buffer.alloc(32, 2)];
  const first = await openTestRecord({ vault: vaultOf(new Map([['old', old]])) });
  const address = await first.recorder.keep(Buffer.from('kept before'));
  const both = vaultOf(
    new Map([
      ['new', fresh],
      ['old', old],
    ]),
  );
  const later = await openRecorder({ ...first, vault: both });
  expect(await later.keep(Buffer.from('kept before'))).not.toBe(address);
  const onlyNew = vaultOf(new Map([['new', fresh]]));
  const read = await payloadReader({ ...first, vault: onlyNew }).read(address);
  expect(read?.bytes.toString()).toBe('kept before');
});

it('refuses to start with a vault that does not open what is there', async () => {
  const record = await openTestRecord({ vault: vaultOf(new Map([['key-1', Buffer.alloc(32, 1)]])) });
  for (const [id, byte] of [
    ['key-1', 2],
    ['key-2', 1],
  ] as const) {
    const vault = vaultOf(new Map([[id, Buffer.alloc(32, byte)]]));
    await expect(openRecorder({ ...record, vault })).rejects.toMatchObject({ code: 'config_invalid' });
  }
});
