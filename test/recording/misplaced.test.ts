import { describe, expect, it } from 'vitest';
import { createEnrolmentRepair, openRecorder } from '../../relay/src/recording/index.ts';
import {
  identity,
  newSession,
  newSigner,
  opened,
  statement,
} from '../../relay/src/recording/testing/open-test-record.ts';
import { enrolled, newDevice } from '../../relay/src/recording/testing/record-a-day.ts';
import { attackedRecord } from '../support/attacked-record.ts';
import { addedRow } from '../support/attacker.ts';

type Attacked = Awaited<ReturnType<typeof attackedRecord>>;

/** Puts an event behind the end of a session, as its next one or much later, at a position that the log does not have. */
async function misplace(
  { db }: Pick<Attacked, 'db'>,
  session: string,
  body: Parameters<typeof addedRow>[1],
  { position, seq }: { readonly position: number; readonly seq?: number },
) {
  const last = await db
    .selectFrom('recorded_event')
    .selectAll()
    .where('session', '=', session)
    .orderBy('seq', 'desc')
    .executeTakeFirstOrThrow();
  const row = addedRow({ ...last, seq: seq ?? last.seq }, body);
  await db
    .insertInto('recorded_event')
    .values({ position, ...row, mac: '' })
    .execute();
  return row;
}

describe.each([-1, -(2 ** 40), 1_000])(
  'an event at position %d, which the log does not have,',
  (position) => {
    it('is not read by session, by type, from the end, or with the log', async () => {
      const record = await attackedRecord();
      const { session, recorder, store } = record;
      const { relaySession } = recorder;
      const before = {
        session: await store.events.ofSession(session, { after: -1, limit: 100 }),
        types: await store.events.ofTypes(session, ['hold', 'closed']),
        last: await store.events.lastOf(session),
        head: await store.events.signingHead(),
        log: await store.events.afterPosition({ after: -1, limit: 100 }),
        followed: await store.events.afterPosition({ after: 3, session, limit: 100 }),
        hashes: await store.events.hashes(0, 13),
        listed: await store.index.sessions({ limit: 10 }),
        removable: await store.retention.removable(session, { after: -1, limit: 100, except: [] }),
        weight: await store.retention.weigh(session, ['hold']),
      };
      await misplace(record, session, statement('select 2'), { position });
      await misplace(
        record,
        session,
        { type: 'hold', held: true, by: identity('eve'), reason: '' },
        { position: position * 2 },
      );
      const { key, publicKey } = newSigner();
      const named = publicKey.export({ type: 'spki', format: 'der' }).toString('base64');
      await misplace(
        record,
        relaySession,
        { type: 'signing_key', key, publicKey: named },
        { position: position * 3 },
      );
      expect({
        session: await store.events.ofSession(session, { after: -1, limit: 100 }),
        types: await store.events.ofTypes(session, ['hold', 'closed']),
        last: await store.events.lastOf(session),
        head: await store.events.signingHead(),
        log: await store.events.afterPosition({ after: -(2 ** 45), limit: 100 }),
        followed: await store.events.afterPosition({ after: 3, session, limit: 100 }),
        hashes: await store.events.hashes(-(2 ** 45), 13),
        listed: await store.index.sessions({ limit: 10 }),
        removable: await store.retention.removable(session, { after: -1, limit: 100, except: [] }),
        weight: await store.retention.weigh(session, ['hold']),
      }).toEqual(before);
    });

    it('is not what a session goes on from', async () => {
      const record = await attackedRecord();
      const session = newSession();
      await record.recorder.append(session, opened('ada'));
      const { hash } = await record.recorder.append(session, statement('select 1'));
      await record.recorder.checkpoint();
      await misplace(record, session, statement('forged'), { position, seq: 40 });
      const again = await openRecorder(record);
      expect(await again.append(session, statement('select 2'))).toMatchObject({ seq: 2, previous: hash });
      await again.checkpoint();
      expect(again.isSound()).toBe(true);
    });

    it('is noticed when it is where the next one belongs', async () => {
      const record = await attackedRecord();
      const session = newSession();
      await record.recorder.append(session, opened('ada'));
      await misplace(record, session, statement('forged'), { position });
      await expect(record.recorder.append(session, statement('select 1'))).rejects.toMatchObject({
        code: 'record_unavailable',
      });
      expect(record.found).toMatchObject([
        { message: expect.stringContaining('where none were recorded') as string },
      ]);
    });

    it('lures no repair of enrolments', async () => {
      const record = await attackedRecord();
      const { recorder, store } = record;
      await misplace(record, recorder.relaySession, enrolled('bob', newDevice()), { position, seq: 1_000 });
      const devices = { ofPerson: async () => [], revoke: async () => {} };
      const repair = createEnrolmentRepair({
        store: { ...store, devices },
        transaction: recorder.transaction,
        believes: recorder.proof.believes,
        relaySession: recorder.relaySession,
        checkpoint: recorder.checkpoint,
        now: () => record.clock.now,
      });
      await expect(repair.preview()).rejects.toThrow('there is nothing to repair');
    });
  },
);

describe('an event that was put in the place of another', () => {
  it('is not what a session goes on from', async () => {
    const record = await attackedRecord();
    const session = newSession();
    await record.recorder.append(session, opened('ada'));
    await record.recorder.append(session, statement('select 1'));
    // Under a full subtree, whose root a start does not compute again.
    for (let more = 0; more < 300; more += 1) await record.recorder.append(newSession(), opened('bob'));
    await record.recorder.checkpoint();
    record.attack((attacker) => attacker.rewrite(attacker.find('select 1'), 'select 1', 'select 2'));
    const again = await openRecorder(record);
    await expect(again.append(session, statement('select 3'))).rejects.toMatchObject({
      code: 'record_contradicted',
      message: expect.stringContaining('with which its session ends') as string,
    });
    expect(again.isSound()).toBe(false);
  });

  it('lures no repair of enrolments', async () => {
    const record = await attackedRecord();
    const { recorder, clock } = record;
    const devices = { ofPerson: async () => [], revoke: async () => {} };
    record.attack((attacker) => attacker.rewrite(attacker.find('laptop'), 'laptop', 'tablet'));
    const repair = createEnrolmentRepair({
      store: { ...record.store, devices },
      transaction: recorder.transaction,
      believes: recorder.proof.believes,
      relaySession: recorder.relaySession,
      checkpoint: recorder.checkpoint,
      now: () => clock.now,
    });
    await expect(repair.preview()).rejects.toMatchObject({ code: 'record_contradicted' });
  });
});
