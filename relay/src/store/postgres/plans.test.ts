import { afterAll, beforeAll, expect, it } from 'vitest';
import { PostgresAdapter, PostgresIntrospector, PostgresQueryCompiler } from 'kysely';
import { type Postgres, postgresPrograms, startPostgres } from '../../../../test/support/postgres.ts';
import { builderOn, type Connection } from '../connection.ts';
import { openStore } from '../index.ts';
import { portsOn } from '../sql/ports.ts';
import type { StorePorts } from '../store.ts';
import { recordedReads } from '../testing/recorded-reads.ts';
import { connectionOptions } from './connection-options.ts';
import { connectPostgres, type PostgresPool } from './connection.ts';

const programs = postgresPrograms();
const URL_NAME = 'SLUICE_TEST_PLANS';
const config = {
  kind: 'postgres',
  url: { env: URL_NAME },
  tls: null,
  allowPlain: false,
  poolSize: 4,
} as const;
let postgres: Postgres | null = null;
let pool: PostgresPool | null = null;

/** Enough for the server not to read all of a table instead. */
const FILLED = [
  `INSERT INTO recorded_log VALUES (1, 's0', 20000)`,
  `INSERT INTO recorded_event SELECT n, 's' || n / 20, n % 20, '2026-01-01', 'executed', repeat('0', 32), repeat('b', 300),
     md5(n::text), md5(n::text), md5(n::text) FROM generate_series(0, 19999) AS n`,
  `INSERT INTO recorded_session (session, opened_at, closed_at, person, subject, name, application, agent, held)
     SELECT 's' || n, '2026-01-' || (10 + n % 20), '2026-02-01', 'p' || n % 100, 'u' || n % 100, 'n', 'a', NULL, 0
     FROM generate_series(0, 9999) AS n`,
  `INSERT INTO recorded_mention SELECT CASE n % 2 WHEN 0 THEN 'payload' ELSE 'request' END, md5(n::text), n, 's' || n / 20
     FROM generate_series(0, 19999) AS n`,
  `INSERT INTO recorded_recent SELECT n, 0, 's' || n / 20, '2026-01-01', 'w:a' FROM generate_series(10000, 19999) AS n`,
  `INSERT INTO recorded_block SELECT n, n * 8, n * 8 + 8, '2026-01-01', '2026-01-02' FROM generate_series(0, 1249) AS n`,
  `INSERT INTO recorded_term SELECT n / 20, 'w:' || n % 20, '\\x00' FROM generate_series(0, 24999) AS n`,
  `INSERT INTO recorded_subtree SELECT 8, n, md5(n::text) FROM generate_series(0, 9999) AS n`,
  `INSERT INTO recorded_payload SELECT md5(n::text), 'k', '\\x00', n FROM generate_series(0, 9999) AS n`,
  `INSERT INTO recorded_removal SELECT 's' || n, 1 FROM generate_series(0, 9999) AS n`,
  'ANALYZE',
];

beforeAll(async () => {
  if (programs === null) return;
  postgres = await startPostgres(programs);
  const url = await postgres.newDatabase();
  process.env[URL_NAME] = url;
  const onError = (error: unknown) => {
    throw error;
  };
  const store = await openStore(config, { database: '' }, { now: () => 0, onError });
  await store.close();
  // Of the event's columns, the later ones are filled in below.
  await postgres.query(url, `ALTER TABLE recorded_event ALTER COLUMN mac SET DEFAULT ''`);
  for (const statement of FILLED) await postgres.query(url, statement);
  pool = connectPostgres(connectionOptions(config), 2, false);
}, 120_000);
afterAll(async () => {
  await pool?.close();
  await postgres?.close();
  delete process.env[URL_NAME];
});

/** What PostgreSQL says of how it carries out each query of some work. */
async function plansOf(work: (ports: StorePorts) => Promise<unknown>): Promise<readonly string[]> {
  const lease = await pool!.acquire();
  const plans: string[] = [];
  const explaining: Connection = {
    async query(text, parameters, rowsAs) {
      const { rows } = await lease.connection.query(`EXPLAIN ${text}`, parameters);
      plans.push(...(rows as readonly { 'QUERY PLAN': string }[]).map((row) => row['QUERY PLAN'].trim()));
      return await lease.connection.query(text, parameters, rowsAs);
    },
  };
  const db = builderOn(
    {
      createAdapter: () => new PostgresAdapter(),
      createQueryCompiler: () => new PostgresQueryCompiler(),
      createIntrospector: (on) => new PostgresIntrospector(on),
    },
    { acquire: async () => ({ connection: explaining, release() {} }) },
  );
  try {
    await work(portsOn(db));
  } finally {
    lease.release();
  }
  return plans;
}

/** Of one row, or as many as there are data keys, or blocks that retention has taken events out of. */
const SMALL = ['recorded_log', 'recorded_data_key', 'recorded_forgotten', 'recorded_long_text'];

it.skipIf(programs === null).each(Object.entries(recordedReads))('%s goes by an index', async (_, read) => {
  const plans = await plansOf(read);
  expect(plans).not.toEqual([]);
  const scans = plans.filter((plan) => plan.includes('Seq Scan'));
  expect(scans.filter((plan) => !SMALL.some((table) => plan.includes(` on ${table} `)))).toEqual([]);
});
