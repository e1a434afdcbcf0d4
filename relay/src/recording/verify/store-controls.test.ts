import { randomUUID } from 'node:crypto';
import type { EventBody } from '@sluice/contract';
import { expect, it } from 'vitest';
import { payloadReader } from '../payloads/payload-store.ts';
import { digestOfText, eventHash } from '../log/seal-event.ts';
import {
  identity,
  newSession,
  newSigner,
  opened,
  openTestRecord,
  statement,
} from '../testing/open-test-record.ts';
import { approvalOf, enrolled, newDevice, recordADay } from '../testing/record-a-day.ts';
import type { VerifyStoreOptions } from './verify-store.ts';
import { verifyStore } from './verify-store.ts';

async function aRecord() {
  const record = await openTestRecord();
  const session = await recordADay(record.recorder);
  const verified = (options: VerifyStoreOptions = {}, kept: Parameters<typeof verifyStore>[2] = []) =>
    verifyStore(record.store, [record.signers[0].publicKey], kept, options);
  return { ...record, session, verified, kept: await record.recorder.checkpoint() };
}

const redacted = (events: number[], payloads: string[] = []): EventBody => ({
  type: 'redacted',
  rule: 'a-year',
  events,
  payloads,
  by: identity('olga'),
  afterDays: 365,
});

type Record = Awaited<ReturnType<typeof aRecord>>;
const removeBody = ({ db, session }: Record, seq: number) =>
  db
    .updateTable('recorded_event')
    .set({ body: null, salt: null })
    .where('session', '=', session)
    .where('seq', '=', seq)
    .execute();

it('does not pass a store that nobody has signed', async () => {
  const { db, store, verified } = await aRecord();
  expect(await verifyStore(store, [newSigner().publicKey])).toMatchObject({ intact: false, unsigned: 13 });
  await db.deleteFrom('recorded_checkpoint').execute();
  for (const key of [newSigner(), newSigner()]) {
    expect((await verifyStore(store, [key.publicKey])).problems).toMatchObject([
      { what: 'unsigned', seq: null },
    ]);
  }
  expect((await verified()).problems).toMatchObject([{ what: 'unsigned' }]);
});

it('lets only so many events stand after the last checkpoint', async () => {
  const { recorder, verified } = await aRecord();
  for (let number = 0; number < 3; number += 1) await recorder.append(newSession(), opened('erin'));
  expect(await verified({ mostUnsigned: 3 })).toMatchObject({ intact: true, unsigned: 3 });
  expect((await verified({ mostUnsigned: 2 })).problems).toMatchObject([
    { what: 'unsigned', why: expect.stringContaining('position 13') },
  ]);
});

it('counts a redaction only once it is signed, whatever checkpoint was kept', async () => {
  const record = await aRecord();
  const { recorder, session, verified, kept } = record;
  await recorder.append(session, redacted([2]));
  await removeBody(record, 2);
  for (const known of [[], [kept]]) {
    const { problems, removals } = await verified({}, known);
    expect(problems).toMatchObject([{ what: 'removed', session, seq: 2 }]);
    expect(removals).toEqual([]);
  }
  await recorder.checkpoint();
  expect(await verified()).toMatchObject({
    intact: true,
    redacted: 1,
    removals: [{ rule: 'a-year', by: identity('olga').id, afterDays: 365, bodies: 1, payloads: 0 }],
  });
});

it('finds what was removed under legal hold, though a signed redaction lists it', async () => {
  const record = await aRecord();
  const { recorder, session, verified } = record;
  await recorder.setLegalHold(session, { held: true, by: identity('carol'), reason: 'case 12' });
  await recorder.append(session, redacted([2]));
  await recorder.checkpoint();
  expect((await verified()).intact).toBe(true);
  await removeBody(record, 2);
  expect(await verified()).toMatchObject({ problems: [{ what: 'removed', session, seq: 2 }], removals: [] });
});

it('does not take another session’s release for one of this session', async () => {
  const { store, recorder, session, signers, ...record } = await aRecord();
  const by = identity('carol');
  const other = newSession();
  await recorder.append(other, opened('dave'));
  await recorder.setLegalHold(session, { held: true, by, reason: 'case 12' });
  for (const held of [true, false]) await recorder.setLegalHold(other, { held, by, reason: 'case 13' });
  await recorder.append(session, redacted([2]));
  await recorder.checkpoint();
  await removeBody({ store, recorder, session, signers, ...record }, 2);
  // What an index that was written byte by byte may lead to.
  const ofTypes: typeof store.events.ofTypes = async (asked, types, within) => {
    const own = await store.events.ofTypes(asked, types, within);
    return asked !== session ? own : [...own, ...(await store.events.ofTypes(other, types, within)).slice(1)];
  };
  const misled = { ...store, events: { ...store.events, ofTypes } };
  const { problems } = await verifyStore(misled, [signers[0].publicKey]);
  expect(problems.map(({ why }) => why).join()).toContain('an index leads to other rows than it says');
});

