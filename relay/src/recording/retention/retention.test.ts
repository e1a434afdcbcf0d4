import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import {
  exportSession,
  linesOf,
  payloadReader,
  replay,
  type RetentionRun,
  searchEvents,
  verifyExport,
  verifyLists,
  verifyStore,
} from '../index.ts';
import {
  identity,
  newSession,
  opened,
  openTestRecord,
  statement,
  type TestRecord,
} from '../testing/open-test-record.ts';
import { recordADay } from '../testing/record-a-day.ts';
import { finished, openTestRetention } from '../testing/open-test-retention.ts';
import type { RetentionRule } from './rule.ts';

const DAY = 86_400_000;
const bodies: RetentionRule = { name: 'a-year', afterDays: 365, removes: 'bodies' };
const payloads: RetentionRule = { name: 'a-month', afterDays: 30, removes: 'payloads' };

/** What both ways of checking say, after a checkpoint. */
async function verified(record: TestRecord, session: Awaited<ReturnType<typeof recordADay>>) {
  const checkpoint = await record.recorder.checkpoint();
  const [signer] = record.signers;
  const file = exportSession({
    ...record,
    payloads: payloadReader(record),
    attestation: { signer, proof: record.recorder.proof },
    checkpoint,
    session,
  });
  const bytes = (async function* () {
    for await (const chunk of file) yield Buffer.from(chunk);
  })();
  return [
    await verifyStore(record.store, [signer.publicKey]),
    await verifyExport(linesOf(bytes), [signer.publicKey]),
  ];
}

/** That lists and searches say what the log does after it, too. */
async function expectListed({ store, signers, recorder }: TestRecord) {
  await recorder.checkpoint();
  const report = await verifyLists(store, await verifyStore(store, [signers[0].publicKey]));
  expect(report).toMatchObject({ intact: true, listsCompared: { unindexed: 0 }, problems: [] });
}

function iso(at: number): string {
  return new Date(at).toISOString();
}

/** What a run did, by rule. */
function done({ rules, problem }: RetentionRun): readonly (readonly number[])[] {
  expect(problem).toBeNull();
  return rules.map(({ sessions, bodies, payloads }) => [sessions, bodies, payloads]);
}

it('removes payloads and bodies by rule, from every file, and the chain still checks', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-retention-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const record = await openTestRecord({ path: join(folder, 'record.db') });
  const retention = await openTestRetention(record, [payloads, bodies]);
  const session = await recordADay(record.recorder);
  // In the event, and, as a word of its own, in the search index.
  const traces = () =>
    readdirSync(folder).filter((file) => readFileSync(join(folder, file)).includes('email'));
  expect(traces()).not.toEqual([]);

  record.clock.now += 31 * DAY;
  expect(done(await retention.run())).toEqual([
    [1, 0, 2],
    [0, 0, 0],
  ]);
  expect(done(await retention.run())).toEqual([
    [0, 0, 0],
    [0, 0, 0],
  ]);
  expect(await record.db.selectFrom('recorded_payload').selectAll().execute()).toEqual([]);
  await expectListed(record);
  for (const report of await verified(record, session))
    expect(report).toMatchObject({ intact: true, redacted: 0 });

  record.clock.now += 365 * DAY;
  expect(done(await retention.run())).toEqual([
    [0, 0, 0],
    [1, 11, 0],
  ]);
  expect(traces()).toEqual([]);
  await expectListed(record);
  for (const report of await verified(record, session))
    expect(report).toMatchObject({ intact: true, redacted: 11 });
  const events = await Array.fromAsync(replay(record.store, session));
  expect(events.map((event) => ('body' in event ? event.body.type : null))).toEqual([
    ...Array.from({ length: 11 }, () => null),
    'redacted',
    'redacted',
  ]);
  expect(events.at(-1)).toMatchObject({
    body: { rule: 'a-year', by: identity('carol'), afterDays: 365, before: '2026-04-01T09:00:00.000Z' },
  });
  expect((await searchEvents(record.store, { text: 'customers', limit: 10 })).found).toEqual([]);
  await record.store.close();
});

