import { createHash } from 'node:crypto';
import { canonicalJson, type EventBody } from '@sluice/contract';
import { describe, expect, it } from 'vitest';
import { addedRow } from '../../../../test/support/attacker.ts';
import { eventHash } from '../log/seal-event.ts';
import { openRecorder, type RetentionRule, type RetentionRun } from '../index.ts';
import {
  identity,
  newSession,
  opened,
  openTestRecord,
  type TestRecord,
} from '../testing/open-test-record.ts';
import { recordADay } from '../testing/record-a-day.ts';
import { openTestRetention } from '../testing/open-test-retention.ts';

/** What somebody who can write to the database tries, to have retention take what it must not. */
const DAY = 86_400_000;
const bodies: RetentionRule = { name: 'a-year', afterDays: 365, removes: 'bodies' };
const by = identity('carol');

const bodiesOf = async ({ db }: TestRecord, session: string) =>
  (
    await db
      .selectFrom('recorded_event')
      .select('seq')
      .where('session', '=', session)
      .where('body', 'is not', null)
      .where('type', 'not in', ['redacted', 'hold'])
      .execute()
  ).length;

function counts({ rules }: RetentionRun): readonly number[] {
  return rules.map(({ sessions }) => sessions);
}

/** Sets a session's hold, then restarts the relay, so that it knows of it only by reading. */
async function aHeldSession() {
  const record = await openTestRecord();
  await openTestRetention(record, [bodies]);
  const session = await recordADay(record.recorder);
  await record.recorder.setLegalHold(session, { held: true, by, reason: 'case 12' });
  const { position } = (await record.store.events.ofTypes(session, ['hold']))[0]!;
  await record.recorder.append(newSession(), opened('bob'));
  await record.recorder.checkpoint();
  const recorder = await openRecorder(record);
  const retention = await openTestRetention({ ...record, recorder }, [bodies], { onError: () => {} });
  const remove = () => record.db.deleteFrom('recorded_event').where('position', '=', position).execute();
  return { ...record, recorder, retention, session, position, remove };
}

it('a hold whose event was deleted from the database still holds', async () => {
  const record = await aHeldSession();
  const { retention, session, db, clock, recorder } = record;
  // It was read once since the start.
  await recorder.proof.readAll(new AbortController().signal);
  await record.remove();
  await db.updateTable('recorded_session').set({ held: 0 }).execute();
  clock.now += 400 * DAY;
  expect(counts(await retention.run())).toEqual([0]);
  expect(await bodiesOf(record, session)).toBe(11);
  // So it does for a relay that is told to hold it again.
  expect(await recorder.proof.isHeld(session, record.store)).toBe(true);
});

it('a hold whose body was taken out still holds, and is noticed', async () => {
  const record = await aHeldSession();
  const { retention, session, db, clock, recorder, position } = record;
  await db
    .updateTable('recorded_event')
    .set({ body: null, salt: null })
    .where('position', '=', position)
    .execute();
  await db.updateTable('recorded_session').set({ held: 0 }).execute();
  clock.now += 400 * DAY;
  await retention.run().catch(() => {});
  expect(await bodiesOf(record, session)).toBe(11);
  expect(await recorder.proof.isHeld(session, record.store)).toBe(true);
  await recorder.patrol();
  expect(recorder.isSound()).toBe(false);
});

it('nothing is removed before the whole record was read, nor when it cannot be', async () => {
  const record = await aHeldSession();
  const { retention, session, db, clock, recorder } = record;
  await record.remove();
  await db.updateTable('recorded_session').set({ held: 0 }).execute();
  clock.now += 400 * DAY;
  await expect(retention.run()).rejects.toMatchObject({ code: 'retention_refused' });
  expect(recorder.isSound()).toBe(false);
  expect(await bodiesOf(record, session)).toBe(11);
});

it('a release that somebody added releases nothing', async () => {
  const record = await aHeldSession();
  const { retention, session, db, clock, recorder } = record;
  await recorder.proof.readAll(new AbortController().signal);
  const last = await db
    .selectFrom('recorded_event')
    .selectAll()
    .where('session', '=', session)
    .orderBy('seq', 'desc')
    .executeTakeFirstOrThrow();
  const { size } = (await record.store.events.log())!;
  const row = addedRow(last, { type: 'hold', held: false, by, reason: 'over' });
  await db
    .insertInto('recorded_event')
    .values({ position: size, ...row, mac: '' })
    .execute();
  await db
    .updateTable('recorded_log')
    .set({ size: size + 1 })
    .execute();
  await db.updateTable('recorded_session').set({ held: 0 }).execute();
  expect(await recorder.proof.isHeld(session, record.store)).toBe(true);
  clock.now += 400 * DAY;
  await retention.run().catch(() => {});
  expect(await bodiesOf(record, session)).toBe(11);
});

