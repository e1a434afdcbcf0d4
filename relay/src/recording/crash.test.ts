import { type ChildProcess, spawn } from 'node:child_process';
import { createPublicKey } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { openDatabase } from '../store/index.ts';
import { recordingMigrations, verifyStore } from './index.ts';
import { recordingTables } from './tables.ts';

/** `SLUICE_CRASHES=100` for the long run. */
const CRASHES = Number(process.env['SLUICE_CRASHES'] ?? 5);
const WRITER = join(import.meta.dirname, 'testing', 'write-until-killed.ts');

const folder = mkdtempSync(join(tmpdir(), 'sluice-crash-'));
const store = join(folder, 'record.db');
afterAll(() => rmSync(folder, { recursive: true }));

it(
  `has everything that it said it has, after ${CRASHES} kills at random moments under load`,
  { timeout: CRASHES * 10_000 },
  async () => {
    let acknowledged = 0;
    for (let crash = 0; crash < CRASHES; crash += 1) {
      const said = await killedAfter(50 + Math.random() * 300);
      const database = await openDatabase({ path: store, migrations: recordingMigrations });
      const tables = recordingTables(database);
      for (const [session = '', seq, hash] of said) {
        const row = await tables
          .selectFrom('recorded_event')
          .select('hash')
          .where('session', '=', session)
          .where('seq', '=', Number(seq))
          .executeTakeFirst();
        expect(row?.hash, `${session} ${seq}`).toBe(hash);
      }
      acknowledged += said.length;
      const key = createPublicKey(readFileSync(join(folder, 'signing.key.pub')));
      expect(await verifyStore(database, [key])).toMatchObject({ intact: true, problems: [] });
      await database.destroy();
    }
    expect(acknowledged).toBeGreaterThan(CRASHES * 20);
  },
);

/** Runs a writer until so many milliseconds after its first event, and answers what it said by then. */
async function killedAfter(milliseconds: number): Promise<string[][]> {
  const writer = spawn(process.execPath, [WRITER, store, folder], { stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  let complaint = '';
  writer.stderr.on('data', (chunk: Buffer) => (complaint += chunk.toString()));
  writer.stdout.on('data', (chunk: Buffer) => (said += chunk.toString()));
  await Promise.race([once(writer.stdout, 'data'), failed(writer, () => complaint)]);
  await new Promise((resolve) => {
    setTimeout(resolve, milliseconds);
  });
  writer.kill('SIGKILL');
  await once(writer, 'close');
  // The last line may have been cut by the kill.
  return said
    .split('\n')
    .slice(0, -1)
    .map((line) => line.split(' '));
}

async function failed(writer: ChildProcess, complaint: () => string): Promise<never> {
  await once(writer, 'exit');
  throw new Error(`the writer ended by itself: ${complaint()}`);
}
