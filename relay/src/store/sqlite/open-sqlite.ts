import { setTimeout as sleep } from 'node:timers/promises';
import { type Dialect, SqliteAdapter, SqliteIntrospector, SqliteQueryCompiler } from 'kysely';
import { type Adapter, forReaders, type StoreOptions, storeOn } from '../adapter.ts';
import { builderOn, createMutex } from '../connection.ts';
import { NO_CHANGES } from '../feed.ts';
import { migrate } from '../migrate.ts';
import { portsOn } from '../sql/ports.ts';
import { StoreError, unavailable, unreadable } from '../store-error.ts';
import type { ReadOnlyStore, Store } from '../store.ts';
import { connectSqlite, type SqliteConnection } from './connection.ts';
import { sqliteMigrations } from './migrations.ts';
import { sqliteTextIndex } from './text-index.ts';

/** How long another process may hold the database before what waits for it fails. Milliseconds. */
const PATIENCE = 5_000;

/** The relay's database in one file, for one relay. Other processes may read it, and `sluice export` sign its record. */
export async function openSqlite(path: string, options: StoreOptions): Promise<Store> {
  return (await openSqliteWithin(path, options)).store;
}

/** The same, with the connection: for benchmarks, and for tests that look beneath the store. */
export async function openSqliteWithin(
  path: string,
  options: StoreOptions,
): Promise<{ readonly store: Store; readonly connection: SqliteConnection }> {
  const connection = connect(path);
  try {
    await migrate(connection, {
      steps: sqliteMigrations,
      table: MIGRATIONS,
      begin: () => begin(connection),
    });
    return { store: await storeOn(adapterOn(connection), options), connection };
  } catch (error) {
    connection.close();
    throw error instanceof StoreError ? unavailable(error) : error;
  }
}

/** As earlier versions named it. */
const MIGRATIONS = 'kysely_migration';

function connect(path: string): SqliteConnection {
  const connection = connectSqlite(path, { readOnly: false });
  try {
    // What another process holds is waited for without holding up the event loop, but for a moment.
    connection.exec('PRAGMA busy_timeout = 100');
    // FULL: a commit is on disk when it returns (promise 1). WAL: readers do not hold it up.
    connection.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON');
    // What retention deletes is overwritten, not only unlinked.
    connection.exec('PRAGMA secure_delete = ON');
    return connection;
  } catch (error) {
    connection.close();
    throw error;
  }
}

const dialect: Omit<Dialect, 'createDriver'> = {
  createAdapter: () => new SqliteAdapter(),
  createQueryCompiler: () => new SqliteQueryCompiler(),
  createIntrospector: (db) => new SqliteIntrospector(db),
};

function adapterOn(connection: SqliteConnection): Adapter {
  // There is one connection: what reads waits until a transaction has ended, and sees nothing of it before.
  const hold = createMutex();
  const reading = forReaders(connection);
  return {
    reader: builderOn(dialect, {
      acquire: async () => ({ connection: reading, release: await hold() }),
    }),
    writer: builderOn(dialect, { acquire: async () => ({ connection, release() {} }) }),
    async begin() {
      const release = await hold();
      try {
        await begin(connection);
        const { rows } = await connection.query('SELECT number FROM change_head', []);
        const [{ number: newest }] = rows as [{ number: number }];
        return { connection, newest, end: release };
      } catch (error) {
        release();
        throw error;
      }
    },
    readsBeside: false,
    texts: sqliteTextIndex,
    // There is no other relay on this database.
    wake: async () => {},
    listen: async () => {},
    async compact() {
      const release = await hold();
      try {
        // What was removed stays in the write-ahead log until it is started over.
        connection.exec('PRAGMA wal_checkpoint(TRUNCATE)');
      } finally {
        release();
      }
    },
    async close() {
      const release = await hold();
      connection.close();
      release();
    },
  };
}

async function begin(connection: SqliteConnection): Promise<void> {
  const until = performance.now() + PATIENCE;
  for (;;) {
    try {
      await connection.query('BEGIN IMMEDIATE', []);
      return;
    } catch (error) {
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
export function openSqliteToRead(path: string): ReadOnlyStore {
  const connection = tryOpen(path);
  const reading = forReaders(connection);
  const db = builderOn(dialect, { acquire: async () => ({ connection: reading, release() {} }) });
  return {
    ...portsOn(db, sqliteTextIndex),
    changes: NO_CHANGES,
    close: async () => connection.close(),
  };
}

function tryOpen(path: string): SqliteConnection {
  try {
    return connectSqlite(path, { readOnly: true });
  } catch (error) {
    throw unreadable(error);
  }
}
