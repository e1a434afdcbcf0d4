import { type Dialect, SqliteAdapter, SqliteIntrospector, SqliteQueryCompiler } from 'kysely';
import { builderOn, type Connections, type Database } from '../connection.ts';

/** The query builder for SQLite. */
export function databaseOn(acquire: Connections['acquire']): Database {
  return builderOn(dialect, { acquire });
}

const dialect: Omit<Dialect, 'createDriver'> = {
  createAdapter: () => new SqliteAdapter(),
  createQueryCompiler: () => new SqliteQueryCompiler(),
  createIntrospector: (db) => new SqliteIntrospector(db),
};
