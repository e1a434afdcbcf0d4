import { randomUUID } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openStoreToRead } from '../../store/index.ts';
import { newSession, newSigner, opened, openTestRecord, statement } from '../testing/open-test-record.ts';
import { recordADay } from '../testing/record-a-day.ts';
import type { Checkpoint } from '../checkpoints/checkpoint.ts';
import type { RecordReaders } from '../ports.ts';
import type { VerifyReport } from './report.ts';
import { verifyStore } from './verify-store.ts';

const folder = mkdtempSync(join(tmpdir(), 'sluice-tampering-'));
const path = join(folder, 'record.db');
const signer = newSigner();
let original: Buffer;

beforeAll(async () => {
  const { recorder, store } = await openTestRecord({ path, signers: [signer] });
  await recordADay(recorder);
  await recorder.checkpoint();
  // Enough for a subtree, and sessions that end at different times.
  const sessions = Array.from({ length: 30 }, newSession);
  for (const session of sessions) {
    await recorder.append(session, opened('carol'));
    for (let number = 0; number < 8; number += 1)
      await recorder.append(session, statement(`select ${number}`));
  }
  await recordADay(recorder, 'ben');
  for (const session of sessions) await recorder.append(session, { type: 'closed', how: 'client' });
  await recorder.checkpoint();
  await store.close();
  original = readFileSync(path);
});
afterAll(() => rmSync(folder, { recursive: true }));

/** Tampers with a copy, and verifies it. */
async function verified(tamper: (db: DatabaseSync) => void): Promise<VerifyReport> {
  const copy = written({ '': original });
  try {
    const db = new DatabaseSync(copy);
    db.exec('PRAGMA foreign_keys = OFF; PRAGMA journal_mode = MEMORY; PRAGMA synchronous = OFF');
    tamper(db);
    db.close();
    // What is done to the tables themselves is found before anything is read: here, nothing sees that.
    return await verifiedFile(copy, [], {
      inspectTables: async () => ({ strange: null, longestRow: 100_000 }),
    });
  } finally {
    rmSync(copy, { force: true });
  }
}

async function verifiedFile(
  file: string,
  kept: readonly Checkpoint[] = [],
  other: Partial<Pick<RecordReaders, 'inspectTables'>> = {},
): Promise<VerifyReport> {
  const store = await openStoreToRead({ kind: 'sqlite' }, { database: file });
  try {
    return await verifyStore({ ...store, ...other }, [signer.publicKey], kept);
  } finally {
    await store.close();
  }
}

/** What verification relies on, each table with its columns. */
const RELIED_ON = {
  recorded_log: ['relay_session', 'size'],
  recorded_event: [
    'position',
    'session',
    'seq',
    'at',
    'type',
    'salt',
    'body',
    'body_digest',
    'previous',
    'hash',
  ],
  recorded_checkpoint: ['size', 'note'],
  recorded_payload: ['address'],
  recorded_subtree: ['level', 'place', 'hash'],
} as const;
type Table = keyof typeof RELIED_ON;

/** The same tables without their types and keys, so that they take anything. */
function loosened(db: DatabaseSync, table: Table): void {
  db.exec(
    `CREATE TABLE loose AS SELECT * FROM ${table}; DROP TABLE ${table}; ALTER TABLE loose RENAME TO ${table}`,
  );
}

const ODD: readonly (string | null)[] = [
  'NULL',
  "''",
  '-1',
  '0',
  '3.5',
  '9007199254740993',
  "x'00ff'",
  "'\u0000'",
  "'é'",
  `'${'ab'.repeat(32)}'`,
  `'${randomUUID()}'`,
];