it('finds that a payload is gone, or another, and names the event', async () => {
  const { db, session, verified, ...record } = await aRecord();
  const opener = payloadReader(record);
  expect(await verified({ opener })).toMatchObject({ intact: true, payloadsOpened: true });
  const [first, second] = await db.selectFrom('recorded_payload').selectAll().orderBy('kept_at').execute();
  await db
    .updateTable('recorded_payload')
    .set({ sealed: second!.sealed })
    .where('address', '=', first!.address)
    .execute();
  expect(await verified()).toMatchObject({ intact: true, payloadsOpened: false });
  const { problems } = await verified({ opener });
  expect(problems).toMatchObject([
    { what: 'altered', session, why: expect.stringContaining(first!.address) },
  ]);
  await db.deleteFrom('recorded_payload').execute();
  expect((await verified()).problems).toMatchObject([
    { what: 'removed', session, seq: 2 },
    { what: 'removed', session, seq: 9 },
  ]);
});

it.each([
  ['removed', 14],
  ['altered', 12],
  ['altered', 0],
])('finds that the log says another size than it has: %s', async (what, size) => {
  const { db, verified } = await aRecord();
  await db.updateTable('recorded_log').set({ size }).execute();
  expect((await verified()).problems).toMatchObject([{ what, why: expect.stringContaining('recorded_log') }]);
});

it('names the position of a whole session that is gone', async () => {
  const { db, recorder, session, verified } = await aRecord();
  await recorder.append(newSession(), opened('erin'));
  await recorder.checkpoint();
  await db.deleteFrom('recorded_event').where('session', '=', session).execute();
  expect((await verified()).problems).toMatchObject([{ what: 'removed', session: null, position: 2 }]);
});

it('finds a subtree that is not of its events, or is gone', async () => {
  const { db, recorder, verified } = await aRecord();
  const session = newSession();
  for (let number = 0; number < 520; number += 1) await recorder.append(session, statement('select 1'));
  await recorder.checkpoint();
  expect((await verified()).intact).toBe(true);
  const places = db.updateTable('recorded_subtree').where('place', '=', 1);
  await places.set({ hash: 'ab'.repeat(32) }).execute();
  const problem = { what: 'altered', why: expect.stringContaining('recorded_subtree: level 8, place 1') };
  expect((await verified()).problems).toMatchObject([problem]);
  await db.deleteFrom('recorded_subtree').where('place', '=', 1).execute();
  expect((await verified()).problems).toMatchObject([problem]);
});

it('reads with care what no checkpoint covers: its hashes may all be right', async () => {
  const { db, recorder, session, verified } = await aRecord();
  const rewrite = async (seq: number, body: string) => {
    const row = await db
      .selectFrom('recorded_event')
      .selectAll()
      .where('session', '=', session)
      .where('seq', '=', seq)
      .executeTakeFirstOrThrow();
    const digest = digestOfText(body, row.salt!);
    const hash = eventHash({ ...row, type: 'prompt', bodyDigest: digest });
    const changed = { type: 'prompt', body, body_digest: digest, hash };
    await db.updateTable('recorded_event').set(changed).where('position', '=', row.position).execute();
  };
  const { seq } = await recorder.append(session, { type: 'prompt', text: 'x', source: 'mcp' });
  await rewrite(seq, '{"type":"prompt","text":"x","source":"mcp"}');
  expect((await verified()).problems).toMatchObject([{ what: 'altered', session, seq }]);
  await rewrite(seq, '{"source":"mcp","text":1,"type":"prompt"}');
  expect((await verified()).problems).toMatchObject([{ what: 'unreadable', session, seq }]);
  // Under a checkpoint that does not match, too.
  await rewrite(seq, '{"source":"mcp","text":"x","type":"prompt"}');
  expect((await verified()).intact).toBe(true);
  await rewrite(1, '{"source":"mcp","text":1,"type":"prompt"}');
  expect((await verified()).problems[0]).toMatchObject({ what: 'unreadable', session, seq: 1 });
});

it('names the event that was rewritten with its hash, not the one after it', async () => {
  const { db, session, verified } = await aRecord();
  const row = await db
    .selectFrom('recorded_event')
    .selectAll()
    .where('session', '=', session)
    .where('seq', '=', 1)
    .executeTakeFirstOrThrow();
  const body = row.body!.replace('remove', 'keep');
  const digest = digestOfText(body, row.salt!);
  const hash = eventHash({ ...row, type: 'prompt', bodyDigest: digest });
  await db
    .updateTable('recorded_event')
    .set({ body, body_digest: digest, hash })
    .where('position', '=', row.position)
    .execute();
  expect((await verified()).problems).toMatchObject([{ what: 'altered', session, seq: 1 }]);
});

it('does not let a checkpoint by nobody say which event was touched', async () => {
  const { db, verified, kept } = await aRecord();
  const stranger = { size: 5, key: 'ab'.repeat(32), at: kept.at, note: kept.note.replace('\n13\n', '\n5\n') };
  await db.insertInto('recorded_checkpoint').values(stranger).execute();
  expect((await verified()).problems).toMatchObject([{ what: 'forged', position: null }]);
});

