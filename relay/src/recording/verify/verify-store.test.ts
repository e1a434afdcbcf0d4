import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { describe, expect, it } from 'vitest';
import { signCheckpoint } from '../checkpoints/checkpoint.ts';
import { logTree } from '../checkpoints/log-tree.ts';
import { openRecorder } from '../recorder.ts';
import { newSession, newSigner, opened, openTestRecord, statement } from '../testing/open-test-record.ts';
import { recordADay } from '../testing/record-a-day.ts';
import { storedEvent } from '../../store/sql/events.ts';
import { SluiceError } from '../../errors.ts';
import { StoreError } from '../../store/index.ts';
import { eventOf } from '../log/event-log.ts';
import { hashOf } from '../log/seal-event.ts';
import { verifyStore } from './verify-store.ts';

async function aRecord() {
  const record = await openTestRecord();
  const before = await recordADay(record.recorder);
  await record.recorder.checkpoint();
  const session = await recordADay(record.recorder, 'ben');
  const removable = newSession();
  await record.recorder.append(removable, opened('dave'));
  await record.recorder.append(removable, { type: 'closed', how: 'client' });
  const checkpoint = await record.recorder.checkpoint();
  const tables = record.db;
  return { ...record, tables, before, session, removable, checkpoint, key: record.signers[0].publicKey };
}

it('finds a store intact, and says what no checkpoint covers yet', async () => {
  const { store, recorder, key } = await aRecord();
  await recorder.append(newSession(), opened('erin'));
  expect(await verifyStore(store, [key])).toEqual({
    intact: true,
    log: recorder.relaySession,
    since: 0,
    sessions: 5,
    events: 28,
    payloads: 2,
    payloadsOpened: false,
    withoutPayloads: false,
    redacted: 0,
    signedDecisions: 2,
    signedUnlessRevoked: 0,
    unsigned: 1,
    attested: true,
    uncompared: 0,
    voided: [],
    removals: [],
    problems: [],
  });
});

describe('names the event', () => {
  it('whose text was changed', async () => {
    const { store, tables, session, key } = await aRecord();
    const row = tables.updateTable('recorded_event').where('session', '=', session).where('seq', '=', 2);
    await row.set((is) => ({ body: sql<string>`replace(${is.ref('body')}, 'delete', 'select')` })).execute();
    const { problems } = await verifyStore(store, [key]);
    expect(problems[0]).toMatchObject({ what: 'altered', session, seq: 2 });
  });

  it('that was removed', async () => {
    const { store, tables, session, key } = await aRecord();
    await tables.deleteFrom('recorded_event').where('session', '=', session).where('seq', '=', 3).execute();
    const { problems } = await verifyStore(store, [key]);
    expect(problems).toMatchObject([{ what: 'removed', session, seq: 3, position: 17 }]);
  });

  it('that was rewritten with every hash after it', async () => {
    const { store, tables, session, key } = await aRecord();
    const rows = await tables
      .selectFrom('recorded_event')
      .selectAll()
      .where('session', '=', session)
      .orderBy('seq')
      .execute();
    let previous = rows[4]!.hash;
    for (const row of rows.slice(5)) {
      const event = { ...eventOf(storedEvent(row)), previous };
      if ('body' in event && event.body.type === 'executed') continue;
      previous = hashOf(event);
      await tables
        .updateTable('recorded_event')
        .where('position', '=', row.position)
        .set({ previous: event.previous, hash: previous })
        .execute();
    }
    expect((await verifyStore(store, [key])).problems[0]).toMatchObject({ session });
  });
});

it('shows that a whole session was removed, even when the others are moved together', async () => {
  const { store, tables, removable, key } = await aRecord();
  await tables.deleteFrom('recorded_event').where('session', '=', removable).execute();
  expect((await verifyStore(store, [key])).problems[0]?.what).toBe('removed');
  const again = await aRecord();
  await again.tables.deleteFrom('recorded_event').where('session', '=', again.before).execute();
  await sql`UPDATE recorded_event SET position = -position WHERE position > 0`.execute(again.db);
  await sql`UPDATE recorded_event SET position = -position - 11 WHERE position < 0`.execute(again.db);
  expect((await verifyStore(again.store, [again.key])).problems[0]?.what).toBe('forged');
});

it('shows that the whole store was put back, to whoever kept a checkpoint', async () => {
  const { store, tables, checkpoint, removable, key } = await aRecord();
  await tables.deleteFrom('recorded_event').where('session', '=', removable).execute();
  await tables.deleteFrom('recorded_checkpoint').where('size', '=', checkpoint.size).execute();
  expect((await verifyStore(store, [key])).problems).toMatchObject([{ what: 'removed' }]);
  await tables
    .updateTable('recorded_log')
    .set({ size: checkpoint.size - 2 })
    .execute();
  expect((await verifyStore(store, [key])).intact).toBe(true);
  expect((await verifyStore(store, [key], [checkpoint])).problems).toMatchObject([{ what: 'removed' }]);
});

it('follows the keys: the old one vouches for the new one, and the other way round', async () => {
  const { signers, ...record } = await aRecord();
  const [old] = signers;
  const fresh = newSigner();
  const recorder = await openRecorder({ ...record, signers: [fresh, old] });
  await recorder.append(newSession(), statement('select 1'));
  await recorder.checkpoint();
  for (const { publicKey } of [old, fresh]) {
    expect(await verifyStore(record.store, [publicKey])).toMatchObject({ intact: true, unsigned: 0 });
  }
  expect((await verifyStore(record.store, [newSigner().publicKey])).problems[0]?.what).toBe('forged');
});