const tables = Object.keys(RELIED_ON) as Table[];
const change = fc.oneof(
  fc.record({
    kind: fc.constant('delete' as const),
    table: fc.constantFrom(...tables),
    row: fc.nat(),
    rows: fc.integer({ min: 1, max: 9 }),
  }),
  fc.record({ kind: fc.constant('duplicate' as const), table: fc.constantFrom(...tables), row: fc.nat() }),
  fc.record({ kind: fc.constant('swap' as const), row: fc.nat(), other: fc.nat() }),
  fc.record({
    kind: fc.constant('set' as const),
    table: fc.constantFrom(...tables),
    column: fc.nat(),
    row: fc.nat(),
    value: fc.constantFrom(...ODD),
  }),
  fc.record({
    kind: fc.constant('copy' as const),
    table: fc.constantFrom(...tables),
    column: fc.nat(),
    row: fc.nat(),
    other: fc.nat(),
  }),
  fc.record({ kind: fc.constant('drop' as const), table: fc.constantFrom(...tables) }),
);
type Change = typeof change extends fc.Arbitrary<infer T> ? T : never;

function sqlOf(db: DatabaseSync, wanted: Change): string {
  const nth = (table: Table, number: number) => {
    const rows = db.prepare(`SELECT rowid FROM ${table} ORDER BY rowid`).all();
    return Number(rows[number % rows.length]?.['rowid'] ?? -1);
  };
  switch (wanted.kind) {
    case 'delete': {
      const first = nth(wanted.table, wanted.row);
      return `DELETE FROM ${wanted.table} WHERE rowid >= ${first} AND rowid < ${first + wanted.rows}`;
    }
    case 'duplicate':
      return `INSERT INTO ${wanted.table} SELECT * FROM ${wanted.table} WHERE rowid = ${nth(wanted.table, wanted.row)}`;
    case 'swap': {
      const [one, other] = [nth('recorded_event', wanted.row), nth('recorded_event', wanted.other)];
      return `UPDATE recorded_event SET position = ${one + other} - position WHERE position IN (${one}, ${other})`;
    }
    case 'set': {
      const columns = RELIED_ON[wanted.table];
      const column = columns[wanted.column % columns.length]!;
      return `UPDATE ${wanted.table} SET ${column} = ${wanted.value} WHERE rowid = ${nth(wanted.table, wanted.row)}`;
    }
    case 'copy': {
      const columns = RELIED_ON[wanted.table];
      const column = columns[wanted.column % columns.length]!;
      const from = `(SELECT ${column} FROM ${wanted.table} WHERE rowid = ${nth(wanted.table, wanted.other)})`;
      return `UPDATE ${wanted.table} SET ${column} = ${from} WHERE rowid = ${nth(wanted.table, wanted.row)}`;
    }
    case 'drop':
      return `DROP TABLE ${wanted.table}`;
    default:
      return wanted satisfies never;
  }
}

/** What of it verification covers, as text. A row that is there twice in a table without keys says nothing new. */
function covered(db: DatabaseSync): string {
  const textOf = (table: Table) => {
    const columns = RELIED_ON[table].map((column) => `quote(${column})`).join(" || ',' || ");
    const rows = db.prepare(
      `SELECT ${table === 'recorded_event' ? '' : 'DISTINCT'} ${columns} AS row FROM ${table} ORDER BY 1`,
    );
    return rows
      .all()
      .map(({ row }) => String(row))
      .join('\n');
  };
  const there = db.prepare(`SELECT name FROM sqlite_master WHERE name LIKE 'recorded%'`).all();
  const names = new Set(there.map(({ name }) => name));
  return tables.map((table) => (names.has(table) ? textOf(table) : `no ${table}`)).join('\n\n');
}

/** `TAMPERINGS=3000 TAMPERING_SEED=1` makes more of them, and the same again. */
const seed = Number(process.env['TAMPERING_SEED'] ?? Date.now() % 2 ** 31);
const sampled = <T>(of: fc.Arbitrary<T>, few: number) =>
  fc.sample(of, { numRuns: Number(process.env['TAMPERINGS'] ?? few), seed });

