import { describe, expect, it } from 'vitest';
import type { SluiceError } from '../../relay/src/errors.ts';
import type { EventsReader } from '../../relay/src/recording/index.ts';
import { startPatrol } from '../../relay/src/recording/checkpoints/patrol.ts';
import { digestOfText, eventHash } from '../../relay/src/recording/log/seal-event.ts';
import { identity, newSession, opened } from '../../relay/src/recording/testing/open-test-record.ts';
import { recordADay } from '../../relay/src/recording/testing/record-a-day.ts';
import { StoreError, unreadable } from '../../relay/src/store/store-error.ts';
import { attackedRecord } from '../support/attacked-record.ts';

const BEYOND = 2n ** 60n;
const UNREADABLE: readonly [string, string, RegExp][] = [
  [
    'a number that no program can hold',
    `UPDATE recorded_event SET seq = seq + ${BEYOND} WHERE position = (SELECT max(position) FROM recorded_event)`,
    /event \d+ of the log cannot be read/,
  ],
  [
    'a table of other types',
    `CREATE TABLE remade AS SELECT * FROM recorded_event; DROP TABLE recorded_event;
     ALTER TABLE remade RENAME TO recorded_event;
     UPDATE recorded_event SET at = x'00' WHERE position = (SELECT max(position) FROM recorded_event)`,
    /was altered/,
  ],
  [
    'a view that fails at one row',
    `ALTER TABLE recorded_event RENAME TO beneath;
     CREATE VIEW recorded_event AS SELECT position, session, seq, at,
       CASE position WHEN (SELECT max(position) FROM beneath) THEN json('{') ELSE type END AS type,
       salt, body, body_digest, previous, hash, mac FROM beneath`,
    /event \d+ of the log cannot be read/,
  ],
];

describe('what cannot be read is not what was recorded', () => {
  it.each(UNREADABLE)('says the patrol: %s', async (_, sql, says) => {
    const { attack, patrolled, recorder, refusal, restarted } = await attackedRecord();
    attack(sql);
    expect(await patrolled()).toEqual([expect.stringMatching(says)]);
    expect(recorder.isSound()).toBe(false);
    expect(await refusal()).toMatch(/^record_contradicted/);
    expect(await restarted()).toMatch(/^record_contradicted/);
  });

  it.each(UNREADABLE)('says a checkpoint: %s', async (_, sql, says) => {
    const { attack, recorder, refusal } = await attackedRecord();
    await recordADay(recorder, 'grace');
    attack(sql);
    expect(await refusal()).toMatch(says);
    expect(recorder.isSound()).toBe(false);
  });

  it.each(UNREADABLE)('says a start: %s', async (_, sql) => {
    const { attack, recorder, restarted } = await attackedRecord();
    await recordADay(recorder, 'grace');
    attack(sql);
    expect(await restarted()).toMatch(/^record_contradicted/);
  });

  it('in an event whose hashes fit, and whose body is no JSON', async () => {
    const { db, patrolled, recorder, session } = await attackedRecord();
    await recorder.setLegalHold(session, { held: true, by: identity('carol'), reason: 'a case' });
    await recorder.checkpoint();
    const hold = db.selectFrom('recorded_event').selectAll().where('type', '=', 'hold');
    const { position, ...row } = await hold.executeTakeFirstOrThrow();
    const digest = digestOfText('no JSON', row.salt!);
    const hash = eventHash({ ...row, type: 'hold', bodyDigest: digest });
    await db
      .updateTable('recorded_event')
      .set({ body: 'no JSON', body_digest: digest, hash })
      .where('position', '=', position)
      .execute();
    expect(await patrolled()).toEqual([expect.stringMatching(/cannot be read/)]);
  });

  it('in the table of checkpoints', async () => {
    const { attack, patrolled, refusal } = await attackedRecord();
    attack(`INSERT INTO recorded_checkpoint VALUES (${BEYOND}, 'k', '2026-03-01T00:00:00.000Z', '')`);
    expect(await patrolled()).toEqual([expect.stringMatching(/cannot be read/)]);
    expect(await refusal()).toMatch(/^record_contradicted/);
  });
});

describe('a store that does not work now', () => {
  it.each(['busy', 'lost', 'disk', 'gone', 'full'] as const)('contradicts nothing: %s', async (problem) => {
    const { recorder, store } = await attackedRecord();
    for (let more = 0; more < 40; more += 1) await recorder.append(newSession(), opened('ada'));
    const signed = await recorder.checkpoint();
    const reads: number[] = [];
    let isDown = false;
    const events: EventsReader = {
      ...store.events,
      async afterPosition(page) {
        reads.push(page.after);
        if (!isDown) return await store.events.afterPosition(page);
        throw unreadable(new StoreError(problem));
      },
    };
    const failed: unknown[] = [];
    const found: SluiceError[] = [];
    const rounds: number[] = [];
    const patrol = startPatrol({
      store: { ...store, events },
      signed: () => signed,
      removals: { require: async () => void (isDown = reads.length === 1) },
      onRound: (_, size) => void rounds.push(size),
      onFound: async (error) => void found.push(error),
      onFailed: (error) => {
        failed.push(error);
        isDown = false;
      },
      now: () => 7,
      everyMs: 1,
    });
    expect(patrol.endedAt()).toBeNull();
    await expect.poll(() => rounds.length).toBeGreaterThan(0);
    patrol.stop();
    expect(patrol.endedAt()).toBe(7);
    expect(found).toEqual([]);
    expect(failed).toMatchObject([{ code: 'record_unavailable' }]);
    // It goes on where it was.
    expect(reads.slice(0, 3)).toEqual([-1, 31, 31]);
  });
});
