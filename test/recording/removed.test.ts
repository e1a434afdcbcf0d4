import { randomBytes } from 'node:crypto';
import type { EventBody } from '@sluice/contract';
import { describe, expect, it } from 'vitest';
import { headInMemory, openRecorder, type RetentionRule, vaultOf } from '../../relay/src/recording/index.ts';
import {
  identity,
  newSession,
  opened,
  statement,
} from '../../relay/src/recording/testing/open-test-record.ts';
import { openTestRetention } from '../../relay/src/recording/testing/open-test-retention.ts';
import { recordADay } from '../../relay/src/recording/testing/record-a-day.ts';
import { attackedRecord } from '../support/attacked-record.ts';
import { addedRow } from '../support/attacker.ts';

const DAY = 24 * 3_600_000;
const bodies: RetentionRule = { name: 'all', removes: 'bodies', afterDays: 30 };
const payloads: RetentionRule = { name: 'results', removes: 'payloads', afterDays: 10 };

const gone = (type: string) => `UPDATE recorded_event SET body = NULL, salt = NULL WHERE type = '${type}'`;
const TAKEN: readonly [string, string, RegExp][] = [
  ['the body of a statement', gone('statement'), /\(session .*, event 2\) has lost its body/],
  ['the body of a decision', gone('approval_decided'), /has lost its body/],
  ['the body of a prompt', gone('prompt'), /has lost its body/],
  ['every payload', 'DELETE FROM recorded_payload', /event 2\) has lost its payload/],
  [
    'the keys that payloads are sealed under',
    'DELETE FROM recorded_data_key',
    /event 2\) has lost its payload|data key/,
  ],
  [
    'the payload of a result',
    `DELETE FROM recorded_payload WHERE address IN
       (SELECT value FROM recorded_mention WHERE position =
         (SELECT position FROM recorded_event WHERE type = 'result'))`,
    /event 9\) has lost its payload/,
  ],
];

describe('what is taken out of the record, and nothing on it removes', () => {
  it.each(TAKEN)('is noticed by the patrol: %s', async (_, sql, says) => {
    const { attack, patrolled, refusal, restarted, recorder } = await attackedRecord();
    expect(await patrolled()).toEqual([]);
    attack(sql);
    expect(await patrolled()).toEqual([expect.stringMatching(says)]);
    expect(recorder.isSound()).toBe(false);
    expect(await refusal()).toMatch(/^record_contradicted/);
    // A restart forgets nothing.
    expect(await restarted()).toMatch(says);
  });

  it.each(TAKEN)('is not signed: %s', async (_, sql, says) => {
    const { attack, refusal, recorder } = await attackedRecord();
    await recordADay(recorder, 'grace');
    attack(sql);
    expect(await refusal()).toMatch(says);
  });

  it.each(TAKEN)('is noticed at a start, where it is not signed yet: %s', async (_, sql, says) => {
    const { attack, restarted, recorder } = await attackedRecord();
    await recordADay(recorder, 'grace');
    attack(sql);
    expect(await restarted()).toMatch(says);
  });

  it('is noticed, though it goes with the insert', async () => {
    const { attack, refusal, recorder } = await attackedRecord();
    attack(`CREATE TRIGGER t AFTER INSERT ON recorded_event WHEN NEW.type = 'statement' BEGIN
        UPDATE recorded_event SET body = NULL, salt = NULL WHERE position = NEW.position; END`);
    await recorder.append(newSession(), statement('drop table regrets'));
    expect(await refusal()).toMatch(/has lost its body/);
  });

  it('is all right again when it was put back', async () => {
    const record = await attackedRecord();
    record.attack('CREATE TABLE kept AS SELECT * FROM recorded_payload; DELETE FROM recorded_payload');
    expect(await record.patrolled()).toHaveLength(1);
    expect(await record.restarted()).toMatch(/has lost its payload/);
    record.attack('INSERT INTO recorded_payload SELECT * FROM kept');
    expect(await record.restarted()).toBe('done');
  });
});