it('a hold that another relay has set a moment ago holds', async () => {
  const record = await openTestRecord();
  const other = await openRecorder(record);
  const session = await recordADay(record.recorder);
  await other.setLegalHold(session, { held: true, by, reason: 'case 12' });
  expect(await record.recorder.proof.isHeld(session, record.store)).toBe(true);
  await other.setLegalHold(session, { held: false, by, reason: 'over' });
  expect(await record.recorder.proof.isHeld(session, record.store)).toBe(false);
});

it('a session whose rows say that it is old is read, and compared with what was recorded', async () => {
  const record = await openTestRecord();
  const retention = await openTestRetention(record, [bodies], { onError: () => {} });
  record.clock.now += 400 * DAY;
  const session = await recordADay(record.recorder);
  await record.recorder.checkpoint();
  const old = new Date(record.clock.now - 399 * DAY).toISOString();
  await record.db.updateTable('recorded_event').set({ at: old }).where('session', '=', session).execute();
  await record.db.updateTable('recorded_session').set({ closed_at: old }).execute();
  // As if the log had been smaller then, too.
  await record.db.deleteFrom('recorded_checkpoint').execute();
  record.clock.now += 2 * DAY;
  const run = await retention.run();
  expect(counts(run)).toEqual([0]);
  expect(await bodiesOf(record, session)).toBe(11);
});

it('a young session that was made to look old as a whole, with every hash right, is not the one that was recorded', async () => {
  const record = await openTestRecord();
  const retention = await openTestRetention(record, [bodies], { onError: () => {} });
  const old = record.clock.now;
  for (let more = 0; more < 20; more += 1) await record.recorder.append(newSession(), opened('bob'));
  await record.recorder.checkpoint();
  record.clock.now += 400 * DAY;
  const session = await recordADay(record.recorder);
  await record.recorder.checkpoint();
  await record.recorder.proof.readAll(new AbortController().signal);
  let previous = '0'.repeat(64);
  for (const row of await record.store.events.ofSession(session, { after: -1, limit: 100 })) {
    const place = { ...row, type: row.type as EventBody['type'], at: new Date(old).toISOString(), previous };
    const hash = eventHash(place);
    // Where the log of that time held others.
    const position = 2 + row.seq;
    await record.db.deleteFrom('recorded_event').where('position', '=', position).execute();
    await record.db
      .updateTable('recorded_event')
      .set({ at: place.at, previous, hash, position })
      .where('position', '=', row.position)
      .execute();
    previous = hash;
  }
  await record.db
    .updateTable('recorded_session')
    .set({ closed_at: new Date(old).toISOString() })
    .execute();
  record.clock.now += 2 * DAY;
  const run = await retention.run();
  expect(run.problem).toContain('is not what was recorded');
  expect(await bodiesOf(record, session)).toBe(11);
});

it('nothing is removed of a session that has a gap', async () => {
  const record = await openTestRecord();
  const retention = await openTestRetention(record, [bodies], { onError: () => {} });
  const session = await recordADay(record.recorder);
  await record.recorder.checkpoint();
  await record.db.deleteFrom('recorded_event').where('session', '=', session).where('seq', '=', 3).execute();
  record.clock.now += 400 * DAY;
  const run = await retention.run();
  expect(run.problem).toContain('is not what was recorded');
  expect(await bodiesOf(record, session)).toBe(10);
});

it('is not told by the table what was announced: the event must be one that a relay wrote', async () => {
  const record = await openTestRecord();
  const retention = await openTestRetention(record, [bodies], { onError: () => {} });
  const session = await recordADay(record.recorder);
  const [kept] = await record.store.events.ofSession(session, { after: 4, limit: 1 });
  await record.recorder.checkpoint();
  // A row that was altered into a redaction, and is put back afterwards.
  const body = { type: 'redacted', rule: 'a-year', events: [0, 1, 2], payloads: [] };
  await record.db
    .updateTable('recorded_event')
    .set({ type: 'redacted', body: canonicalJson(body) })
    .where('position', '=', kept!.position)
    .execute();
  await record.db.insertInto('recorded_removal').values({ session, seq: 5 }).execute();
  record.clock.now += 2 * DAY;
  const run = await retention.run();
  expect(run.problem).toMatch(/is not what was recorded/);
  expect(await bodiesOf(record, session)).toBeGreaterThanOrEqual(10);
});

