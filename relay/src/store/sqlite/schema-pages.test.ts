import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, expect, it } from 'vitest';
import { isTreeEndless, type ReadAt } from './schema-pages.ts';

const folder = mkdtempSync(join(tmpdir(), 'sluice-schema-pages-'));
afterAll(() => rmSync(folder, { recursive: true }));

const FRAME = 24 + 4096;
const pageInFrame = (log: Buffer, frame: number) => log.readUInt32BE(32 + frame * FRAME);

it('is not misled by a write-ahead log that is begun anew while it is read', () => {
  const path = join(folder, 'relay.db');
  const db = new DatabaseSync(path);
  db.exec('PRAGMA journal_mode = WAL; PRAGMA wal_autocheckpoint = 0');
  // The second page, the first of a table, leads to more rows than a schema has; the schema has pages after it.
  db.exec('CREATE TABLE long (c)');
  for (let index = 0; index < 20; index += 1) db.exec(`CREATE TABLE t${index} (${'x'.repeat(400)})`);
  db.exec(`WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 400)
    INSERT INTO long SELECT zeroblob(30000) FROM n`);
  db.exec('PRAGMA wal_checkpoint(TRUNCATE)');
  db.exec('CREATE TABLE another (c)');
  const before = readFileSync(`${path}-wal`);
  db.exec('PRAGMA wal_checkpoint(PASSIVE)');
  db.exec('INSERT INTO long VALUES (zeroblob(30000))');
  const after = readFileSync(`${path}-wal`);
  const file = readFileSync(path);
  db.close();
  expect([pageInFrame(before, 0), pageInFrame(after, 1)]).toEqual([1, 2]);
  expect(pageInFrame(before, 1)).toBeGreaterThan(2);

  const readIn =
    (bytes: Buffer): ReadAt =>
    (from, length) =>
      bytes.subarray(from, from + length);
  const isBegunAnewAfter = (reads: number): ReadAt => {
    let left = reads;
    return (from, length) => readIn(left-- > 0 ? before : after)(from, length);
  };
  // The header and both frames are read, and the end; then the page, and its frame again.
  for (let reads = 0; reads < 8; reads += 1)
    expect([reads, isTreeEndless(readIn(file), isBegunAnewAfter(reads))]).toEqual([reads, false]);
});