describe('a redaction that no relay wrote excuses nothing', () => {
  const redacted: EventBody = { type: 'redacted', rule: 'all', events: [0, 1, 2, 3], payloads: [] };
  it.each([
    ['at a position that the log does not have', -1],
    ['behind its end', 1_000],
  ])('%s', async (_, position) => {
    const { attack, patrolled, session, db } = await attackedRecord();
    const last = await db
      .selectFrom('recorded_event')
      .selectAll()
      .where('session', '=', session)
      .orderBy('seq', 'desc')
      .executeTakeFirstOrThrow();
    const row = { position, ...addedRow(last, redacted), mac: '' };
    await db.insertInto('recorded_event').values(row).execute();
    attack(gone('prompt'));
    expect(await patrolled()).toEqual([expect.stringMatching(/has lost its body/)]);
  });

  it('in the place of an event that was signed', async () => {
    const { patrolled, session, db } = await attackedRecord();
    const rows = await db
      .selectFrom('recorded_event')
      .selectAll()
      .where('session', '=', session)
      .orderBy('seq')
      .execute();
    const [before, last] = [rows.at(-2)!, rows.at(-1)!];
    await db
      .updateTable('recorded_event')
      .set(addedRow(before, redacted))
      .where('position', '=', last.position)
      .execute();
    await db
      .updateTable('recorded_event')
      .set({ body: null, salt: null })
      .where('position', '=', rows[1]!.position)
      .execute();
    expect(await patrolled()).toEqual([expect.stringMatching(/event 1\) has lost its body/)]);
  });

  it('nor does that of another session', async () => {
    const { clock, recorder, attack, patrolled, ...record } = await attackedRecord();
    const retention = await openTestRetention({ ...record, recorder, clock }, [payloads]);
    clock.now += 20 * DAY;
    // The same payloads, in a young session.
    await recordADay(recorder, 'grace');
    await retention.run();
    expect(await patrolled()).toEqual([]);
    attack('DELETE FROM recorded_payload');
    expect(await patrolled()).toEqual([expect.stringMatching(/has lost its payload/)]);
  });
});

describe('retention is never taken for an attack', () => {
  it('while the patrol goes round, checkpoints are taken and relays start', async () => {
    const record = await attackedRecord();
    const { recorder, clock, found, patrolled, restarted } = record;
    for (let day = 0; day < 12; day += 1) await recordADay(recorder, `approver${day}`);
    const retention = await openTestRetention(record, [payloads, bodies]);
    clock.now += 40 * DAY;
    await recordADay(recorder, 'grace');
    const over = new AbortController();
    const meanwhile = async (work: () => Promise<unknown>) => {
      while (!over.signal.aborted) {
        await work();
        await new Promise(setImmediate);
      }
    };
    const others = [meanwhile(() => recorder.patrol()), meanwhile(() => recorder.checkpoint())];
    const run = await retention.run();
    over.abort();
    await Promise.all(others);
    expect(run).toMatchObject({ problem: null });
    expect(found).toEqual([]);
    expect(await patrolled()).toEqual([]);
    // Bodies went, and the payloads that the young session does not name.
    const left = await record.db.selectFrom('recorded_event').select('body').execute();
    expect(left.filter(({ body }) => body === null)).toHaveLength(13 * 11);
    expect(await restarted()).toBe('done');
  });

  it('when it takes more of a session than it had when that was read before', async () => {
    const record = await attackedRecord();
    const retention = await openTestRetention(record, [payloads, bodies]);
    record.clock.now += 20 * DAY;
    expect(await retention.run()).toMatchObject({ problem: null });
    expect(await record.patrolled()).toEqual([]);
    record.clock.now += 20 * DAY;
    expect(await retention.run()).toMatchObject({ problem: null });
    expect(await record.patrolled()).toEqual([]);
    expect(await record.db.selectFrom('recorded_payload').select('address').execute()).toEqual([]);
  });

  it('when its events are of a version that did not show who wrote them, and are signed', async () => {
    const record = await attackedRecord();
    const retention = await openTestRetention(record, [bodies]);
    record.clock.now += 40 * DAY;
    await retention.run();
    record.attack(`UPDATE recorded_event SET mac = ''`);
    expect(await record.patrolled()).toEqual([]);
    expect(await record.restarted()).toBe('done');
  });

  it('by a relay with a newer vault, which this one does not have yet', async () => {
    const old = randomBytes(32);
    const vault = vaultOf(new Map([['old', old]]));
    const newer = vaultOf(
      new Map([
        ['new', randomBytes(32)],
        ['old', old],
      ]),
    );
    const record = await attackedRecord({ vault });
    const other = await openRecorder({ ...record, vault: newer, heads: headInMemory() });
    const retention = await openTestRetention({ ...record, recorder: other }, [bodies]);
    record.clock.now += 40 * DAY;
    expect(await retention.run()).toMatchObject({ problem: null });
    expect(await record.patrolled()).toEqual([]);
    expect(await record.refusal()).toMatch(/^config_invalid/);
    expect(record.recorder.isSound()).toBe(true);
  });

  it('and a hold calls it off: what goes in spite of that was taken', async () => {
    const { recorder, session, attack, patrolled, store } = await attackedRecord();
    await recorder.setLegalHold(session, { held: true, by: identity('carol'), reason: 'a case' });
    await recorder.append(session, { type: 'redacted', rule: 'all', events: [1], payloads: [] });
    await recorder.append(newSession(), opened('bob'));
    await recorder.checkpoint();
    expect(await store.events.ofTypes(session, ['redacted'])).toHaveLength(1);
    attack(gone('prompt'));
    expect(await patrolled()).toEqual([expect.stringMatching(/has lost its body/)]);
  });
});
