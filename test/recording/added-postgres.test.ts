import { randomBytes, randomUUID } from 'node:crypto';
import type { EventBody } from '@sluice/contract';
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest';
import type { SluiceError } from '../../relay/src/errors.ts';
import { vaultOf, verifyStore } from '../../relay/src/recording/index.ts';
import {
  newSession,
  newSigner,
  opened,
  openTestRecord,
  statement,
} from '../../relay/src/recording/testing/open-test-record.ts';
import { openStore } from '../../relay/src/store/index.ts';
import type { TestStore } from '../../relay/src/store/testing/open-test-store.ts';
import { addedRow } from '../support/attacker.ts';
import { type Postgres, postgresPrograms, startPostgres } from '../support/postgres.ts';

const programs = postgresPrograms();
let postgres: Postgres;
beforeAll(async () => {
  if (programs !== null) postgres = await startPostgres(programs);
});
afterAll(async () => await postgres?.close());

const onError = (error: unknown) => {
  throw error;
};

/** Two relays on one database, and somebody who can write to it. */
async function twoRelays(skip: (why: string) => void) {
  if (programs === null) skip('PostgreSQL is not installed here');
  const url = await postgres.newDatabase();
  const name = `SLUICE_TEST_${randomUUID().replaceAll('-', '')}`;
  process.env[name] = url;
  onTestFinished(() => void delete process.env[name]);
  const config = { kind: 'postgres', url: { env: name }, tls: null, allowPlain: false, poolSize: 4 } as const;
  const files = { vault: vaultOf(new Map([['shared', randomBytes(32)]])), signers: [newSigner()] as const };
  const start = async () => {
    const store = await openStore(config, { database: '' }, { now: Date.now, onError });
    onTestFinished(() => store.close());
    const beneath = { store } as unknown as TestStore;
    return await openTestRecord({ ...files, beneath });
  };
  const [one, other] = [await start(), await start()];
  const session = newSession();
  await one.recorder.append(session, opened('alice'));
  await other.recorder.append(newSession(), opened('bob'));
  await one.recorder.checkpoint();
  const run = (text: string) => postgres.query(url, text);
  const add = async (to: string, body: EventBody, mac = '') => {
    const [last] = await run(
      `SELECT * FROM recorded_event WHERE session = '${to}' ORDER BY seq DESC LIMIT 1`,
    );
    const [log] = await run('SELECT size FROM recorded_log');
    const position = Number(log!['size']);
    const newest = { ...last, seq: Number(last!['seq']) } as unknown as Parameters<typeof addedRow>[0];
    const row = { position, ...addedRow(newest, body), mac };
    const values = Object.values(row).map((value) => `'${String(value).replaceAll("'", "''")}'`);
    await run(`INSERT INTO recorded_event (${Object.keys(row).join()}) VALUES (${values.join()});
      UPDATE recorded_log SET size = ${position + 1}`);
  };
  return { one, other, session, run, add, start, signers: files.signers };
}

const refusalOf = ({ recorder }: Awaited<ReturnType<typeof openTestRecord>>) =>
  recorder.checkpoint().then(
    () => 'signed',
    ({ code, message }: SluiceError) => `${code}: ${message}`,
  );

it.for<[string, EventBody]>([
  ['a statement', statement('drop table regrets')],
  ['a redaction', { type: 'redacted', rule: 'everything', events: [0], payloads: [] }],
])('no relay signs what somebody adds to a database that several share: %s', async ([, body], { skip }) => {
  for (const mac of ['', 'ab'.repeat(16)]) {
    const { one, other, session, add, start } = await twoRelays(skip);
    await add(session, body, mac);
    for (const relay of [one, other])
      expect(await refusalOf(relay)).toMatch(/record_contradicted: .*(nothing shows|was not written by)/);
    await expect(start()).rejects.toMatchObject({ code: 'record_contradicted' });
  }
});

it('they sign what each other wrote, and none of it when it was moved or taken from elsewhere', async ({
  skip,
}) => {
  const { one, other, run, signers } = await twoRelays(skip);
  await one.recorder.append(newSession(), opened('carol'));
  await other.recorder.append(newSession(), opened('dave'));
  const { size } = await other.recorder.checkpoint();
  expect((await one.recorder.checkpoint()).size).toBe(size);
  expect(await verifyStore(one.store, [signers[0].publicKey])).toMatchObject({ intact: true, unsigned: 0 });

  await other.recorder.append(newSession(), opened('erin'));
  await other.recorder.append(newSession(), opened('frank'));
  await run(`
    UPDATE recorded_event SET position = -1 WHERE position = ${size};
    UPDATE recorded_event SET position = ${size} WHERE position = ${size + 1};
    UPDATE recorded_event SET position = ${size + 1} WHERE position = -1`);
  expect(await refusalOf(one)).toMatch(/record_contradicted: .*was not written by a relay of this store/);
  expect(await refusalOf(other)).toMatch(/record_contradicted: .*is not the one that was appended/);
});

it('a deleted event of another relay is not put back elsewhere', async ({ skip }) => {
  const { one, other, run } = await twoRelays(skip);
  const { size } = await other.recorder.checkpoint();
  await other.recorder.append(newSession(), opened('erin'));
  await other.recorder.append(newSession(), opened('frank'));
  await run(`
    DELETE FROM recorded_event WHERE position = ${size};
    UPDATE recorded_event SET position = ${size} WHERE position = ${size + 1};
    UPDATE recorded_log SET size = ${size + 1}`);
  expect(await refusalOf(one)).toMatch(/record_contradicted: .*was not written by a relay of this store/);
  expect(await refusalOf(other)).toMatch(/record_contradicted/);
});

it('a relay of an earlier version that still runs there can append nothing', async ({ skip }) => {
  const { run } = await twoRelays(skip);
  await expect(
    run(`INSERT INTO recorded_event (position, session, seq, at, type, body_digest, previous, hash)
      VALUES (99, 's', 0, '', 'notice', '', '', '')`),
  ).rejects.toMatchObject({ code: '23502' });
});
