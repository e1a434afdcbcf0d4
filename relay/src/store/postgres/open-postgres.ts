import { type Dialect, PostgresAdapter, PostgresIntrospector, PostgresQueryCompiler } from 'kysely';
import pg from 'pg';
import type { StoreSpace } from '../../recording/index.ts';
import type { Broadcast } from '../../broadcast.ts';
import { type Adapter, forReaders, type StoreOptions, storeOn } from '../adapter.ts';
import { builderOn, type Connection, type Connections } from '../connection.ts';
import { NO_CHANGES } from '../feed.ts';
import { migrate } from '../migrate.ts';
import { portsOn } from '../sql/ports.ts';
import { StoreError, unavailable, unreadable } from '../store-error.ts';
import type { ReadingOptions, ReadOnlyStore, Store } from '../store.ts';
import { connectPostgres, type PostgresPool } from './connection.ts';
import {
  connectionOptions,
  type PostgresConfig,
  type PostgresConnectionOptions,
} from './connection-options.ts';
import { inspectTables } from './inspect-tables.ts';
import { type Listening, listenTo } from './listen.ts';
import { postgresMigrations } from './migrations.ts';

/** The relay's database in PostgreSQL, which several relays may share. */
export async function openPostgres(config: PostgresConfig, options: StoreOptions): Promise<Store> {
  const connection = connectionOptions(config);
  const pool = connectPostgres(connection, config.poolSize, false);
  const apart = connectPostgres(connection, APART_SIZE, true);
  try {
    const lease = await pool.acquire();
    try {
      await migrate(lease.connection, {
        steps: postgresMigrations,
        table: MIGRATIONS,
        async begin() {
          for (const statement of LOCKED) await lease.connection.query(statement, []);
        },
        onStep: (progress) => options.onMigration?.(progress),
      });
    } finally {
      lease.release();
    }
    return await storeOn(adapterOn(pool, apart, connection, options), options);
  } catch (error) {
    await apart.close();
    await pool.close();
    throw error instanceof StoreError ? unavailable(error) : error;
  }
}

/** Opens it to look at, and leaves it as it is. */
export async function openPostgresToRead(
  config: PostgresConfig,
  { frozen, patienceMs }: Required<Pick<ReadingOptions, 'frozen'>> & ReadingOptions,
): Promise<ReadOnlyStore> {
  const pool = connectPostgres(connectionOptions(config), config.poolSize, true, patienceMs);
  const look = {
    space: () => spaceOf(pool),
    changes: NO_CHANGES,
  };
  if (!frozen) {
    const reader = readerOn(pool);
    return {
      ...portsOn(reader),
      ...look,
      inspectTables: (names) => inspectTables(leasesOf(pool), names),
      close: () => pool.close(),
    };
  }
  const snapshot = await openSnapshot(pool).catch(async (error: unknown) => {
    await pool.close();
    throw unreadable(error);
  });
  return {
    ...portsOn(builderOn(dialect, { acquire: async () => ({ ...snapshot, release() {} }) })),
    ...look,
    inspectTables: (names) => inspectTables({ acquire: async () => ({ ...snapshot, release() {} }) }, names),
    async close() {
      await snapshot.end();
      await pool.close();
    },
  };
}

/** One transaction that sees the database as it is now. A read that fails does not end it. */
async function openSnapshot(pool: PostgresPool) {
  const lease = await pool.acquire();
  const { connection } = lease;
  for (const statement of SNAPSHOT) await connection.query(statement, []);
  const reading = forReaders({
    async query(text, parameters, rowsAs) {
      try {
        return await connection.query(text, parameters, rowsAs);
      } catch (error) {
        // Until then, the server refuses whatever is asked.
        await connection.query(TO_BEGINNING, []).catch(() => {});
        throw error;
      }
    },
  });
  return { connection: reading, end: async () => lease.release(true) };
}

/** The first query takes the snapshot. */
const SNAPSHOT = ['BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY', 'SELECT 1', 'SAVEPOINT beginning'];
const TO_BEGINNING = 'ROLLBACK TO SAVEPOINT beginning';

/** Connections on which the record is read beside the relay's other work. */
const APART_SIZE = 2;
const MIGRATIONS = 'sluice_migration';
/** One program at a time brings the schema to the newest: the number is `sluice`, as ASCII reads it. */
const LOCKED = ['BEGIN', 'SELECT pg_advisory_xact_lock(126939394433893)'];