it('never throws, and never passes what was changed, whatever is done to the rows', async () => {
  const missed: string[] = [];
  const thrown: string[] = [];
  const unnamed: string[] = [];
  const untouched = (() => {
    const db = new DatabaseSync(path, { readOnly: true });
    const text = covered(db);
    db.close();
    return text;
  })();
  for (const wanted of sampled(change, 250)) {
    let isChanged = false;
    let text = '';
    try {
      const report = await verified((db) => {
        for (const table of tables) loosened(db, table);
        text = sqlOf(db, wanted);
        try {
          db.exec(text);
        } catch {
          // It cannot be done to this row.
        }
        isChanged = covered(db) !== untouched;
      });
      const isThinned = wanted.kind === 'delete' && wanted.table === 'recorded_checkpoint';
      if (isChanged && report.intact && !isThinned) missed.push(text);
      if (!report.intact && !report.problems.some(says))
        unnamed.push(`${text}: ${JSON.stringify(report.problems)}`);
    } catch (error) {
      thrown.push(`${text}: ${String((error as Error).stack)}`);
    }
  }
  expect(thrown, `seed ${seed}`).toEqual([]);
  expect(missed, `seed ${seed}`).toEqual([]);
  expect(unnamed, `seed ${seed}`).toEqual([]);
}, 600_000);

/** Whether it names an event, or says which table or checkpoint it is about. */
function says({ session, position, why }: VerifyReport['problems'][number]): boolean {
  return (
    session !== null ||
    position !== null ||
    /table (recorded_|sqlite_schema)|checkpoint|no trusted key/.test(why)
  );
}

it('never throws when pages are damaged or the file is cut', async () => {
  const thrown: string[] = [];
  const size = original.length;
  const damage = fc.record({
    at: fc.nat(size - 1),
    length: fc.integer({ min: 1, max: 5_000 }),
    byte: fc.nat(255),
  });
  for (const { at, length, byte } of sampled(damage, 150)) {
    const damaged = Buffer.from(original);
    // The header is not touched: without it, the file is not a database.
    damaged.fill(byte, Math.max(at, 100), Math.min(Math.max(at, 100) + length, size));
    const file = written({ '': length % 7 === 0 ? damaged.subarray(0, Math.max(at, 4_096)) : damaged });
    const report = await verifiedFile(file).catch((error: unknown) => String((error as Error).stack));
    if (typeof report === 'string') thrown.push(`${at} ${length} ${byte}: ${report}`);
    else if (!report.intact && !report.problems.some(says)) thrown.push(JSON.stringify(report.problems));
  }
  expect(thrown, `seed ${seed}`).toEqual([]);
}, 600_000);

it('misses nothing that a cut of the write-ahead log takes away, with a checkpoint that was kept', async () => {
  const live = join(folder, 'live.db');
  const { recorder, store } = await openTestRecord({ path: live, signers: [signer] });
  for (let number = 0; number < 20; number += 1) {
    await recordADay(recorder, `bob${number}`);
    await recorder.checkpoint();
  }
  const kept = await recorder.checkpoint();
  const [database, log] = [readFileSync(live), readFileSync(`${live}-wal`)];
  await store.close();
  for (const length of [log.length, 0, 1, ...fc.sample(fc.nat(log.length - 1), 40)]) {
    const file = written({ '': database, '-wal': log.subarray(0, length) });
    const { intact, problems } = await verifiedFile(file, [kept]);
    const isWhole = eventsIn(file) === kept.size;
    expect({ length, intact, says: problems.some(says) }).toEqual({
      length,
      intact: isWhole,
      says: !isWhole,
    });
  }
}, 600_000);

/** How many events a database still has. */
function eventsIn(file: string): number {
  const db = new DatabaseSync(file, { readOnly: true });
  try {
    return Number(db.prepare('SELECT count(*) AS n FROM recorded_event').get()?.['n']);
  } catch {
    return -1;
  } finally {
    db.close();
  }
}

/** Writes a copy of a database, by the endings of its files' names. */
function written(files: Readonly<Record<string, Buffer>>): string {
  const copy = join(folder, `${randomUUID()}.db`);
  for (const [ending, bytes] of Object.entries(files)) writeFileSync(`${copy}${ending}`, bytes);
  return copy;
}