describe('says so', () => {
  it.each([
    [
      'when an event stands before the first position, where no proof reaches it',
      'forged',
      `INSERT INTO recorded_event SELECT -1, '${randomUUID()}', 0, at, type, salt, body, body_digest, previous, hash, mac
       FROM recorded_event WHERE position = 3`,
    ],
    [
      'when the tail is gone, and with it the checkpoints that covered it',
      'removed',
      `DELETE FROM recorded_event WHERE position > 12; DELETE FROM recorded_checkpoint WHERE size > 12`,
    ],
    ['when the log has lost its name', 'removed', 'DELETE FROM recorded_log'],
    ['when the log has another name', 'forged', `UPDATE recorded_log SET relay_session = '${randomUUID()}'`],
    [
      'when a body was written where retention took one',
      'altered',
      `UPDATE recorded_event SET salt = NULL WHERE position = 3`,
    ],
    [
      'when a position is beyond all numbers',
      'unreadable',
      'UPDATE recorded_event SET position = 9223372036854775807 WHERE position = 3',
    ],
    ['when a table is gone', 'unreadable', 'DROP TABLE recorded_payload'],
  ])('%s', async (_, what, tampering) => {
    const { store, db, key } = await aRecord();
    for (const statement of tampering.split(';')) await sql.raw(statement).execute(db);
    const { problems } = await verifyStore(store, [key]);
    expect(problems.map((problem) => problem.what)).toContain(what);
  });

  it('when a table without its keys holds a position twice, whatever is made of the table', async () => {
    const { store, db, key } = await aRecord();
    const tampering = `CREATE TABLE twice AS SELECT * FROM recorded_event;
       DROP TABLE recorded_event;
       ALTER TABLE twice RENAME TO recorded_event;
       INSERT INTO recorded_event SELECT * FROM recorded_event WHERE position = 3`;
    for (const statement of tampering.split(';')) await sql.raw(statement).execute(db);
    const asMade = { strange: null, longestRow: 1_000 };
    const { problems } = await verifyStore({ ...store, inspectTables: async () => asMade }, [key]);
    expect(problems.map((problem) => problem.what)).toContain('forged');
    expect((await verifyStore(store, [key])).problems).toMatchObject([
      { what: 'unreadable', why: 'table recorded_event is made otherwise than a relay makes it' },
    ]);
  });

  it('and is not intact then, where nothing that is read names a payload', async () => {
    const { store, db, key, checkpoint } = await aRecord();
    await sql.raw('DROP TABLE recorded_payload').execute(db);
    const asMade = { ...store, inspectTables: async () => ({ strange: null, longestRow: 1_000 }) };
    expect(await verifyStore(asMade, [key], [], { since: checkpoint })).toMatchObject({
      intact: false,
      since: checkpoint.size,
      problems: [{ what: 'unreadable' }],
    });
  });

  it('when a key signs after it was retired, though the new key vouches for it', async () => {
    const { signers, ...record } = await aRecord();
    const [old] = signers;
    const fresh = newSigner();
    const recorder = await openRecorder({ ...record, signers: [fresh, old] });
    const { relaySession: log } = recorder;
    await recorder.checkpoint();
    // Whoever stole the old key goes on where the new one has signed.
    await recorder.append(newSession(), opened('mallory'));
    const { size } = await record.tables.selectFrom('recorded_log').select('size').executeTakeFirstOrThrow();
    const root = (await logTree(record.store).root(size)).toString('hex');
    const at = '2026-03-01T10:00:00.000Z';
    const { note } = await signCheckpoint({ log, size, root, at }, old);
    await record.tables.insertInto('recorded_checkpoint').values({ size, key: old.key, at, note }).execute();
    expect(await verifyStore(record.store, [fresh.publicKey])).toMatchObject({
      unsigned: 1,
      problems: [{ what: 'forged' }],
    });
  });
});

it('does not let a key come back that was retired', async () => {
  const { signers, ...record } = await aRecord();
  const [old] = signers;
  const fresh = newSigner();
  const recorder = await openRecorder({ ...record, signers: [fresh, old] });
  await recorder.checkpoint();
  const thief = await openRecorder({ ...record, signers: [old] });
  await thief.append(newSession(), opened('mallory'));
  await thief.checkpoint();
  expect(await verifyStore(record.store, [fresh.publicKey])).toMatchObject({
    unsigned: 2,
    problems: [{ what: 'forged' }],
  });
});

it('does not let a relay sign whose key another process has retired', async () => {
  const { signers, recorder, ...record } = await aRecord();
  await openRecorder({ ...record, signers: [newSigner(), ...signers] });
  await recorder.append(newSession(), opened('erin'));
  await expect(recorder.checkpoint()).rejects.toMatchObject({ code: 'config_invalid' });
});

it('asks once of a table that does not answer', async () => {
  const record = await openTestRecord();
  await recordADay(record.recorder);
  await record.recorder.checkpoint();
  let asked = 0;
  const silent = async () => {
    asked += 1;
    throw new SluiceError('record_unavailable', 'it does not answer', {
      advice: '',
      cause: new StoreError('busy'),
    });
  };
  const payloads = { ...record.store.payloads, missing: async () => [], count: silent };
  const opener = { read: silent };
  const { problems } = await verifyStore({ ...record.store, payloads }, [record.signers[0].publicKey], [], {
    opener,
  });
  expect(problems).toEqual([
    expect.objectContaining({ what: 'unreadable', why: expect.stringContaining('does not answer') }),
  ]);
  expect(asked).toBe(1);
});
