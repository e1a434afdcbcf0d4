import { writeFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { temporaryFolder } from '../../../test/support/temporary-folder.ts';
import type { SluiceError } from '../errors.ts';
import { keptFile } from '../kept-file.ts';
import { keptNotices, openRelayNotices } from './index.ts';
import { openTestRecord, type TestRecord } from './testing/open-test-record.ts';

/** How a relay starts with what an earlier one of its data folder has read, and how much of the relay session it reads. */
async function start({ recorder, store }: TestRecord, path: string) {
  let read = 0;
  const events: typeof store.events = {
    ...store.events,
    async ofSession(session, page) {
      const rows = await store.events.ofSession(session, page);
      read += rows.length;
      return rows;
    },
  };
  const notices = await openRelayNotices({
    store: { events },
    proof: recorder.proof,
    relaySession: recorder.relaySession,
    onFound: recorder.contradict,
    kept: keptFile(path, keptNotices),
  });
  return { notices, read: () => read };
}

async function aRecord() {
  const record = await openTestRecord();
  const { recorder } = record;
  const tell = (what: string, subject: string) =>
    recorder.append(recorder.relaySession, { type: 'notice', what, detail: { subject } });
  const path = `${temporaryFolder()}/relay-notices.json`;
  const said = ({ notices }: Awaited<ReturnType<typeof start>>) =>
    notices.of('revoked').map(({ detail }) => detail['subject']);
  return { record, tell, path, said };
}

it('reads at its next start what came since, whatever the relay session has become', async () => {
  const { record, tell, path, said } = await aRecord();
  await tell('revoked', 'ada');
  for (let i = 0; i < 3_000; i += 1) void tell('something else', String(i));
  await tell('revoked', 'bob');
  const first = await start(record, path);
  expect(first.read()).toBeGreaterThan(3_000);
  // It kept what it read, though nobody has closed it.
  await tell('revoked', 'cara');
  const second = await start(record, path);
  expect(second.read()).toBe(2);
  expect(said(second)).toEqual(['ada', 'bob', 'cara']);
  await second.notices.keep();
  const third = await start(record, path);
  expect([third.read(), said(third)]).toEqual([1, ['ada', 'bob', 'cara']]);
  await record.store.close();
});

it('reads all of it where the database does not hold the event that it had come to, or the file is another’s', async () => {
  const { record, tell, path, said } = await aRecord();
  await tell('revoked', 'ada');
  const first = await start(record, path);
  await first.notices.keep();
  const log = record.recorder.relaySession;
  const [kept] = (await record.store.events.ofSession(log, { after: 0, limit: 9 })).slice(-1);
  const invented = { seq: 1, at: kept!.at, detail: { subject: 'nobody' } };
  const none = { names_known: [], columns_tagged: [], policy_in_force: [], device_asked: [] };
  const good = { log, seq: kept!.seq, position: kept!.position, hash: kept!.hash };
  for (const differs of [
    { hash: 'ab'.repeat(32) },
    { position: 99 },
    { seq: 7 },
    { seq: 0 },
    { log: 'another' },
    { notices: { revoked: [invented] } },
  ]) {
    writeFileSync(path, JSON.stringify({ ...good, notices: { ...none, revoked: [invented] }, ...differs }));
    expect(said(await start(record, path))).toEqual(['ada']);
  }
  await record.store.close();
});

it('still misses what is gone since', async () => {
  const { record, tell, path } = await aRecord();
  await tell('revoked', 'ada');
  await (await start(record, path)).notices.keep();
  const { session, seq } = await tell('revoked', 'bob');
  await tell('revoked', 'cara');
  await record.db
    .deleteFrom('recorded_event')
    .where('session', '=', session)
    .where('seq', '=', seq)
    .execute();
  const refused = await start(record, path).catch(({ code }: SluiceError) => code);
  expect(refused).toBe('record_contradicted');
  await record.store.close();
});