it('holds an approval against the statement and the votes of a session that was looked up again', async () => {
  const { recorder, verified } = await aRecord();
  const [device, session, id] = [newDevice(), newSession(), randomUUID()];
  await recorder.append(recorder.relaySession, enrolled('zoe', device));
  const [asked, decided, ended] = await approvalOf({ session, statement: id, device, approver: 'zoe' });
  const sql = asked?.type === 'approval_asked' ? asked.bound.sql : '';
  for (const body of [statement(sql, id), asked!, decided!]) await recorder.append(session, body);
  // Whoever closed it before the end makes the verifier forget what came before.
  await recorder.append(session, { type: 'closed', how: 'client' });
  await recorder.append(session, ended!);
  await recorder.checkpoint();
  expect(await verified()).toMatchObject({ intact: true, signedDecisions: 2 });

  const other = newSession();
  const again = await approvalOf({ session: other, statement: id, device, approver: 'zoe' });
  await recorder.append(other, statement('select 2', id));
  await recorder.append(other, { type: 'closed', how: 'client' });
  for (const body of again) await recorder.append(other, body);
  await recorder.checkpoint();
  expect((await verified()).problems).toMatchObject([{ what: 'forged', session: other, seq: 2 }]);
});

it('lets a signed event void enrolments that do not count, and what they signed with them', async () => {
  const { recorder, verified } = await aRecord();
  const [first, second] = [newDevice(), newDevice()];
  const seqs: number[] = [];
  for (const device of [first, second]) {
    seqs.push((await recorder.append(recorder.relaySession, enrolled('dan', device))).seq);
  }
  const session = newSession();
  const of = { session, statement: randomUUID(), approver: 'dan' };
  for (const body of await approvalOf({ ...of, device: second })) await recorder.append(session, body);
  await recorder.checkpoint();
  const spoilt = await verified();
  expect(spoilt.problems.map(({ what, seq }) => [what, seq])).toEqual([
    ['forged', seqs[1]],
    ['forged', 1],
  ]);

  const voids = (seq: number): EventBody => ({
    type: 'enrolments_voided',
    enrolments: [{ seq, key: second.key }],
    by: identity('olga'),
    reason: 'four at once',
  });
  await recorder.append(recorder.relaySession, voids(seqs[1]!));
  expect((await verified()).problems).toEqual(spoilt.problems);
  await recorder.checkpoint();
  expect(await verified()).toMatchObject({
    intact: true,
    signedDecisions: 1,
    voided: [{ enrolments: [seqs[1]], by: identity('olga').id, reason: 'four at once' }],
  });

  // It voids nothing that is not what it says.
  const { seq } = await recorder.append(recorder.relaySession, voids(seqs[0]!));
  await recorder.checkpoint();
  expect((await verified()).problems).toMatchObject([
    { what: 'forged', session: recorder.relaySession, seq },
  ]);
});

it('reads only what is new after a checkpoint, and proves what that goes back to', async () => {
  const { db, recorder, session, store, verified, kept } = await aRecord();
  await recorder.append(session, { type: 'prompt', text: 'again', source: 'mcp' });
  await recorder.append(newSession(), opened('erin'));
  await recorder.checkpoint();
  expect(await verified({ since: kept })).toMatchObject({ intact: true, since: 13, events: 2, sessions: 1 });
  const stranger = await verifyStore(store, [newSigner().publicKey], [], { since: kept });
  expect(stranger).toMatchObject({ intact: false, since: 0 });
  const tamper = (seq: number, change: object) =>
    db
      .updateTable('recorded_event')
      .set(change)
      .where('session', '=', session)
      .where('seq', '=', seq)
      .execute();
  // What is not looked at is said so; what is gone back to is.
  await tamper(4, { body: '{}' });
  expect(await verified({ since: kept })).toMatchObject({ intact: true, since: 13 });
  await tamper(10, { at: '2020-01-01T00:00:00.000Z' });
  expect((await verified({ since: kept })).problems).toMatchObject([{ what: 'altered', session, seq: 10 }]);
  // Without the tree that was signed, everything is read.
  await tamper(5, { hash: 'ab'.repeat(32) });
  const whole = await verified({ since: kept });
  expect([whole.since, whole.problems[0]?.seq]).toEqual([0, 4]);
});

it.each(['recorded_log', 'recorded_event', 'recorded_checkpoint', 'recorded_subtree', 'recorded_payload'])(
  'does not read a view in the place of the table %s',
  async (table) => {
    const { beneath, verified } = await aRecord();
    const { connection } = beneath;
    connection.exec(`ALTER TABLE ${table} RENAME TO kept`);
    const columns = (await connection.query('SELECT name FROM pragma_table_info(?)', ['kept'])).rows.map(
      (row) => (row as { name: string }).name,
    );
    const endless = `WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n)
      SELECT ${columns.map((name) => `x AS "${name}"`).join(', ')} FROM n`;
    for (const view of ['SELECT * FROM kept', endless]) {
      connection.exec(`CREATE VIEW ${table} AS ${view}`);
      expect(await verified()).toMatchObject({
        intact: false,
        problems: [{ what: 'unreadable', why: `table ${table} is not a table, and may hold anything` }],
      });
      connection.exec(`DROP VIEW ${table}`);
    }
  },
);
