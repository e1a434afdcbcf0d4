import { randomUUID } from 'node:crypto';
import { expect, it } from 'vitest';
import { canonicalJson, type EventBody } from '@sluice/contract';
import { verifyStore } from '../index.ts';
import { announceNext } from './announce.ts';
import { believed, carryOut, NOTHING_REMOVED } from './carry-out.ts';
import {
  identity,
  newSession,
  opened,
  openTestRecord,
  result,
  statement,
} from '../testing/open-test-record.ts';
import { openTestRetention } from '../testing/open-test-retention.ts';

const DAY = 86_400_000;
const STATEMENTS = 30;

/** A closed session that is due, and a clock by which every transaction has taken too long as soon as it is asked. */
async function dueSession(pause: () => Promise<void>) {
  const record = await openTestRecord();
  const { recorder, clock } = record;
  let elapsed = 0;
  const retention = await openTestRetention(record, [{ name: 'a-year', afterDays: 365, removes: 'bodies' }], {
    elapsed: () => (elapsed += 30),
    pause,
  });
  const session = newSession();
  await recorder.append(session, opened('alice'));
  for (let index = 0; index < STATEMENTS; index += 1) {
    const id = randomUUID();
    const payload = await recorder.keep(Buffer.from(`rows of statement ${index}`));
    await recorder.append(session, statement(`select ${index} from customers`, id));
    await recorder.append(session, result(id, [payload]));
  }
  await recorder.append(session, { type: 'closed', how: 'client' });
  clock.now += 400 * DAY;
  const bodiesLeft = async (types = ['opened', 'statement', 'result', 'closed']) => {
    const rows = await record.db
      .selectFrom('recorded_event')
      .select('seq')
      .where('session', '=', session)
      .where('body', 'is not', null)
      .where('type', 'in', types)
      .execute();
    return rows.length;
  };
  const verified = async () => {
    await recorder.checkpoint();
    return await verifyStore(record.store, [record.signers[0].publicKey]);
  };
  return { ...record, retention, session, bodiesLeft, verified };
}

const ALL = 2 + 2 * STATEMENTS;

it('removes what one event names in several transactions where one would take long, payloads too', async () => {
  const seen = new Set<string>();
  const due = await dueSession(async () => {
    seen.add(`${await due.bodiesLeft()} bodies, ${await due.store.payloads.count()} payloads`);
  });
  expect((await due.retention.run()).problem).toBeNull();
  expect(seen.size).toBeGreaterThan(20);
  expect(await due.bodiesLeft()).toBe(0);
  expect(await due.store.payloads.count()).toBe(0);
  expect(await due.store.retention.announced(10)).toEqual([]);
  expect(await due.verified()).toMatchObject({ intact: true, redacted: ALL });
});

it('leaves the rest where it is when the session comes under legal hold in between', async () => {
  let isHeld = false;
  const due = await dueSession(async () => {
    if (isHeld || (await due.bodiesLeft()) > ALL / 2) return;
    isHeld = true;
    const by = identity('carol');
    await due.recorder.setLegalHold(due.session, { held: true, by, reason: 'case 12' });
  });
  expect((await due.retention.run()).problem).toBeNull();
  const left = await due.bodiesLeft();
  expect(left).toBeGreaterThan(0);
  expect(left).toBeLessThanOrEqual(ALL / 2);
  // Those that an event with a body names.
  const results = await due.bodiesLeft(['result']);
  expect(await due.store.payloads.count()).toBe(results);
  expect(await due.store.retention.announced(10)).toEqual([]);
  expect(await due.verified()).toMatchObject({ intact: true, redacted: ALL - left });
});

it('removes nothing by an announcement whose text was changed since it was believed', async () => {
  const due = await dueSession(async () => {});
  const { recorder, session, store, db } = due;
  const body: EventBody = { type: 'redacted', rule: 'a-year', events: [1], payloads: [] };
  const { seq } = await recorder.append(session, body);
  const { size } = await recorder.checkpoint();
  const announced = await believed(store, { session, seq }, recorder.proof);
  const all = canonicalJson({ ...body, events: Array.from({ length: ALL }, (_, index) => index) });
  await db
    .updateTable('recorded_event')
    .set({ body: all })
    .where('seq', '=', seq)
    .where('session', '=', session)
    .execute();
  const before = await due.bodiesLeft();
  const given = { covered: size, now: due.clock.now, proof: recorder.proof, removed: NOTHING_REMOVED };
  const turn = { hasTime: () => true, rows: 100 };
  await recorder.transaction((tx) => carryOut(tx, announced, { ...given, turn }));
  expect(await due.bodiesLeft()).toBe(before);
});

it('announces nothing of a session that has another end than was read', async () => {
  const due = await dueSession(async () => {});
  const { recorder, session } = due;
  const end = (await due.store.events.lastOf(session))!.hash;
  const rule = {
    name: 'a-year',
    afterDays: 365,
    removes: 'bodies',
    before: new Date(due.clock.now).toISOString(),
  } as const;
  const announce = () =>
    recorder.transaction((tx) =>
      announceNext(tx, { session, end }, { rule, by: null, after: -1, proof: recorder.proof }),
    );
  await recorder.append(session, { type: 'notice', what: 'looked_at', detail: {} });
  expect(await announce()).toEqual({ after: -1, isDone: true, bodies: 0, payloads: 0 });
  expect(await due.store.retention.announced(10)).toEqual([]);
});
