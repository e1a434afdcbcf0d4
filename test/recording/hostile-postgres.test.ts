import { randomBytes, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest';
import type { SluiceError } from '../../relay/src/errors.ts';
import {
  exportSession,
  payloadReader,
  vaultOf,
  verifyLists,
  verifyStore,
} from '../../relay/src/recording/index.ts';
import { openTestRecord } from '../../relay/src/recording/testing/open-test-record.ts';
import { recordADay } from '../../relay/src/recording/testing/record-a-day.ts';
import { openStore, openStoreToRead } from '../../relay/src/store/index.ts';
import type { TestStore } from '../../relay/src/store/testing/open-test-store.ts';
import { type Postgres, postgresPrograms, startPostgres } from '../support/postgres.ts';

const programs = postgresPrograms();
let postgres: Postgres;
beforeAll(async () => {
  if (programs !== null) postgres = await startPostgres(programs);
});
afterAll(async () => await postgres?.close());

/** A relay on a database whose owner may do with it what they like, and is nobody special to the server. */
async function aRelay(skip: (why: string) => void) {
  if (programs === null) skip('PostgreSQL is not installed here');
  const admin = await postgres.newDatabase();
  const name = new URL(admin).pathname.slice(1);
  const role = `owner_${randomBytes(4).toString('hex')}`;
  await postgres.query(
    admin,
    `CREATE ROLE ${role} LOGIN; ALTER DATABASE ${name} OWNER TO ${role}; ALTER SCHEMA public OWNER TO ${role}`,
  );
  const url = admin.replace('sluice:its-password@', `${role}:x@`);
  const variable = `SLUICE_TEST_${randomUUID().replaceAll('-', '')}`;
  process.env[variable] = url;
  onTestFinished(() => void delete process.env[variable]);
  const config = {
    kind: 'postgres',
    url: { env: variable },
    tls: null,
    allowPlain: false,
    poolSize: 4,
  } as const;
  const onError = (error: unknown) => {
    throw error;
  };
  const store = await openStore(config, { database: '' }, { now: Date.now, onError });
  onTestFinished(() => store.close());
  const vault = vaultOf(new Map([['shared', randomBytes(32)]]));
  const record = await openTestRecord({ vault, beneath: { store } as unknown as TestStore });
  const session = await recordADay(record.recorder);
  await record.recorder.checkpoint();
  const run = (text: string) => postgres.query(url, text);
  const said = async () => {
    const look = await openStoreToRead(config, { database: '' }, { frozen: true });
    try {
      const report = await verifyStore(look, [record.signers[0].publicKey]);
      return (await verifyLists(look, report)).problems.map(({ what, why }) => `${what}: ${why}`);
    } finally {
      await look.close();
    }
  };
  return { ...record, config, session, run, said, name, role };
}

it('reads nothing of tables that no relay makes, and runs nothing that somebody else wrote', async ({
  skip,
}) => {
  const { run, said, name, role } = await aRelay(skip);
  expect(await said()).toEqual([]);
  const policy = (using: string) =>
    `CREATE POLICY p ON recorded_checkpoint USING (${using}); ALTER TABLE recorded_checkpoint ENABLE ROW LEVEL SECURITY;
     ALTER TABLE recorded_checkpoint FORCE ROW LEVEL SECURITY`;
  const noPolicy = `DROP POLICY p ON recorded_checkpoint; ALTER TABLE recorded_checkpoint DISABLE ROW LEVEL SECURITY`;
  const cases: readonly (readonly [string, string, string])[] = [
    [policy('pg_sleep(3600) IS NOT NULL'), 'recorded_checkpoint has row-level security', noPolicy],
    [
      'ALTER TABLE recorded_subtree ADD COLUMN more BIGINT GENERATED ALWAYS AS (level + 1) STORED',
      'recorded_subtree has a column `more`',
      'ALTER TABLE recorded_subtree DROP COLUMN more',
    ],
    [
      `CREATE TABLE more () INHERITS (recorded_event)`,
      'recorded_event is not a table, and may hold anything',
      'DROP TABLE more',
    ],
    [
      `ALTER TABLE recorded_log RENAME TO kept; CREATE VIEW recorded_log AS SELECT kept.* FROM kept, pg_sleep(3600)`,
      'recorded_log is not a table, and may hold anything',
      'DROP VIEW recorded_log; ALTER TABLE kept RENAME TO recorded_log',
    ],
    [
      `ALTER TABLE recorded_block RENAME TO kept; CREATE VIEW recorded_block AS SELECT kept.* FROM kept, pg_sleep(3600)`,
      'recorded_block is not a table, and may hold anything',
      'DROP VIEW recorded_block; ALTER TABLE kept RENAME TO recorded_block',
    ],
    [
      'CREATE RULE more AS ON DELETE TO recorded_log DO INSTEAD NOTHING',
      'recorded_log has a rule',
      'DROP RULE more ON recorded_log',
    ],
    ['ALTER TABLE recorded_payload RENAME TO kept', 'recorded_payload is not there', ''],
  ];
  for (const [attack, expected, undone] of cases) {
    await run(attack);
    expect(await said()).toEqual([expect.stringContaining(expected)]);
    if (undone !== '') await run(undone);
  }
  await run('ALTER TABLE kept RENAME TO recorded_payload');
  // A function that is called like the server's own, for arguments of the very types, in a schema that is looked in first.
  await run(`CREATE FUNCTION public.octet_length(text) RETURNS integer LANGUAGE sql AS 'SELECT 1 FROM pg_sleep(3600)';
    ALTER ROLE ${role} IN DATABASE ${name} SET search_path = public, pg_catalog`);
  expect(await said()).toEqual([]);
});

it('a relay neither reads nor attests what a policy hides', async ({ skip }) => {
  const relay = await aRelay(skip);
  const { recorder, session, run, signers } = relay;
  const attested = async () => {
    const checkpoint = await recorder.checkpoint();
    const attestation = { signer: signers[0], proof: recorder.proof };
    const payloads = payloadReader(relay);
    const lines = exportSession({ ...relay, payloads, attestation, checkpoint, session });
    return (await Array.fromAsync(lines)).at(-1)?.slice(0, 30);
  };
  expect(await attested()).toMatch(/digest/);
  await run(`CREATE POLICY p ON recorded_event USING (NOT (session = '${session}' AND seq > 7)) WITH CHECK (true);
    ALTER TABLE recorded_event ENABLE ROW LEVEL SECURITY; ALTER TABLE recorded_event FORCE ROW LEVEL SECURITY`);
  const refused = await attested().catch(({ code }: SluiceError) => code);
  expect(refused).toBe('record_unavailable');
});

it('gives up what takes longer than it was told to wait', async ({ skip }) => {
  const { config, run } = await aRelay(skip);
  const look = await openStoreToRead(config, { database: '' }, { frozen: true, patienceMs: 200 });
  onTestFinished(() => look.close());
  const held = run('BEGIN; LOCK TABLE recorded_payload; SELECT pg_sleep(4); COMMIT');
  const lock = `SELECT 1 FROM pg_locks WHERE relation = 'recorded_payload'::regclass AND mode = 'AccessExclusiveLock' AND granted`;
  await expect.poll(() => run(lock)).not.toEqual([]);
  const refused = await look.payloads.missing(['x']).catch((error: unknown) => error);
  // `query_canceled`, and not that the lock was not to be had: https://www.postgresql.org/docs/current/errcodes-appendix.html
  expect(refused).toMatchObject({ cause: { problem: 'busy', cause: { message: 'PostgreSQL: 57014' } } });
  await held;
});
