import { type Kysely, type Migration, sql } from 'kysely';

/** Sessions outlive a restart, so that a driver's tokens and polls go on working. */
export const sessionMigrations: Readonly<Record<string, Migration>> = {
  'session-001': {
    async up(db: Kysely<unknown>) {
      await sql`
        CREATE TABLE session (
          number INTEGER PRIMARY KEY AUTOINCREMENT,
          id TEXT NOT NULL UNIQUE,
          identity TEXT NOT NULL,
          client TEXT NOT NULL,
          state TEXT NOT NULL,
          opened_at INTEGER NOT NULL,
          expires_at INTEGER NOT NULL,
          master_hash TEXT NOT NULL UNIQUE,
          master_expires_at INTEGER NOT NULL,
          ended TEXT
        ) STRICT`.execute(db);
      await sql`CREATE INDEX session_open ON session (master_expires_at) WHERE ended IS NULL`.execute(db);
      await sql`
        CREATE TABLE session_token (
          hash TEXT PRIMARY KEY,
          session_id TEXT NOT NULL REFERENCES session (id),
          expires_at INTEGER NOT NULL
        ) STRICT`.execute(db);
      await sql`CREATE INDEX session_token_by_session ON session_token (session_id)`.execute(db);
    },
  },
};
