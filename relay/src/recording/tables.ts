import { type Kysely, type Migration, sql } from 'kysely';

/** The recording's tables, as kysely sees them. */
export interface RecordingTables {
  /** One row: which log this is, and how many events it holds. */
  readonly recorded_log: { readonly one: 1; readonly relay_session: string; readonly size: number };
  /** Every event of every session; `position` is its leaf in the log's Merkle tree. */
  readonly recorded_event: {
    readonly position: number;
    readonly session: string;
    readonly seq: number;
    readonly at: string;
    readonly type: string;
    /** Null once retention has removed the body. */
    readonly salt: string | null;
    /** Canonical JSON. */
    readonly body: string | null;
    readonly body_digest: string;
    readonly previous: string;
    readonly hash: string;
  };
  /** For lists: derived from events, never trusted by verification. */
  readonly recorded_session: {
    readonly session: string;
    readonly opened_at: string;
    readonly closed_at: string | null;
    readonly person: string;
    readonly name: string;
    readonly application: string;
    readonly agent: string | null;
    readonly held: 0 | 1;
  };
  /** For search: what an event mentions. Derived. */
  readonly recorded_mention: {
    readonly position: number;
    readonly session: string;
    readonly kind: MentionKind;
    readonly value: string;
  };
  /** For search: SQL and prompts, full text. Derived. */
  readonly recorded_text: { readonly rowid: number; readonly content: string };
  /** Texts too long to be indexed at once: of how many parts, and how many of them are in the index. */
  readonly recorded_long_text: {
    readonly position: number;
    readonly parts: number;
    readonly indexed: number;
  };
  readonly recorded_payload: {
    readonly address: string;
    readonly data_key: string;
    /** Salt and compressed bytes, encrypted. */
    readonly sealed: Uint8Array;
    /** Milliseconds since the epoch, when it was last handed in. */
    readonly kept_at: number;
  };
  /** The keys that payloads are sealed with, each wrapped by a key of the vault. */
  readonly recorded_data_key: {
    readonly id: string;
    readonly created_at: number;
    readonly wrapped: Uint8Array;
    readonly wrapped_by: string;
  };
  /** Roots of full subtrees of 256, 65,536, ... leaves, so that a proof reads hundreds of rows, not all. */
  readonly recorded_subtree: { readonly level: number; readonly place: number; readonly hash: string };
  readonly recorded_checkpoint: {
    readonly size: number;
    readonly at: string;
    readonly root: string;
    readonly key: string;
    readonly signature: string;
  };
}

export type MentionKind = 'person' | 'object' | 'rule' | 'payload' | 'request';

export function recordingTables(database: Kysely<unknown>): Kysely<RecordingTables> {
  return database;
}

export const recordingMigrations: Readonly<Record<string, Migration>> = {
  'recording-001': {
    async up(db) {
      for (const statement of SCHEMA) await sql.raw(statement).execute(db);
    },
  },
  'recording-002': {
    async up(db) {
      await sql`CREATE TABLE recorded_long_text (
        position INTEGER PRIMARY KEY, parts INTEGER NOT NULL, indexed INTEGER NOT NULL) STRICT`.execute(db);
      await sql`CREATE INDEX recorded_long_text_due ON recorded_long_text (position) WHERE indexed < parts`.execute(
        db,
      );
    },
  },
};

const SCHEMA = [
  `CREATE TABLE recorded_log (
     one INTEGER PRIMARY KEY CHECK (one = 1), relay_session TEXT NOT NULL, size INTEGER NOT NULL) STRICT`,
  `CREATE TABLE recorded_event (
     position INTEGER PRIMARY KEY, session TEXT NOT NULL, seq INTEGER NOT NULL, at TEXT NOT NULL,
     type TEXT NOT NULL, salt TEXT, body TEXT, body_digest TEXT NOT NULL, previous TEXT NOT NULL,
     hash TEXT NOT NULL, UNIQUE (session, seq)) STRICT`,
  `CREATE INDEX recorded_event_signing_key ON recorded_event (session, seq) WHERE type = 'signing_key'`,
  `CREATE INDEX recorded_event_at ON recorded_event (at)`,
  `CREATE TABLE recorded_session (
     session TEXT PRIMARY KEY, opened_at TEXT NOT NULL, closed_at TEXT, person TEXT NOT NULL,
     name TEXT NOT NULL, application TEXT NOT NULL, agent TEXT, held INTEGER NOT NULL) STRICT`,
  `CREATE INDEX recorded_session_opened ON recorded_session (opened_at)`,
  `CREATE INDEX recorded_session_person ON recorded_session (person, opened_at)`,
  `CREATE TABLE recorded_mention (
     kind TEXT NOT NULL, value TEXT NOT NULL, position INTEGER NOT NULL, session TEXT NOT NULL,
     PRIMARY KEY (kind, value, position)) STRICT, WITHOUT ROWID`,
  `CREATE INDEX recorded_mention_position ON recorded_mention (position)`,
  `CREATE VIRTUAL TABLE recorded_text USING fts5(content, tokenize = "unicode61 tokenchars '_$'")`,
  // What is deleted leaves the index at once, not when its segments happen to merge.
  `INSERT INTO recorded_text (recorded_text, rank) VALUES ('secure-delete', 1)`,
  `CREATE TABLE recorded_payload (
     address TEXT PRIMARY KEY, data_key TEXT NOT NULL, sealed BLOB NOT NULL,
     kept_at INTEGER NOT NULL) STRICT`,
  `CREATE TABLE recorded_data_key (
     id TEXT PRIMARY KEY, created_at INTEGER NOT NULL, wrapped BLOB NOT NULL,
     wrapped_by TEXT NOT NULL) STRICT`,
  `CREATE TABLE recorded_subtree (
     level INTEGER NOT NULL, place INTEGER NOT NULL, hash TEXT NOT NULL,
     PRIMARY KEY (level, place)) STRICT, WITHOUT ROWID`,
  `CREATE TABLE recorded_checkpoint (
     size INTEGER NOT NULL, at TEXT NOT NULL, root TEXT NOT NULL, key TEXT NOT NULL,
     signature TEXT NOT NULL, PRIMARY KEY (size, key)) STRICT`,
];
