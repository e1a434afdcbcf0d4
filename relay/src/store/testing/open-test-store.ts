import { SqliteAdapter, SqliteIntrospector, SqliteQueryCompiler } from 'kysely';
import { builderOn, type Database } from '../connection.ts';
import type { SqliteConnection } from '../sqlite/connection.ts';
import { openSqliteWithin } from '../sqlite/open-sqlite.ts';
import type { Store } from '../store.ts';

/** A store of a test's own, in memory unless a path is given, and the database beneath it. */
export interface TestStore {
  readonly store: Store;
  readonly connection: SqliteConnection;
  /** To tamper, and to look. */
  readonly db: Database;
}

export async function openTestStore(path = ':memory:', now: () => number = Date.now): Promise<TestStore> {
  const options = {
    now,
    onError: (error: unknown) => {
      throw error;
    },
  };
  const isInMemory = path === ':memory:';
  const { store, connection } = await openSqliteWithin(
    path,
    options,
    undefined,
    isInMemory ? empty : undefined,
  );
  if (isInMemory) empty ??= connection.image();
  const dialect = {
    createAdapter: () => new SqliteAdapter(),
    createQueryCompiler: () => new SqliteQueryCompiler(),
    createIntrospector: (db: ConstructorParameters<typeof SqliteIntrospector>[0]) =>
      new SqliteIntrospector(db),
  };
  const db = builderOn(dialect, { acquire: async () => ({ connection, release() {} }) });
  return { store, connection, db };
}

/** A store that nothing has been written to: making its tables takes longer than most tests. */
let empty: Uint8Array | undefined;
