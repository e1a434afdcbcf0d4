import { copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { randomUUID } from 'node:crypto';
import { DatabaseSync } from 'node:sqlite';
import { beforeAll, describe, expect, it } from 'vitest';
import { payloadReader, verifyLists, verifyStore } from '../../relay/src/recording/index.ts';
import type { SessionId } from '../../relay/src/session/index.ts';
import { identity, openTestRecord } from '../../relay/src/recording/testing/open-test-record.ts';
import { recordADay } from '../../relay/src/recording/testing/record-a-day.ts';
import { openStoreToRead } from '../../relay/src/store/index.ts';
import { runSluice } from '../support/run-sluice.ts';
import { swapIndex } from '../support/swap-index.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

/** A database file from somebody who would like its auditor's program to end, or not to. */
const folder = temporaryFolder();
const original = join(folder, 'sluice.db');
const keyFile = join(folder, 'key.pem');
let record: Awaited<ReturnType<typeof openTestRecord>>;
let session: string;

beforeAll(async () => {
  record = await openTestRecord({ path: original });
  session = await recordADay(record.recorder);
  await record.recorder.close();
  await record.store.close();
  const [{ publicKey }] = record.signers;
  writeFileSync(keyFile, publicKey.export({ type: 'spki', format: 'pem' }));
});

function copied(work: (db: DatabaseSync) => void, from = original): string {
  const path = join(folder, randomUUID());
  copyFileSync(from, path);
  const db = new DatabaseSync(path, { defensive: false });
  db.exec('PRAGMA journal_mode = DELETE');
  work(db);
  db.close();
  return path;
}

/** What is said of it, with payloads, and with its lists where the rest is intact. */
async function saidOf(path: string): Promise<readonly string[]> {
  const store = await openStoreToRead({ kind: 'sqlite' }, { database: path }, { frozen: true });
  try {
    const opener = payloadReader({ store, vault: record.vault });
    const report = await verifyStore(store, [record.signers[0].publicKey], [], { opener });
    return (await verifyLists(store, report)).problems.map(({ what, why }) => `${what}: ${why}`);
  } finally {
    await store.close();
  }
}

/** The same by the command, in a process with little memory. */
async function runOn(path: string) {
  const { code, out, err } = await runSluice(['verify', path, '--key', keyFile, '--json'], {
    env: { NODE_OPTIONS: '--max-old-space-size=300' },
  });
  if (out === '') throw new Error(`it ended with ${code}: ${err}`);
  const { problems } = JSON.parse(out) as { problems: readonly { what: string; why: string }[] };
  return problems.map(({ what, why }) => `${what}: ${why}`);
}

const TABLES = [
  'recorded_log',
  'recorded_event',
  'recorded_checkpoint',
  'recorded_subtree',
  'recorded_payload',
  'recorded_data_key',
  'recorded_session',
  'recorded_mention',
  'recorded_recent',
  'recorded_block',
  'recorded_term',
  'recorded_long_text',
  'recorded_forgotten',
  'kysely_migration',
];

it('reads what a relay made', async () => {
  expect(await saidOf(copied(() => {}))).toEqual([]);
  expect(await saidOf(original)).toEqual([]);
});

describe('reads nothing of tables that no relay makes', () => {
  it.each(TABLES)('a view without end in the place of %s', async (table) => {
    const path = copied((db) => {
      const names = db.prepare(`SELECT name FROM pragma_table_info(?)`).all(table);
      db.exec(`ALTER TABLE ${table} RENAME TO kept;
        CREATE VIEW ${table} AS WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n)
        SELECT ${names.map(({ name }) => `kept.${String(name)}`).join()} FROM n, kept`);
    });
    expect(await saidOf(path)).toEqual([`unreadable: table ${table} is not a table, and may hold anything`]);
  });

  it.each(TABLES)('a generated column of %s', async (table) => {
    const path = copied((db) => {
      db.exec(`ALTER TABLE ${table} ADD COLUMN more TEXT AS ('x') VIRTUAL`);
    });
    const why =
      table === 'kysely_migration' ? 'is not a table, and may' : 'is made otherwise than a relay makes it';
    expect(await saidOf(path)).toEqual([expect.stringContaining(`unreadable: table ${table} ${why}`)]);
  });

  it.each([
    ['lacks its index', 'DROP INDEX recorded_event_at'],
    ['has a part `more` that no relay makes', 'CREATE INDEX more ON recorded_event (body)'],
    [
      'has a part `more` that no relay makes',
      'CREATE TRIGGER more AFTER INSERT ON recorded_event BEGIN SELECT 1; END',
    ],
    ['is not there', 'DROP TABLE recorded_subtree'],
    ['names steps that no relay has taken', "DELETE FROM kysely_migration WHERE name = 'recording-001'"],
  ])('%s', async (why, sql) => {
    expect(await saidOf(copied((db) => db.exec(sql)))).toEqual([expect.stringContaining(why)]);
  });

  it('an index of fewer rows, by which events that are there would not be found', async () => {
    const path = copied((db) => {
      swapIndex(db, 'recorded_event_at', 'CREATE INDEX evil ON recorded_event (at) WHERE position > 3');
    });
    expect(await saidOf(path)).toEqual([
      expect.stringMatching(/recorded_event has \d+ rows, and its index `recorded_event_at` \d+$/),
    ]);
  });
});

describe('does not take the word of an index that was written byte by byte', () => {
  const held = join(folder, 'held.db');
  let session: string;
  beforeAll(async () => {
    const { recorder, store } = await openTestRecord({ path: held, signers: record.signers });
    session = await recordADay(recorder);
    const by = identity('carol');
    await recorder.setLegalHold(session as SessionId, { held: true, by, reason: 'case 12' });
    const rule = { rule: 'a-year', by, afterDays: 365 };
    await recorder.append(session as SessionId, { type: 'redacted', events: [2], payloads: [], ...rule });
    await recorder.close();
    await store.close();
  });

  it.each([
    [
      'its entries of holds lead from another session',
      "iif(type = 'hold', 'x', session), seq",
      'does not lead to it',
    ],
    [
      'its entries of statements are of another session',
      "iif(type = 'statement', 'x', session), seq",
      'does not lead to each event',
    ],
    [
      'its entries of devices lead from another session',
      "iif(type = 'device_enrolled', 'x', session), seq",
      'does not lead to it',
    ],
  ])('%s', async (_, columns, said) => {
    const path = copied((db) => {
      db.exec(`UPDATE recorded_event SET body = NULL, salt = NULL WHERE session = '${session}' AND seq = 2`);
      swapIndex(db, 'sqlite_autoindex_recorded_event_1', `CREATE INDEX evil ON recorded_event (${columns})`);
    }, held);
    expect((await saidOf(path)).join()).toContain(said);
  });
});

it('reads what an administrator has had analysed, and not by statistics that somebody wrote', async () => {
  expect(await saidOf(copied((db) => db.exec('ANALYZE')))).toEqual([]);
  const misled = copied((db) =>
    db.exec(`ANALYZE; DELETE FROM sqlite_stat1 WHERE tbl = 'recorded_event';
      INSERT INTO sqlite_stat1 VALUES ('recorded_event', 'sqlite_autoindex_recorded_event_1', '1000000000 1000000000 1000000000'),
        ('recorded_event', 'recorded_event_at', '2 1')`),
  );
  expect((await saidOf(misled)).join()).toContain('its statistics (table sqlite_stat1)');
});

describe('says so, with little memory, and in a time that grows with the file alone, when there is', () => {
  it.each(['recorded_event', 'recorded_checkpoint', 'recorded_session', 'kysely_migration'])(
    'a tree of pages in %s that all lead to one',
    async (table) => {
      const path = copied((db) => db.exec('VACUUM'));
      makeEndless(path, table);
      const said = `unreadable: table ${table} ${ENDLESS}`;
      expect(await saidOf(path)).toEqual([said]);
    },
  );

  it.each(['in the file', 'in the write-ahead log'])('a schema that leads back, %s', async (where) => {
    const path = copied((db) => db.exec('ANALYZE'));
    if (where === 'in the file') makeEndless(path, 'sqlite_schema');
    else inLogOnly(path, () => makeEndless(path, 'sqlite_schema'));
    expect(await runOn(path)).toEqual([`unreadable: table sqlite_schema ${ENDLESS}`]);
  });

  it('statistics that lead back, which SQLite reads with its schema', async () => {
    const path = copied((db) => db.exec('ANALYZE'));
    expect(await runOn(path)).toEqual([]);
    makeEndless(path, 'sqlite_stat1');
    expect(await runOn(path)).toEqual([`unreadable: table sqlite_schema ${ENDLESS}`]);
  });

  it('a page whose rows are text without measure', async () => {
    const path = copied((db) =>
      db.exec(`UPDATE recorded_event SET body = printf('%.*c', 30000000, 'x') WHERE session = '${session}'`),
    );
    const said = await runOn(path);
    expect(said.length).toBeGreaterThan(10);
    expect(said.every((each) => each.startsWith('altered'))).toBe(true);
  });

  it('a text that is longer than any that a relay writes', async () => {
    const path = copied((db) => {
      db.exec("UPDATE recorded_event SET body = printf('%.*c', 200000000, 'x') WHERE position = 5");
    });
    expect((await runOn(path)).join()).toMatch(/unreadable: the database cannot be read from here on/);
  });

  it.each([
    ['recorded_checkpoint', "UPDATE recorded_checkpoint SET note = printf('%.*c', 60000000, 'x')"],
    ['recorded_log', "UPDATE recorded_log SET relay_session = printf('%.*c', 60000000, 'x')"],
  ])('a text without measure in %s', async (table, sql) => {
    expect(await saidOf(copied((db) => db.exec(sql)))).toEqual([
      expect.stringMatching(`unreadable: table ${table} has a row of 60000[0-9]+ bytes`),
    ]);
  });

  it('more checkpoints than fit into memory', async () => {
    const path = copied((db) =>
      db.exec(`WITH RECURSIVE c(i) AS (SELECT 1000 UNION ALL SELECT i + 1 FROM c WHERE i < 300000)
        INSERT INTO recorded_checkpoint (size, key, at, note) SELECT i, 'k', 'x', printf('%.*c', 2000, 'x') FROM c`),
    );
    expect((await runOn(path)).join()).toContain('unreadable: table recorded_checkpoint');
  });
});

const ENDLESS = 'has pages that lead back to others: it may be without end';

/** Rewrites a table's tree: interior pages above one leaf, each of which leads to the one below three hundred times. */
function makeEndless(path: string, table: string): void {
  const db = new DatabaseSync(path);
  const found = db.prepare('SELECT rootpage FROM sqlite_schema WHERE name = ?').get(table);
  const rootpage = Number(found?.['rootpage'] ?? 1);
  const { page_size: size } = db.prepare('PRAGMA page_size').get() as { page_size: number };
  db.close();
  const file = readFileSync(path);
  const at = (page: number) => (page - 1) * size;
  const leafOf = (page: number): Buffer => {
    const bytes = Buffer.from(file.subarray(at(page), at(page) + size));
    const header = page === 1 ? FILE_HEADER : 0;
    return bytes[header] === LEAF ? bytes : leafOf(bytes.readUInt32BE(header + 8));
  };
  let next = file.length / size;
  const pages = [leafOf(rootpage)];
  next += 1;
  for (let depth = 0; depth < 4; depth += 1) {
    pages.push(interiorPage(size, next));
    next += 1;
  }
  const grown = Buffer.concat([file, ...pages]);
  const root = interiorPage(size, next, rootpage === 1 ? FILE_HEADER : 0);
  root.copy(grown, at(rootpage) + (rootpage === 1 ? FILE_HEADER : 0), rootpage === 1 ? FILE_HEADER : 0);
  grown.writeUInt32BE(grown.length / size, 28);
  writeFileSync(path, grown);
}

/** Leaves a database as it is, and has what is done to it in the write-ahead log beside it. */
function inLogOnly(path: string, work: () => void): void {
  const before = readFileSync(path);
  work();
  const after = readFileSync(path);
  const size = before.readUInt16BE(16);
  const header = Buffer.alloc(32);
  for (const [index, value] of [0x377f0683, 3_007_000, size, 0, 1, 2].entries())
    header.writeUInt32BE(value, index * 4);
  let sums = checksum(header.subarray(0, 24), [0, 0]);
  header.writeUInt32BE(sums[0], 24);
  header.writeUInt32BE(sums[1], 28);
  const log = [header];
  for (let number = 1; number <= after.length / size; number += 1) {
    const page = Buffer.from(after.subarray((number - 1) * size, number * size));
    if (number === 1) page.fill(2, 18, 20);
    const frame = Buffer.alloc(24);
    frame.writeUInt32BE(number, 0);
    frame.writeUInt32BE(number === after.length / size ? number : 0, 4);
    header.copy(frame, 8, 16, 24);
    sums = checksum(page, checksum(frame.subarray(0, 8), sums));
    frame.writeUInt32BE(sums[0], 16);
    frame.writeUInt32BE(sums[1], 20);
    log.push(frame, page);
  }
  before.fill(2, 18, 20);
  writeFileSync(path, before);
  writeFileSync(`${path}-wal`, Buffer.concat(log));
}

function checksum(bytes: Buffer, [first, second]: readonly [number, number]): readonly [number, number] {
  let [one, other] = [first, second];
  for (let at = 0; at < bytes.length; at += 8) {
    one = (one + bytes.readUInt32BE(at) + other) >>> 0;
    other = (other + bytes.readUInt32BE(at + 4) + one) >>> 0;
  }
  return [one, other];
}

/** Bytes at the beginning of a file, before what is in its first page. */
const FILE_HEADER = 100;

/** https://www.sqlite.org/fileformat2.html#b_tree_pages */
const [LEAF, INTERIOR] = [13, 5];

function interiorPage(size: number, child: number, at = 0): Buffer {
  const page = Buffer.alloc(size);
  const count = 300;
  page[at] = INTERIOR;
  page.writeUInt16BE(count, at + 3);
  page.writeUInt32BE(child, at + 8);
  let end = size;
  for (let index = 0; index < count; index += 1) {
    end -= 6;
    page.writeUInt32BE(child, end);
    // A key as a number of two bytes.
    page.writeUInt16BE((((index >> 7) | 0x80) << 8) | (index & 0x7f), end + 4);
    page.writeUInt16BE(end, at + 12 + 2 * index);
  }
  page.writeUInt16BE(end, at + 5);
  return page;
}
