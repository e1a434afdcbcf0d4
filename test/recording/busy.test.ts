import { type ChildProcess, spawn } from 'node:child_process';
import { createPublicKey, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { verifyCommand } from '../../relay/src/cli/verify.ts';
import { verifyStore } from '../../relay/src/recording/index.ts';
import { openStoreToRead, type StoreConfig } from '../../relay/src/store/index.ts';
import { type Postgres, postgresPrograms, startPostgres } from '../support/postgres.ts';

const WRITER = join(import.meta.dirname, '../../relay/src/recording/testing/write-until-killed.ts');
const folder = mkdtempSync(join(tmpdir(), 'sluice-busy-'));
const programs = postgresPrograms();
let postgres: Postgres | null = null;
let writer: ChildProcess | null = null;

beforeAll(async () => {
  if (programs !== null) postgres = await startPostgres(programs);
});
afterEach(async () => {
  if (writer === null || writer.exitCode !== null) return;
  const ended = once(writer, 'exit');
  writer.kill('SIGKILL');
  await ended;
});
afterAll(async () => {
  await postgres?.close();
  rmSync(folder, { recursive: true });
});

it.each(['sqlite', 'postgres'] as const)(
  'finds the record of a relay that appends at full speed intact: on %s',
  async (kind) => {
    if (kind === 'postgres' && postgres === null) return;
    const variable = `SLUICE_BUSY_${randomUUID().replaceAll('-', '')}`;
    if (kind === 'postgres') process.env[variable] = await postgres!.newDatabase();
    const keys = join(folder, kind);
    mkdirSync(keys);
    const database = kind === 'sqlite' ? join(keys, 'busy.db') : variable;
    const config: StoreConfig =
      kind === 'sqlite'
        ? { kind }
        : { kind, url: { env: variable }, tls: null, allowPlain: false, poolSize: 2 };
    const child = spawn(process.execPath, [WRITER, database, keys], { stdio: ['ignore', 'pipe', 'inherit'] });
    writer = child;
    const exited = once(child, 'exit');
    let written = 0;
    child.stdout.on('data', (chunk: Buffer) => (written += chunk.toString().split('\n').length - 1));
    const until = async (count: number) => {
      for (;;) {
        if (written >= count) return;
        await Promise.race([once(child.stdout, 'data'), exited]);
        if (child.exitCode !== null) throw new Error('the writer has ended');
      }
    };
    await until(200);
    const pub = join(keys, 'signing.key.pub');
    const key = createPublicKey(readFileSync(pub));
    for (let round = 0; round < 5; round += 1) {
      const before = written;
      const store = await openStoreToRead(config, { database }, { frozen: true });
      try {
        const report = await verifyStore(store, [key]);
        expect(report.problems).toEqual([]);
        expect(report.events).toBeGreaterThan(0);
        // And what is read after that is of the same moment.
        await until(before + 100);
        expect(await verifyStore(store, [key])).toEqual(report);
      } finally {
        await store.close();
      }
      const asked = {
        what: { store: config, files: { database } },
        keys: [pub],
        checkpoints: [],
        json: true,
      };
      const printed: string[] = [];
      const code = await verifyCommand(asked, (text) => printed.push(text));
      expect({ code, printed: code === 0 ? [] : printed }).toEqual({ code: 0, printed: [] });
    }
  },
  120_000,
);
