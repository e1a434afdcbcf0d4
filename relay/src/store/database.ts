import { DatabaseSync } from 'node:sqlite';
import { Kysely, Migrator, type Migration, SqliteDialect } from 'kysely';

/**
 * The relay's own database: the record, approvals, sessions, revocations. One file; every part brings its
 * own tables as migrations and sees only those.
 */
export async function openDatabase(options: OpenOptions): Promise<Kysely<unknown>> {
  const sqlite = new DatabaseSync(options.path);
  // FULL: a commit is on disk when it returns (promise 1). WAL: readers do not hold it up.
  sqlite.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;');
  // What retention deletes is overwritten, not only unlinked. Another process (`sluice export`) may write.
  sqlite.exec('PRAGMA secure_delete = ON; PRAGMA busy_timeout = 5000;');
  const database = new Kysely<unknown>({ dialect: new SqliteDialect({ database: forKysely(sqlite) }) });
  await migrate(database, options.migrations);
  return database;
}

/**
 * Opens a database to look at, and leaves it as it is: no migration, no write.
 * @throws when there is no database at `path`.
 */
export function openToRead(path: string): Kysely<unknown> {
  const sqlite = new DatabaseSync(path, { readOnly: true });
  return new Kysely<unknown>({ dialect: new SqliteDialect({ database: forKysely(sqlite) }) });
}

export interface OpenOptions {
  /** A file, or `:memory:` in tests. */
  readonly path: string;
  /** By name, applied once each in the order of their names: `recording-001`, `approval-001`. */
  readonly migrations: Readonly<Record<string, Migration>>;
}

async function migrate(
  database: Kysely<unknown>,
  migrations: Readonly<Record<string, Migration>>,
): Promise<void> {
  const migrator = new Migrator({
    db: database,
    provider: { getMigrations: async () => ({ ...migrations }) },
    // Parts grow on their own: a new part's first migration may sort before another's second.
    allowUnorderedMigrations: true,
  });
  const { error } = await migrator.migrateToLatest();
  if (error !== undefined) {
    await database.destroy();
    throw error;
  }
}

type SqliteParameters = readonly (string | number | bigint | Uint8Array | null)[];

/** Kysely speaks better-sqlite3's interface; node:sqlite differs in how it takes parameters and tells readers. */
function forKysely(sqlite: DatabaseSync) {
  return {
    close: () => sqlite.close(),
    prepare(sql: string) {
      const statement = sqlite.prepare(sql);
      return {
        reader: statement.columns().length > 0,
        all: (parameters: readonly unknown[]) => statement.all(...(parameters as SqliteParameters)),
        run: (parameters: readonly unknown[]) => statement.run(...(parameters as SqliteParameters)),
        iterate: (parameters: readonly unknown[]) =>
          statement.iterate(...(parameters as SqliteParameters)) as IterableIterator<unknown>,
      };
    },
  };
}