it('signs what it is about to remove before it removes anything', async () => {
  const record = await openTestRecord();
  const signedAt: boolean[] = [];
  const retention = await openTestRetention(record, [bodies], {
    async checkpoint() {
      const whole = await record.db
        .selectFrom('recorded_event')
        .select('seq')
        .where('body', 'is', null)
        .execute();
      const announced = await record.db
        .selectFrom('recorded_event')
        .select('seq')
        .where('type', '=', 'redacted')
        .execute();
      signedAt.push(whole.length === 0 && announced.length > 0);
      return await record.recorder.checkpoint();
    },
  });
  await recordADay(record.recorder);
  record.clock.now += 400 * DAY;
  expect(done(await retention.run())).toEqual([[1, 11, 2]]);
  expect(signedAt).toEqual([true]);
});

it('makes the file smaller, in steps, and leaves nothing in the write-ahead log', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-retention-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const path = join(folder, 'record.db');
  const record = await openTestRecord({ path });
  const retention = await openTestRetention(record, [bodies]);
  const session = newSession();
  await record.recorder.append(session, opened('alice'));
  for (let index = 0; index < 40; index += 1) {
    const filler = Array.from({ length: 6_000 }, (_, word) => `w${(index * 6_000 + word) % 9_973}`).join(' ');
    await record.recorder.append(session, statement(`select 'taken_out' /* ${filler} */`));
  }
  await record.recorder.append(session, { type: 'closed', how: 'client' });
  await record.store.compact();
  const before = statSync(path).size;
  record.clock.now += 400 * DAY;
  const run = await retention.run();
  expect(done(run)).toEqual([[1, 42, 0]]);
  expect(statSync(path).size).toBeLessThan(before / 2);
  expect(run.givenBack).toBeGreaterThan(before / 3);
  expect(await record.store.space()).toMatchObject({ free: 0, shrinks: true });
  const traces = readdirSync(folder).filter((file) => readFileSync(join(folder, file)).includes('taken_out'));
  expect(traces).toEqual([]);
  await record.store.close();
});

describe('legal hold', () => {
  const by = identity('carol');

  it('keeps everything of a session, until it is released and old enough again', async () => {
    const record = await openTestRecord();
    const retention = await openTestRetention(record, [bodies]);
    const session = await recordADay(record.recorder);
    await record.recorder.setLegalHold(session, { held: true, by, reason: 'case 12' });
    record.clock.now += 400 * DAY;
    expect(done(await retention.run())).toEqual([[0, 0, 0]]);
    await record.recorder.setLegalHold(session, { held: false, by, reason: 'case closed' });
    expect(done(await retention.run())).toEqual([[0, 0, 0]]);
    record.clock.now += 400 * DAY;
    expect(done(await retention.run())).toEqual([[1, 11, 2]]);
    for (const report of await verified(record, session))
      expect(report).toMatchObject({ intact: true, payloads: 0 });
  });

  it('is what the record says, whatever somebody writes into the index', async () => {
    const record = await openTestRecord();
    const retention = await openTestRetention(record, [bodies]);
    const session = await recordADay(record.recorder);
    await record.recorder.setLegalHold(session, { held: true, by, reason: 'case 12' });
    await record.db.updateTable('recorded_session').set({ held: 0 }).execute();
    record.clock.now += 400 * DAY;
    expect(done(await retention.run())).toEqual([[0, 0, 0]]);
    for (const report of await verified(record, session))
      expect(report).toMatchObject({ intact: true, redacted: 0 });
  });

  it('is of sessions that are on the record', async () => {
    const { recorder } = await openTestRecord();
    const hold = recorder.setLegalHold(newSession(), { held: true, by, reason: 'case 12' });
    await expect(hold).rejects.toMatchObject({ code: 'session_unknown' });
  });

  it('wins when it comes between the announcement and the removal', async () => {
    const record = await openTestRecord();
    let session: Awaited<ReturnType<typeof recordADay>> | null = null;
    const retention = await openTestRetention(record, [bodies], {
      async checkpoint() {
        await record.recorder.setLegalHold(session!, { held: true, by, reason: 'case 12' });
        return await record.recorder.checkpoint();
      },
    });
    session = await recordADay(record.recorder);
    record.clock.now += 400 * DAY;
    expect((await retention.run()).problem).toBeNull();
    const [first] = await Array.fromAsync(replay(record.store, session));
    expect(first).toHaveProperty('body');
    expect(await record.store.retention.announced(10)).toEqual([]);
    // Released, it is announced anew.
    await record.recorder.setLegalHold(session, { held: false, by, reason: 'case closed' });
    record.clock.now += 400 * DAY;
    const later = await openTestRetention(record, [bodies]);
    expect(done(await later.run())).toEqual([[1, 11, 2]]);
    for (const report of await verified(record, session)) expect(report).toMatchObject({ intact: true });
  });
});

