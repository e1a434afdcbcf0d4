import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import {
  exportSession,
  linesOf,
  payloadReader,
  replay,
  searchEvents,
  verifyExport,
  verifyStore,
} from './index.ts';
import { identity, newSession, openTestRecord, type TestRecord } from './testing/open-test-record.ts';
import { recordADay } from './testing/record-a-day.ts';
import type { RetentionRule } from './retention.ts';

const DAY = 86_400_000;
const bodies: RetentionRule = { name: 'a-year', afterDays: 365, removes: 'bodies' };
const payloads: RetentionRule = { name: 'a-month', afterDays: 30, removes: 'payloads' };

/** What both ways of checking say, after a checkpoint. */
async function verified(record: TestRecord, session: Awaited<ReturnType<typeof recordADay>>) {
  const checkpoint = await record.recorder.checkpoint();
  const [signer] = record.signers;
  const file = exportSession({ ...record, payloads: payloadReader(record), signer, checkpoint, session });
  const bytes = (async function* () {
    for await (const chunk of file) yield Buffer.from(chunk);
  })();
  return [
    await verifyStore(record.store, [signer.publicKey]),
    await verifyExport(linesOf(bytes), [signer.publicKey]),
  ];
}

it('removes payloads and bodies by rule, from every file, and the chain still checks', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-retention-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const record = await openTestRecord({ path: join(folder, 'record.db') });
  const session = await recordADay(record.recorder);
  // In the event, and, as a word of its own, in the search index.
  const traces = () =>
    readdirSync(folder).filter((file) => readFileSync(join(folder, file)).includes('email'));
  expect(traces()).not.toEqual([]);

  record.clock.now += 31 * DAY;
  expect(await record.recorder.applyRetention([payloads, bodies])).toEqual({
    sessions: 1,
    bodies: 0,
    payloads: 2,
  });
  expect(await record.recorder.applyRetention([payloads, bodies])).toEqual({
    sessions: 0,
    bodies: 0,
    payloads: 0,
  });
  expect(await record.db.selectFrom('recorded_payload').selectAll().execute()).toEqual([]);
  for (const report of await verified(record, session))
    expect(report).toMatchObject({ intact: true, redacted: 0 });

  record.clock.now += 365 * DAY;
  expect(await record.recorder.applyRetention([payloads, bodies])).toEqual({
    sessions: 1,
    bodies: 11,
    payloads: 0,
  });
  expect(traces()).toEqual([]);
  for (const report of await verified(record, session))
    expect(report).toMatchObject({ intact: true, redacted: 11 });
  const events = await Array.fromAsync(replay(record.store, session));
  expect(events.map((event) => ('body' in event ? event.body.type : null))).toEqual([
    ...Array.from({ length: 11 }, () => null),
    'redacted',
    'redacted',
  ]);
  expect((await searchEvents(record.store, { text: 'customers', limit: 10 })).found).toEqual([]);
  await record.store.close();
});

it('removes nothing from a session under legal hold, until it is released', async () => {
  const record = await openTestRecord();
  const session = await recordADay(record.recorder);
  const by = identity('carol');
  await record.recorder.setLegalHold(session, { held: true, by, reason: 'case 12' });
  record.clock.now += 400 * DAY;
  expect((await record.recorder.applyRetention([bodies])).bodies).toBe(0);
  await record.recorder.setLegalHold(session, { held: false, by, reason: 'case closed' });
  expect((await record.recorder.applyRetention([bodies])).bodies).toBe(0);
  record.clock.now += 400 * DAY;
  expect(await record.recorder.applyRetention([bodies])).toEqual({ sessions: 1, bodies: 11, payloads: 2 });
  for (const report of await verified(record, session))
    expect(report).toMatchObject({ intact: true, payloads: 0 });
});

it('holds no session that is not on the record', async () => {
  const { recorder } = await openTestRecord();
  const hold = recorder.setLegalHold(newSession(), { held: true, by: identity('carol'), reason: 'case 12' });
  await expect(hold).rejects.toMatchObject({ code: 'session_unknown' });
});

it('removes nothing when the hold comes at the same moment', async () => {
  const record = await openTestRecord();
  const session = await recordADay(record.recorder);
  record.clock.now += 400 * DAY;
  const retention = record.recorder.applyRetention([bodies]);
  await record.recorder.setLegalHold(session, { held: true, by: identity('carol'), reason: 'case 12' });
  await retention;
  const [first] = await Array.fromAsync(replay(record.store, session));
  expect(first).toHaveProperty('body');
});

it('keeps a payload that another session wants still', async () => {
  const record = await openTestRecord();
  await recordADay(record.recorder);
  record.clock.now += 20 * DAY;
  const second = await recordADay(record.recorder, 'ben');
  record.clock.now += 11 * DAY;
  expect((await record.recorder.applyRetention([payloads])).payloads).toBe(2);
  for (const report of await verified(record, second))
    expect(report).toMatchObject({ intact: true, payloads: 2 });
});

it('does not pass off what somebody removed as retention', async () => {
  const record = await openTestRecord();
  const session = await recordADay(record.recorder);
  await record.db
    .updateTable('recorded_event')
    .set({ body: null, salt: null })
    .where('session', '=', session)
    .where('seq', '=', 2)
    .execute();
  for (const { problems } of await verified(record, session)) {
    expect(problems).toContainEqual(expect.objectContaining({ what: 'removed', seq: 2 }));
  }
});
