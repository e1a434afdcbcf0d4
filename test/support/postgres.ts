import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, chownSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { freePort } from './free-port.ts';

/** A PostgreSQL of a test's own, on a free port of the loopback interface. */
export interface Postgres {
  readonly port: number;
  /** A new, empty database; its URL. */
  newDatabase(): Promise<string>;
  /** SQL of the test's own in a database. */
  query(url: string, text: string): Promise<readonly Record<string, unknown>[]>;
  /** Closes every connection to a database, as a restart of the server or of what is between would. */
  disconnect(url: string): Promise<void>;
  stop(): Promise<void>;
  start(): Promise<void>;
  /** Stops it, and removes what it had. */
  close(): Promise<void>;
}

/** Where its programs are; null where there is none. */
export function postgresPrograms(): string | null {
  const versions = '/usr/lib/postgresql';
  const packaged = existsSync(versions)
    ? readdirSync(versions).map((version) => join(versions, version, 'bin'))
    : [];
  const found = [...packaged.toReversed(), '/usr/local/bin', '/usr/bin', '/opt/homebrew/bin'];
  return (
    found.find((folder) => existsSync(join(folder, 'initdb')) && existsSync(join(folder, 'postgres'))) ?? null
  );
}

export async function startPostgres(programs: string): Promise<Postgres> {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-postgres-'));
  const data = join(folder, 'data');
  const owner = ownerOf();
  if (owner !== null) {
    chownSync(folder, owner.uid, owner.gid);
    chmodSync(folder, 0o700);
  }
  const as = owner ?? {};
  const options = ['-D', data, '-U', 'sluice', '--auth=trust', '--no-sync', '-E', 'UTF8', '--locale=C'];
  execFileSync(join(programs, 'initdb'), options, { ...as, cwd: folder, stdio: 'ignore' });
  const port = await freePort();
  const urlOf = (database: string) => `postgres://sluice:its-password@127.0.0.1:${port}/${database}`;
  let server: ChildProcess | null = null;
  let databases = 0;

  const query = async (url: string, text: string) => {
    const client = new pg.Client(url);
    await client.connect();
    try {
      return (await client.query<Record<string, unknown>>(text)).rows;
    } finally {
      await client.end();
    }
  };
  const start = async () => {
    // The machine is not going to lose its power: what the kernel has been given is as good as on disk.
    const settings = ['fsync=off', 'listen_addresses=127.0.0.1', `unix_socket_directories=${folder}`];
    const given = settings.flatMap((setting) => ['-c', setting]);
    server = spawn(join(programs, 'postgres'), ['-D', data, '-p', String(port), ...given], {
      ...as,
      cwd: folder,
      stdio: 'ignore',
    });
    for (;;) {
      try {
        await query(urlOf('postgres'), 'SELECT 1');
        return;
      } catch (error) {
        if (server.exitCode !== null) throw error;
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    }
  };
  const stop = async () => {
    const ending = server;
    server = null;
    if (ending === null || ending.exitCode !== null) return;
    const ended = once(ending, 'exit');
    // Fast: sessions are ended.
    ending.kill('SIGINT');
    await ended;
  };
  await start();

  return {
    port,
    query,
    async newDatabase() {
      const name = `test_${(databases += 1)}`;
      await query(urlOf('postgres'), `CREATE DATABASE ${name}`);
      return urlOf(name);
    },
    async disconnect(url) {
      const name = new URL(url).pathname.slice(1);
      await query(
        urlOf('postgres'),
        `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '${name}'`,
      );
    },
    stop,
    start,
    async close() {
      await stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** PostgreSQL does not run as root. */
function ownerOf(): { readonly uid: number; readonly gid: number } | null {
  if (process.getuid?.() !== 0) return null;
  const idOf = (flag: string) => Number(execFileSync('id', [flag, userOf()], { encoding: 'utf8' }));
  return { uid: idOf('-u'), gid: idOf('-g') };
}

function userOf(): string {
  try {
    execFileSync('id', ['postgres'], { stdio: 'ignore' });
    return 'postgres';
  } catch {
    return 'nobody';
  }
}