it('keeps a payload that another session wants still', async () => {
  const record = await openTestRecord();
  const retention = await openTestRetention(record, [payloads]);
  await recordADay(record.recorder);
  record.clock.now += 20 * DAY;
  const second = await recordADay(record.recorder, 'ben');
  record.clock.now += 11 * DAY;
  expect(done(await retention.run())).toEqual([[1, 0, 2]]);
  await expectListed(record);
  for (const report of await verified(record, second))
    expect(report).toMatchObject({ intact: true, payloads: 2 });
});

it('sweeps payloads whose event never came, once they are a day old', async () => {
  const record = await openTestRecord();
  const retention = await openTestRetention(record, [payloads]);
  await record.recorder.keep(Buffer.from('of no event'));
  record.clock.now += 2 * DAY;
  await record.recorder.keep(Buffer.from('of an event to come'));
  await retention.run();
  expect(await record.store.payloads.count()).toBe(1);
  record.clock.now += 2 * DAY;
  await retention.run();
  expect(await record.store.payloads.count()).toBe(0);
});

it('says beforehand what it would remove, and changes nothing by that', async () => {
  const record = await openTestRecord();
  const retention = await openTestRetention(record, [payloads, bodies]);
  await recordADay(record.recorder);
  record.clock.now += 340 * DAY;
  await recordADay(record.recorder, 'ben');
  record.clock.now += 32 * DAY;
  const before = await record.store.events.log();
  const preview = await retention.preview(new AbortController().signal);
  expect(await record.store.events.log()).toEqual(before);
  const oldest = '2026-03-01T09:00:00.000Z';
  const newest = '2027-02-04T09:00:00.000Z';
  expect(preview).toMatchObject([
    // The same bytes in both sessions are stored once, and counted for each.
    { name: 'a-month', sessions: 2, bodies: 0, payloads: 4, oldest, newest },
    { name: 'a-year', sessions: 1, bodies: 11, payloads: 0, oldest, newest: oldest },
  ]);
  expect(preview[1]!.bytes).toBeGreaterThan(1_000);
  expect(done(await retention.run())).toEqual([
    [2, 0, 4],
    [1, 11, 0],
  ]);
});

describe('somebody who would like to be rid of what stands there', () => {
  it('cannot set a rule for an hour: it must stand on the record for a day', async () => {
    const record = await openTestRecord();
    await recordADay(record.recorder);
    record.clock.now += 400 * DAY;
    await record.recorder.checkpoint();
    const short = { name: 'now', afterDays: 1, removes: 'bodies' } as const;
    const retention = await openTestRetention(record, [short]);
    const run = retention.run();
    await expect(run).rejects.toMatchObject({ code: 'retention_refused', retryAfterSeconds: 86_400 });
    const notices = await record.store.events.ofTypes(record.recorder.relaySession, ['notice']);
    expect(notices.map(({ body }) => body)).toEqual([expect.stringContaining('"what":"retention_rules"')]);
    // Another rule in between: the day begins anew.
    record.clock.now += DAY - 1;
    await openTestRetention(record, [bodies]);
    const again = await openTestRetention(record, [short]);
    record.clock.now += 2;
    await expect(again.run()).rejects.toMatchObject({ code: 'retention_refused' });
    record.clock.now += DAY;
    expect(done(await again.run())).toEqual([[1, 11, 2]]);
  });

  it('cannot set the clock forward for an hour', async () => {
    const record = await openTestRecord();
    const retention = await openTestRetention(record, [bodies]);
    await recordADay(record.recorder);
    await record.recorder.checkpoint();
    record.clock.now += 400 * DAY;
    await record.recorder.append(newSession(), opened('mallory'));
    await record.recorder.checkpoint();
    await expect(retention.run({ clockIsRight: false })).rejects.toThrow(
      'nothing was recorded from 2026-03-01',
    );
    // Nor by itself, and that stands on the record.
    await retention.tick();
    expect((await retention.status()).run).toMatchObject({
      by: null,
      problem: expect.stringContaining('clock'),
    });
    const notices = await record.store.events.ofTypes(record.recorder.relaySession, ['notice']);
    expect(notices.at(-1)?.body).toContain('retention_refused');
    // Somebody has looked at it, and answers for that by name.
    expect(done(await retention.run())).toEqual([[1, 11, 2]]);
    const all = await record.store.events.ofTypes(record.recorder.relaySession, ['notice']);
    expect(all.map(({ body }) => body).join()).toContain('"clockIsRight":"true"');
  });

  it('cannot set it forward before anything was signed, either', async () => {
    const record = await openTestRecord();
    const retention = await openTestRetention(record, [bodies]);
    await recordADay(record.recorder);
    record.clock.now += 400 * DAY;
    await expect(retention.run({ clockIsRight: false })).rejects.toMatchObject({ code: 'retention_refused' });
  });

  it('cannot make a record in the past, nor a rule, by setting the clock back', async () => {
    const record = await openTestRecord();
    record.clock.now += 400 * DAY;
    await record.recorder.append(newSession(), opened('alice'));
    await record.recorder.checkpoint();
    const right = record.clock.now;
    record.clock.now -= 399 * DAY;
    const retention = await openTestRetention(record, [bodies]);
    await recordADay(record.recorder);
    record.clock.now = right + 1;
    await expect(retention.run()).rejects.toMatchObject({ code: 'retention_refused' });
    const next = await openTestRetention(record, [payloads, bodies]);
    record.clock.now = right + 3 * DAY;
    expect(done(await next.run())).toEqual([
      [0, 0, 0],
      [0, 0, 0],
    ]);
  });
});

