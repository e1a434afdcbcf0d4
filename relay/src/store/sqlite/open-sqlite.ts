import { accessSync, constants, existsSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { pathToFileURL } from 'node:url';
import { setTimeout as sleep } from 'node:timers/promises';
import { NO_BROADCAST } from '../../broadcast.ts';
import { type Adapter, forReaders, type StoreOptions, storeOn } from '../adapter.ts';
import { type Connection, createMutex } from '../connection.ts';
import { NO_CHANGES } from '../feed.ts';
import { migrate } from '../migrate.ts';
import { portsOn } from '../sql/ports.ts';
import type { StoreFiles } from '../store-files.ts';
import { StoreError, unavailable, unreadable } from '../store-error.ts';
import type { ReadOnlyStore, Store } from '../store.ts';
import { READING_LIMITS } from '../reading-apart.ts';
import { connectSqlite, type SqliteConnection } from './connection.ts';
import { databaseOn } from './dialect.ts';
import { ENDLESS, inspectTables } from './inspect-tables.ts';
import { sqliteMigrations } from './migrations.ts';
import { ownFiles } from './own-files.ts';
import { isSchemaEndless } from './schema-pages.ts';
import { createReadingThread } from './reading-thread.ts';
import { createWriteAheadLog, MOVED_BY_COMMITS_AT } from './write-ahead-log.ts';

/** How long another process may hold the database before what waits for it fails. Milliseconds. */
const PATIENCE = 5_000;
/** How long SQLite itself waits, which holds up the event loop: only while nobody is served yet. */
const AT_START = 1_000;

/** The relay's database in one file, for one relay. Other processes may read it. */
export async function openSqlite({ database, lock }: StoreFiles, options: StoreOptions): Promise<Store> {
  return (await openSqliteWithin(database, options, lock)).store;
}

/** The same, with the connection: for benchmarks, and for tests that look beneath the store. */
export async function openSqliteWithin(
  path: string,
  options: StoreOptions,
  lock?: string,
  image?: Uint8Array,
): Promise<{ readonly store: Store; readonly connection: SqliteConnection }> {
  const settings = isNew(path) ? `${OF_NEW_FILES};${SETTINGS}` : SETTINGS;
  const connection = connectSqlite(path, { readOnly: false, settings, image });
  try {
    await migrate(connection, {
      steps: sqliteMigrations,
      table: MIGRATIONS,
      begin: async () => void (await begin(connection)),
      onStep: (progress) => options.onMigration?.(progress),
    });
    connection.exec('PRAGMA busy_timeout = 0');
    return { store: await storeOn(adapterOn(connection, path, lock), options), connection };
  } catch (error) {
    connection.close();
    throw error instanceof StoreError ? unavailable(error) : error;
  }
}

function isNew(path: string): boolean {
  return (statSync(path, { throwIfNoEntry: false })?.size ?? 0) === 0;
}

/** As earlier versions named it. */
const MIGRATIONS = 'kysely_migration';

/** For a new file, before there is any table: what is freed can be given back step by step. See `compact`. */
const OF_NEW_FILES = 'PRAGMA auto_vacuum = INCREMENTAL';

const SETTINGS = [
  `PRAGMA busy_timeout = ${AT_START}`,
  // FULL: a commit is on disk when it returns (promise 1). WAL: readers do not hold it up.
  'PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON',
  // What retention deletes is overwritten, not only unlinked.
  'PRAGMA secure_delete = ON',
  `PRAGMA wal_autocheckpoint = ${MOVED_BY_COMMITS_AT}`,
].join(';');

function adapterOn(connection: SqliteConnection, path: string, lock: string | undefined): Adapter {
  // There is one connection: what reads waits until a transaction has ended, and sees nothing of it before.
  const mutex = createMutex();
  const hold = async () => {
    const release = await mutex();
    // The database is recovered when nobody has it open: what the thread knows of it may be as wrong.
    if (connection.isDoubtful()) await Promise.all([thread?.letGo(), log?.letGo()]);
    return release;
  };
  const reading = forReaders(connection);
  let files = ownFiles(path, lock);
  /** Nothing is written to files that are gone with the process, or through a connection that may not know what is there. */
  const confirmFiles = () => {
    if (!connection.isDoubtful()) return files.confirm();
    files.confirmDatabase();
    connection.reopen();
    connection.exec('PRAGMA busy_timeout = 0');
    files = ownFiles(path, lock);
  };
  const reader = databaseOn(async () => {
    const release = await hold();
    try {
      if (connection.isDoubtful()) confirmFiles();
      return { connection: reading, release };
    } catch (error) {
      release();
      throw unreadable(error);
    }
  });
  // A database in memory is this connection's alone.
  const thread = path === ':memory:' ? null : createReadingThread(path, portsOn(reader), READING_LIMITS);
  const log = path === ':memory:' ? null : createWriteAheadLog(path, connection);
  let pagesAtOnce = PAGES_AT_FIRST;
  return {
    reader,
    apart: thread?.readers ?? portsOn(reader),
    writer: databaseOn(async () => ({ connection, release() {} })),
    async begin() {
      const release = await begin(connection, hold, confirmFiles);
      try {
        const { rows } = await connection.query('SELECT number FROM change_head', []);
        const [{ number: newest }] = rows as [{ number: number }];
        const end = () => {
          void log?.grown().catch(() => {});
          release();
        };
        return { connection, newest, end };
      } catch (error) {
        await connection.query('ROLLBACK', []).catch(() => {});
        release();
        throw error;
      }
    },
    readsBeside: false,
    // There is no other relay on this database.
    wake: async () => {},
    listen: async () => {},
    broadcast: NO_BROADCAST,
    space: () => spaceOf(connection),
    inspectTables: (names) => inspectTables(forReaders(connection), names, MIGRATIONS),
    async compact() {
      const release = await hold();
      try {
        const { free, shrinks } = await spaceOf(connection);
        if (shrinks && free > 0) {
          const start = performance.now();
          connection.exec(`PRAGMA incremental_vacuum(${pagesAtOnce})`);
          const took = performance.now() - start;
          if (took > LONG_MS) pagesAtOnce = Math.max(FEWEST_PAGES, Math.floor(pagesAtOnce / 2));
          else if (took < LONG_MS / 4) pagesAtOnce = Math.min(MOST_PAGES, pagesAtOnce * 2);
          if ((await spaceOf(connection)).free < free) return true;
        }
      } catch (error) {
        // For example where the write-ahead log is begun anew in its thread.
        if (error instanceof StoreError && error.problem === 'busy') return true;
        throw error;
      } finally {
        release();
      }
      // What was removed stays in the write-ahead log until that is begun anew.
      await log?.empty();
      return false;
    },
    async close() {
      await thread?.close();
      await log?.close();
      const release = await hold();
      connection.close();
      release();
    },
  };
}

/** Pages of 4 KiB that are given back in one step: as many as take some milliseconds on this machine. */
const PAGES_AT_FIRST = 64;
const FEWEST_PAGES = 8;
const MOST_PAGES = 512;
const LONG_MS = 10;

async function spaceOf(connection: Connection) {
  const { rows } = await connection.query(
    `SELECT page_count * page_size AS used, freelist_count * page_size AS free, auto_vacuum = 2 AS shrinks
     FROM pragma_page_count, pragma_page_size, pragma_freelist_count, pragma_auto_vacuum`,
    [],
  );
  const [{ used, free, shrinks }] = rows as [{ used: number; free: number; shrinks: 0 | 1 }];
  return { used, free, shrinks: shrinks === 1 };
}

/**
 * Begins a transaction, and waits for who holds the database in another process: with the event loop free, and with
 * those who only read going on meanwhile.
 *
 * @param hold takes the connection.
 * @param confirm throws when nothing may be written.
 * @returns how to let go of the connection.
 */
async function begin(
  connection: SqliteConnection,
  hold: () => Promise<() => void> = async () => () => {},
  confirm: () => void = () => {},
): Promise<() => void> {
  const until = performance.now() + PATIENCE;
  for (;;) {
    const release = await hold();
    try {
      confirm();
      await connection.query('BEGIN IMMEDIATE', []);
      return release;
    } catch (error) {
      release();
      const isBusy = error instanceof StoreError && error.problem === 'busy';
      if (!isBusy || performance.now() >= until) throw error;
      await sleep(20);
    }
  }
}

/**
 * Opens a database to look at, and leaves it as it is: no migration, no write.
 * @throws SluiceError `record_unavailable` when there is no database at `path`.
 */
export function openSqliteToRead(path: string, frozen: boolean): ReadOnlyStore {
  const connection = tryOpen(path, frozen);
  // A read transaction; it begins with the first read.
  if (frozen) connection.exec('BEGIN');
  const reading = forReaders(connection);
  const db = databaseOn(async () => ({ connection: reading, release() {} }));
  return {
    ...portsOn(db),
    space: () => spaceOf(reading),
    async inspectTables(names) {
      // SQLite reads its schema before anything else, and would not come back from one without end.
      if (isSchemaEndless(path)) return { strange: { table: 'sqlite_schema', why: ENDLESS }, longestRow: 0 };
      return await inspectTables(reading, names, MIGRATIONS, connection.planAs);
    },
    changes: NO_CHANGES,
    close: async () => connection.close(),
  };
}

/** @param isHostile whether somebody else may have made the database. */
function tryOpen(path: string, isHostile: boolean): SqliteConnection {
  const file = isCopy(path) ? `${pathToFileURL(path).href}?immutable=1` : path;
  try {
    return connectSqlite(file, { readOnly: true, ...(isHostile ? { most: MOST_OF_OTHERS } : {}) });
  } catch (error) {
    throw unreadable(error);
  }
}

/** Bytes. The longest statement has half of `value`. */
const MOST_OF_OTHERS = { value: 128 * 1024 * 1024, answer: 128 * 1024 * 1024 };

/**
 * Whether this is a copy that nobody can change: then SQLite needs no files beside it, which it could not make. What is in a
 * write-ahead log beside it would be passed over, so such a copy is not one.
 */
function isCopy(path: string): boolean {
  if (!existsSync(path) || (statSync(`${path}-wal`, { throwIfNoEntry: false })?.size ?? 0) > 0) return false;
  try {
    accessSync(dirname(path), constants.W_OK);
    return false;
  } catch {
    return true;
  }
}
