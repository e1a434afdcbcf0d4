import { spawn } from 'node:child_process';
import { createPublicKey } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { openTestStore } from '../store/testing/open-test-store.ts';
import { verifyStore } from './index.ts';

/** `SLUICE_CRASHES=100` for the long run. */
const CRASHES = Number(process.env['SLUICE_CRASHES'] ?? 5);
const WRITER = join(import.meta.dirname, 'testing', 'write-until-killed.ts');

const folder = mkdtempSync(join(tmpdir(), 'sluice-crash-'));
const path = join(folder, 'record.db');
afterAll(() => rmSync(folder, { recursive: true }));

it(
  `has everything that it said it has, after ${CRASHES} kills at random moments under load`,
  { timeout: 60_000 + CRASHES * 30_000 },
  async () => {
    for (let crash = 0; crash < CRASHES; crash += 1) {
      const said = await killedAfter(1 + Math.floor(Math.random() * 600));
      const { store, db } = await openTestStore(path);
      for (const [session = '', seq, hash] of said) {
        const row = await db
          .selectFrom('recorded_event')
          .select('hash')
          .where('session', '=', session)
          .where('seq', '=', Number(seq))
          .executeTakeFirst();
        expect(row?.hash, `${session} ${seq}`).toBe(hash);
      }
      const key = createPublicKey(readFileSync(join(folder, 'signing.key.pub')));
      expect(await verifyStore(store, [key])).toMatchObject({ intact: true, problems: [] });
      await store.close();
    }
  },
);

/**
 * Kills a writer as soon as it has acknowledged so many events, while it goes on with the next ones, and answers
 * what it said by then.
 */
async function killedAfter(events: number): Promise<string[][]> {
  const writer = spawn(process.execPath, [WRITER, path, folder], { stdio: ['ignore', 'pipe', 'pipe'] });
  const ended = once(writer, 'close');
  let complaint = '';
  writer.stderr.on('data', (chunk: Buffer) => (complaint += chunk.toString()));
  const said: string[][] = [];
  // The last line may have been cut by the kill.
  let line = '';
  for await (const chunk of writer.stdout) {
    const lines = (line + String(chunk)).split('\n');
    line = lines.pop() ?? '';
    said.push(...lines.map((each) => each.split(' ')));
    if (said.length >= events) writer.kill('SIGKILL');
  }
  await ended;
  if (said.length < events) throw new Error(`the writer ended by itself: ${complaint}`);
  return said;
}