it('runs by itself once a day, at its time, and only one relay does', async () => {
  const record = await openTestRecord();
  let elapsed = 0;
  const one = await openTestRetention(record, [bodies], { elapsed: () => elapsed });
  const other = await openTestRetention(record, [bodies]);
  record.clock.now += 1.5 * DAY;
  await record.recorder.checkpoint();
  await Promise.all([one.tick(), other.tick()]);
  await finished(one);
  const began = async () =>
    (await record.store.events.ofTypes(record.recorder.relaySession, ['notice'])).filter(({ body }) =>
      body?.includes('retention_began'),
    ).length;
  expect(await began()).toBe(1);
  elapsed += 60_000;
  await one.tick();
  expect(await began()).toBe(1);
  record.clock.now += DAY;
  await one.tick();
  expect(await began()).toBe(1);
  elapsed += 60_000;
  await one.tick();
  await finished(one);
  expect(await began()).toBe(2);
});

describe('a clock that was ahead, and is put back', () => {
  const refused = async ({ store, recorder }: TestRecord) =>
    (await store.events.ofTypes(recorder.relaySession, ['notice'])).filter(({ body }) =>
      body?.includes('retention_refused'),
    ).length;

  it('leaves the run of the day to the day, in the same process and in the next one', async () => {
    const record = await openTestRecord();
    let elapsed = 0;
    const one = await openTestRetention(record, [bodies], { elapsed: () => elapsed });
    const right = record.clock.now;
    record.clock.now = right + 400 * DAY;
    await one.tick();
    expect(await refused(record)).toBe(1);
    record.clock.now = right + 2 * DAY;
    elapsed += 60_000;
    await one.tick();
    await finished(one);
    expect((await one.status()).run).toMatchObject({ problem: null, startedAt: iso(right + 2 * DAY) });

    record.clock.now = right + 400 * DAY;
    elapsed += 60_000;
    await one.tick();
    expect(await refused(record)).toBe(2);
    record.clock.now = right + 3 * DAY;
    const next = await openTestRetention(record, [bodies]);
    await next.tick();
    await finished(next);
    expect((await next.status()).run).toMatchObject({ problem: null, startedAt: iso(right + 3 * DAY) });
  });

  it('leaves no run under way for so long, whose relay was killed', async () => {
    const record = await openTestRecord();
    const one = await openTestRetention(record, [bodies]);
    const right = record.clock.now + 2 * DAY;
    record.clock.now = right;
    expect((await one.run()).problem).toBeNull();
    const held = (await record.store.retention.run())!;
    const until = right + 400 * DAY;
    await record.store.transaction((tx) => tx.retention.saveRun({ ...held, relay: 'killed', until }));
    expect((await one.run()).problem).toBeNull();
  });
});

it('does not pass off what somebody removed as retention', async () => {
  const record = await openTestRecord();
  const session = await recordADay(record.recorder);
  // What is not signed yet, nobody has removed: it would not be signed.
  await record.recorder.checkpoint();
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
