import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, it, onTestFinished } from 'vitest';
import { openTestStore } from '../testing/open-test-store.ts';

async function storeInFile() {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-log-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const path = join(folder, 'sluice.db');
  const { store, connection } = await openTestStore(path);
  const log = async () => {
    const { rows } = await connection.query('PRAGMA wal_checkpoint(NOOP)', []);
    return (rows as { log: number; checkpointed: number }[])[0]!;
  };
  const put = (address: string, bytes: number) =>
    store.transaction((tx) =>
      tx.payloads.put({ address, dataKey: 'k', sealed: new Uint8Array(bytes).fill(7) }, 1),
    );
  return { path, store, log, put };
}

const MB = 1_024 * 1_024;

it('is moved into the database beside what is written, not by the commits', async () => {
  const { store, log, put } = await storeInFile();
  await put('a', 6 * MB);
  // With the commit itself, SQLite would have moved them.
  expect(await log()).toMatchObject({ checkpointed: 0 });
  await expect.poll(async () => (await log()).checkpointed, { timeout: 60_000 }).toBeGreaterThan(1_500);
  await store.close();
});

it('is left empty by compacting, which waits for who writes', async () => {
  const { path, store, put } = await storeInFile();
  await put('a', 2 * MB);
  await store.transaction((tx) => tx.payloads.dropUnnamed(['a'], 2));
  const other = new DatabaseSync(path);
  other.exec('BEGIN IMMEDIATE');
  expect(await store.compact()).toBe(true);
  other.exec('ROLLBACK');
  while (await store.compact());
  expect(statSync(`${path}-wal`).size).toBe(0);
  other.close();
  await store.close();
});
