import { sql } from 'kysely';
import { describe, expect, it } from 'vitest';
import { recordingTables } from '../tables.ts';
import { openRecorder } from '../recorder.ts';
import { newSession, newSigner, opened, openTestRecord, statement } from '../testing/open-test-record.ts';
import { recordADay } from '../testing/record-a-day.ts';
import { eventOf } from '../log/event-log.ts';
import { hashOf } from '../log/seal-event.ts';
import { verifyStore } from './verify-store.ts';

async function aRecord() {
  const record = await openTestRecord();
  const before = await recordADay(record.recorder);
  await record.recorder.checkpoint();
  const session = await recordADay(record.recorder);
  const removable = newSession();
  await record.recorder.append(removable, opened('dave'));
  await record.recorder.append(removable, { type: 'closed', how: 'client' });
  const checkpoint = await record.recorder.checkpoint();
  const tables = recordingTables(record.database);
  return { ...record, tables, before, session, removable, checkpoint, key: record.signers[0].publicKey };
}

it('finds a store intact, and says what no checkpoint covers yet', async () => {
  const { database, recorder, key } = await aRecord();
  await recorder.append(newSession(), opened('erin'));
  expect(await verifyStore(database, [key])).toEqual({
    intact: true,
    log: recorder.relaySession,
    sessions: 5,
    events: 26,
    payloads: 2,
    redacted: 0,
    signedDecisions: 2,
    unsigned: 1,
    problems: [],
  });
});

describe('names the event', () => {
  it('whose text was changed', async () => {
    const { database, tables, session, key } = await aRecord();
    const row = tables.updateTable('recorded_event').where('session', '=', session).where('seq', '=', 2);
    await row.set((is) => ({ body: sql<string>`replace(${is.ref('body')}, 'delete', 'select')` })).execute();
    const { problems } = await verifyStore(database, [key]);
    expect(problems[0]).toMatchObject({ what: 'altered', session, seq: 2 });
  });

  it('that was removed', async () => {
    const { database, tables, session, key } = await aRecord();
    await tables.deleteFrom('recorded_event').where('session', '=', session).where('seq', '=', 3).execute();
    const { problems } = await verifyStore(database, [key]);
    expect(problems[0]).toMatchObject({ what: 'removed', session, seq: 4 });
    expect(problems).toContainEqual(expect.objectContaining({ what: 'removed', session, seq: 3 }));
  });

  it('that was rewritten with every hash after it', async () => {
    const { database, tables, session, key } = await aRecord();
    const rows = await tables
      .selectFrom('recorded_event')
      .selectAll()
      .where('session', '=', session)
      .orderBy('seq')
      .execute();
    let previous = rows[4]!.hash;
    for (const row of rows.slice(5)) {
      const event = { ...eventOf(row), previous };
      if ('body' in event && event.body.type === 'executed') continue;
      previous = hashOf(event);
      await tables
        .updateTable('recorded_event')
        .where('position', '=', row.position)
        .set({ previous: event.previous, hash: previous })
        .execute();
    }
    expect((await verifyStore(database, [key])).problems[0]).toMatchObject({ session });
  });
});

it('shows that a whole session was removed, even when the others are moved together', async () => {
  const { database, tables, removable, key } = await aRecord();
  await tables.deleteFrom('recorded_event').where('session', '=', removable).execute();
  expect((await verifyStore(database, [key])).problems[0]?.what).toBe('removed');
  const again = await aRecord();
  await again.tables.deleteFrom('recorded_event').where('session', '=', again.before).execute();
  await sql`UPDATE recorded_event SET position = -position WHERE position > 0`.execute(again.database);
  await sql`UPDATE recorded_event SET position = -position - 11 WHERE position < 0`.execute(again.database);
  expect((await verifyStore(again.database, [again.key])).problems[0]?.what).toBe('forged');
});

it('shows that the whole store was put back, to whoever kept a checkpoint', async () => {
  const { database, tables, checkpoint, removable, key } = await aRecord();
  await tables.deleteFrom('recorded_event').where('session', '=', removable).execute();
  await tables.deleteFrom('recorded_checkpoint').where('size', '=', checkpoint.size).execute();
  expect((await verifyStore(database, [key])).intact).toBe(true);
  expect((await verifyStore(database, [key], [checkpoint])).problems).toMatchObject([{ what: 'removed' }]);
});

it('follows the keys: the old one vouches for the new one, and the other way round', async () => {
  const { signers, ...record } = await aRecord();
  const [old] = signers;
  const fresh = newSigner();
  const recorder = await openRecorder({ ...record, signers: [fresh, old] });
  await recorder.append(newSession(), statement('select 1'));
  await recorder.checkpoint();
  for (const { publicKey } of [old, fresh]) {
    expect(await verifyStore(record.database, [publicKey])).toMatchObject({ intact: true, unsigned: 0 });
  }
  expect((await verifyStore(record.database, [newSigner().publicKey])).problems[0]?.what).toBe('forged');
});
