import { randomUUID } from 'node:crypto';
import { copyFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, beforeAll, expect, it, type TestContext } from 'vitest';
import { openStore } from '../../relay/src/store/index.ts';
import { type Postgres, postgresPrograms, startPostgres } from '../support/postgres.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { type MadeStore, makeStore } from './make-store.ts';
import { copyName, damages } from './store-damage.ts';
import { askBoth, disagreements, findPython, type Verified } from './two-verifiers.ts';

const folder = temporaryFolder();
const programs = postgresPrograms();
let postgres: Postgres;
let found: Awaited<ReturnType<typeof findPython>>;
let made: MadeStore;
/** A database with a relay's tables, and nothing in them. */
let empty: string;

beforeAll(async () => {
  found = await findPython();
  made = await makeStore(folder);
  if (programs === null) return;
  postgres = await startPostgres(programs);
  empty = await postgres.newDatabase();
  const onError = (error: unknown) => {
    throw error;
  };
  await (await openStore(configOf(empty), { database: '' }, { now: Date.now, onError })).close();
});
afterAll(async () => await postgres?.close());

function needed(test: TestContext): string {
  if (programs === null) test.skip('PostgreSQL is not installed here');
  return 'python' in found ? found.python : test.skip(found.missing);
}

/** Where a process finds the URL. */
function configOf(url: string) {
  const variable = `SLUICE_TEST_${randomUUID().replaceAll('-', '')}`;
  process.env[variable] = url;
  return { kind: 'postgres', url: { env: variable }, tls: null, allowPlain: false, poolSize: 4 } as const;
}

const TABLES = [
  'recorded_log',
  'recorded_event',
  'recorded_checkpoint',
  'recorded_subtree',
  'recorded_payload',
  'recorded_data_key',
];

/** A database with what is in a file. Null when it takes no such values. */
async function databaseOf(file: string): Promise<string | null> {
  const name = `copy_${randomUUID().replaceAll('-', '')}`;
  await postgres.query(
    empty.replace(/[^/]*$/u, 'postgres'),
    `CREATE DATABASE ${name} TEMPLATE ${new URL(empty).pathname.slice(1)}`,
  );
  const url = empty.replace(/[^/]*$/u, name);
  const db = new DatabaseSync(file, { readOnly: true });
  try {
    const statements = TABLES.flatMap((table) => {
      const rows = db.prepare(`SELECT * FROM ${table}`).all();
      return rows.map((row) => {
        const values = Object.values(row).map(literal);
        return `INSERT INTO ${table} (${Object.keys(row).join()}) VALUES (${values.join()});`;
      });
    });
    const emptied = TABLES.map((table) => `DELETE FROM ${table};`);
    await postgres.query(url, [...emptied, ...statements].join('\n'));
    return url;
  } catch {
    return null;
  } finally {
    db.close();
  }
}

function literal(value: unknown): string {
  if (value === null) return 'NULL';
  if (value instanceof Uint8Array) return `'\\x${Buffer.from(value).toString('hex')}'`;
  if (typeof value === 'string') return `'${value.replaceAll("'", "''")}'`;
  if (typeof value === 'number') return String(value);
  throw new Error('no table has such values');
}

/** What is done to the tables of a file, and values of other types, which a database of PostgreSQL makes into texts. */
const ELSEWHERE = /recorded_|kysely|PRAGMA|VACUUM|ANALYZE|: (a number|a text|bytes)$/u;

async function stored(file: string, what: string): Promise<Verified | null> {
  const url = await databaseOf(file);
  if (url === null) return null;
  const config = join(folder, `${randomUUID()}.yaml`);
  const identity = { issuers: [{ issuer: 'https://issuer.example', audience: 'sluice' }] };
  const settings = {
    listen: { port: 1 },
    data: folder,
    policy: 'policy.yaml',
    identity,
    warehouse: { type: 'embedded' },
  };
  writeFileSync(config, JSON.stringify({ ...settings, store: { ...configOf(url), tls: undefined } }));
  return { file: config, url, keys: made.keys.slice(0, 1), what };
}

it('agrees with `sluice verify` about stores in PostgreSQL, and both say of each what they say of the same in SQLite', async (test) => {
  const python = needed(test);
  const original = new DatabaseSync(made.file, { readOnly: true });
  const all = damages(original);
  original.close();
  const every = Number(process.env['SLUICE_DAMAGES_EVERY'] ?? 3) * 11;
  const inFiles: Verified[] = [{ file: made.file, keys: made.keys.slice(0, 1), what: 'as made' }];
  const inPostgres = [await stored(made.file, 'as made')];
  for (const { what, apply } of all.filter((_, index) => index % every === 0)) {
    const file = join(folder, copyName());
    copyFileSync(made.file, file);
    const db = new DatabaseSync(file, { defensive: false });
    apply(db);
    db.close();
    const there = ELSEWHERE.test(what) ? null : await stored(file, what);
    if (there === null) continue;
    inFiles.push({ file, keys: made.keys.slice(0, 1), like: made.file, what });
    inPostgres.push(there);
  }
  expect(inFiles.length).toBeGreaterThan(20);
  const opinions = await askBoth(
    python,
    inPostgres.flatMap((each) => each ?? []),
  );
  expect(disagreements(opinions)).toEqual([]);
  expect(opinions[0]?.first).toContain('{"intact":true');
  const ofFiles = await askBoth(python, inFiles);
  expect(opinions.map(({ what, first }) => [what, first])).toEqual(
    ofFiles.map(({ what, first }) => [what, first]),
  );
});

const STRANGE = [
  'CREATE RULE more AS ON DELETE TO recorded_log DO INSTEAD NOTHING',
  'ALTER TABLE recorded_checkpoint ENABLE ROW LEVEL SECURITY',
  'CREATE TABLE more () INHERITS (recorded_event)',
  'ALTER TABLE recorded_subtree ADD COLUMN more BIGINT GENERATED ALWAYS AS (level + 1) STORED',
  'ALTER TABLE recorded_event ALTER COLUMN seq TYPE INTEGER',
  'ALTER TABLE recorded_payload RENAME TO gone',
  'ALTER TABLE recorded_log RENAME TO gone; CREATE VIEW recorded_log AS SELECT * FROM gone',
];

it('reads nothing of tables that no relay makes', async (test) => {
  const python = needed(test);
  const stores: Verified[] = [];
  for (const sql of STRANGE) {
    const store = (await stored(made.file, sql))!;
    await postgres.query(store.url!, sql);
    stores.push(store);
  }
  const opinions = await askBoth(python, stores);
  const nothing = 'unreadable, event null/null';
  expect(opinions.map(({ what, first, second }) => [what, first, second])).toEqual(
    STRANGE.map((sql) => [sql, nothing, nothing]),
  );
});