const dialect: Omit<Dialect, 'createDriver'> = {
  createAdapter: () => new PostgresAdapter(),
  createQueryCompiler: () => new PostgresQueryCompiler(),
  createIntrospector: (db) => new PostgresIntrospector(db),
};

/** Its errors are those of who reads. */
function leasesOf(pool: PostgresPool): Connections {
  return {
    async acquire() {
      const { connection, release } = await pool.acquire();
      return { connection: forReaders(connection), release: () => release() };
    },
  };
}

function readerOn(pool: PostgresPool) {
  return builderOn(dialect, {
    async acquire() {
      const reading = forReaders({
        async query(text, parameters, rowsAs) {
          const lease = await pool.acquire();
          let broken = true;
          try {
            const rows = await lease.connection.query(text, parameters, rowsAs);
            broken = false;
            return rows;
          } catch (error) {
            broken = !(error instanceof StoreError) || error.problem === 'lost';
            throw error;
          } finally {
            lease.release(broken);
          }
        },
      });
      return { connection: reading, release() {} };
    },
  });
}

function adapterOn(
  pool: PostgresPool,
  apart: PostgresPool,
  options: PostgresConnectionOptions,
  { onError }: StoreOptions,
): Adapter {
  let writing: Connection | null = null;
  let listening: Listening | null = null;
  const hearing = new Set<(text: string) => void>();
  const broadcast: Broadcast = {
    async say(text) {
      await listening?.say(CHANNELS.broadcast, text).catch(() => {});
    },
    follow(listener) {
      hearing.add(listener);
      return () => hearing.delete(listener);
    },
  };
  return {
    reader: readerOn(pool),
    apart: portsOn(readerOn(apart)),
    writer: builderOn(dialect, {
      async acquire() {
        if (writing === null) throw new StoreError('other', new Error('no transaction is open'));
        return { connection: writing, release() {} };
      },
    }),
    async begin() {
      const lease = await pool.acquire();
      let broken = false;
      const connection: Connection = {
        async query(text, parameters, rowsAs) {
          try {
            return await lease.connection.query(text, parameters, rowsAs);
          } catch (error) {
            broken ||= error instanceof StoreError && error.problem === 'lost';
            throw error;
          }
        },
      };
      let newest: number;
      try {
        await connection.query('BEGIN', []);
        // The log is one sequence, whichever relay appends to it: who writes, writes alone, as in SQLite.
        const { rows } = await connection.query('SELECT number FROM change_head FOR UPDATE', []);
        [{ number: newest }] = rows as [{ number: number }];
      } catch (error) {
        await connection.query('ROLLBACK', []).catch(() => {});
        lease.release(broken);
        throw error;
      }
      writing = connection;
      return {
        connection,
        newest,
        end() {
          writing = null;
          lease.release(broken);
        },
      };
    },
    readsBeside: true,
    async wake(connection, news) {
      await connection.query(`NOTIFY ${CHANNELS[news]}`, []);
    },
    async listen(onNews) {
      const notified = {
        [CHANNELS.changes]: () => onNews('changes'),
        [CHANNELS.record]: () => onNews('record'),
        [CHANNELS.broadcast]: (said: string | null) => {
          if (said !== null) for (const listener of hearing) listener(said);
        },
      };
      listening = await listenTo(() => new pg.Client(options), notified, onError);
    },
    broadcast,
    space: () => spaceOf(pool),
    inspectTables: (names) => inspectTables(leasesOf(pool), names),
    async compact() {
      const lease = await pool.acquire();
      try {
        // Beside readers and writers: room is for new rows, and given back where it is at the end of a table.
        for (const table of EMPTIED) await lease.connection.query(`VACUUM ${table}`, []);
        return false;
      } finally {
        lease.release();
      }
    },
    async close() {
      await listening?.close();
      await apart.close();
      await pool.close();
    },
  };
}

/** The tables that retention removes from. */
const EMPTIED = ['recorded_event', 'recorded_payload', 'recorded_term', 'recorded_mention'];

async function spaceOf(pool: PostgresPool): Promise<StoreSpace> {
  const lease = await pool.acquire();
  try {
    const { rows } = await lease.connection.query('SELECT pg_database_size(current_database()) AS used', []);
    const [{ used }] = rows as [{ used: number | string }];
    return { used: Number(used), free: null, shrinks: true };
  } finally {
    lease.release();
  }
}

const CHANNELS = {
  changes: 'sluice_change',
  record: 'sluice_record',
  broadcast: 'sluice_broadcast',
} as const;