it('believes no clock by a table: neither when a run began, nor when something was signed', async () => {
  const record = await openTestRecord();
  const retention = await openTestRetention(record, [bodies]);
  const session = await recordADay(record.recorder);
  await record.recorder.checkpoint();
  record.clock.now += 400 * DAY;
  const weekly = Array.from({ length: 70 }, (_, week) => ({
    size: 1,
    key: createHash('sha256').update(String(week)).digest('hex'),
    at: new Date(record.clock.now - week * 6 * DAY).toISOString(),
    note: '',
  }));
  await record.db.insertInto('recorded_checkpoint').values(weekly).execute();
  const state = (believedAt: number, began: unknown) =>
    record.db
      .updateTable('retention_run')
      .set((row) => ({
        state: row.fn<string>('json_set', [
          'state',
          row.val('$.believedAt'),
          row.val(believedAt),
          row.val('$.began'),
          row.fn('json', [row.val(JSON.stringify(began))]),
        ]),
      }))
      .execute();
  for (const began of [null, { seq: 0 }, { seq: 99 }]) {
    await state(record.clock.now - DAY, began);
    await expect(retention.run({ clockIsRight: false })).rejects.toMatchObject({
      code: 'retention_refused',
      message: expect.stringContaining('the clock may have been set forward') as string,
    });
  }
  // An event that is altered into the notice of a run is none.
  const [first] = await record.store.events.ofSession(record.recorder.relaySession, { after: -1, limit: 1 });
  const notice = { type: 'notice', what: 'retention_began', detail: {} };
  await record.db
    .updateTable('recorded_event')
    .set({
      body: canonicalJson(notice),
      type: 'notice',
      at: new Date(record.clock.now - DAY).toISOString(),
    })
    .where('position', '=', first!.position)
    .execute();
  await state(record.clock.now, { seq: first!.seq });
  await expect(retention.run({ clockIsRight: false })).rejects.toMatchObject({ code: 'retention_refused' });
  expect(await bodiesOf(record, session)).toBe(11);
});

it('goes by its own notice of when a run began', async () => {
  const record = await openTestRecord();
  const retention = await openTestRetention(record, [bodies]);
  await recordADay(record.recorder);
  record.clock.now += 400 * DAY;
  expect((await retention.run()).problem).toBeNull();
  record.clock.now += 6 * DAY;
  expect((await retention.run({ clockIsRight: false })).problem).toBeNull();
});

describe('a session that was not closed is not taken for closed', () => {
  const CLOSED = { type: 'closed', how: 'client' } as const;

  /** An open session, old enough, whose event at `seq` is made a closing one with a hash of its own. */
  async function anOpenSession(seq: number) {
    const record = await openTestRecord();
    const retention = await openTestRetention(record, [bodies], { onError: () => {} });
    const session = newSession();
    for (const text of ['one', 'two', 'three'])
      await record.recorder.append(session, { type: 'prompt', text, source: 'mcp' });
    await record.recorder.checkpoint();
    record.clock.now += 400 * DAY;
    const rows = await record.db
      .selectFrom('recorded_event')
      .selectAll()
      .where('session', '=', session)
      .orderBy('seq')
      .execute();
    const { session: _, seq: __, ...columns } = addedRow(rows[seq - 1]!, CLOSED);
    const { position } = rows[seq]!;
    await record.db.updateTable('recorded_event').set(columns).where('position', '=', position).execute();
    await record.db
      .insertInto('recorded_session')
      .values({ session, opened_at: rows[0]!.at, closed_at: rows[2]!.at, ...SESSION })
      .execute();
    return { record, retention, session };
  }
  const SESSION = {
    person: 'x',
    subject: 'x',
    name: 'x',
    application: 'x',
    agent: null,
    held: 0 as const,
    removed: 0 as const,
  };

  it.each([
    ['in the middle, whose hash the next one does not have', 1],
    ['at the end, which no relay has written', 2],
  ])('by an event %s', async (_, seq) => {
    const { record, retention, session } = await anOpenSession(seq);
    const { problem, rules } = await retention.run();
    expect([problem, rules[0]!.sessions]).toEqual([expect.stringContaining('is not what was recorded'), 0]);
    expect(await bodiesOf(record, session)).toBe(3);
  });
});
