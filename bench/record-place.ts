import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { StoreConfig } from '../relay/src/store/store-config.ts';
import { postgresPrograms, startPostgres } from '../test/support/postgres.ts';

/** Where a benchmark's record is kept. */
export interface RecordPlace {
  readonly config: StoreConfig;
  readonly files: { readonly database: string };
  /** Removes it. */
  close(): Promise<void>;
}

/** A database file on the disk of the working directory. */
export function sqlitePlace(): RecordPlace {
  const folder = mkdtempSync(join(process.cwd(), '.bench-record-'));
  return {
    config: { kind: 'sqlite' },
    files: { database: join(folder, 'record.db') },
    close: async () => rmSync(folder, { recursive: true }),
  };
}

/** The folder of a record that `make-record.ts` made, which stays. */
export function madePlace(folder: string): RecordPlace {
  return {
    config: { kind: 'sqlite' },
    files: { database: join(folder, 'sluice.db') },
    close: async () => {},
  };
}

/** A PostgreSQL of the benchmark's own on this machine, with its settings as they come, but for `fsync`. */
export async function postgresPlace(): Promise<RecordPlace> {
  const programs = postgresPrograms();
  if (programs === null) throw new Error('PostgreSQL is not installed here');
  const postgres = await startPostgres(programs);
  // The processes that the benchmark starts find it there as well.
  const name = `SLUICE_BENCH_${randomUUID().replaceAll('-', '')}`;
  process.env[name] = await postgres.newDatabase();
  return {
    config: { kind: 'postgres', url: { env: name }, tls: null, allowPlain: false, poolSize: 10 },
    files: { database: '' },
    async close() {
      delete process.env[name];
      await postgres.close();
    },
  };
}
