import { type Migration, sql } from 'kysely';

/** The approval part's tables. Times are milliseconds since the epoch. */
export interface ApprovalTables {
  readonly approval: {
    readonly id: string;
    readonly statement: string;
    readonly session: string;
    readonly requester: string;
    readonly phase: string;
    readonly shape: string;
    readonly binding: string;
    readonly asked_at: number;
    /** When time next changes it; null once it has ended. */
    readonly due_at: number | null;
    /** When it is to be escalated; null when it is not, or has been. */
    readonly escalate_at: number | null;
    readonly revision: number;
    /** JSON: everything of the approval beside the columns and the binds. */
    readonly content: string;
    /** JSON; null once it has ended. */
    readonly binds: string | null;
  };
  readonly approval_grant: {
    readonly id: string;
    readonly requester: string;
    readonly expires_at: number;
    readonly revoked_at: number | null;
    /** Of those that all its statements may hit. */
    readonly rows_left: number;
    /** JSON. */
    readonly content: string;
  };
  readonly approver_device: {
    readonly key: string;
    readonly identity: string;
    /** The owner's, to the letter: one identity id may have several accounts. */
    readonly subject: string;
    readonly name: string;
    readonly enrolled_at: number;
    /** The key that vouched for it, or the identity id of who did; null for a first one that was trusted. */
    readonly enrolled_by: string | null;
    readonly revoked_at: number | null;
  };
  readonly device_request: {
    readonly id: string;
    readonly asked_at: number;
    /** JSON. */
    readonly content: string;
  };
  readonly break_glass_opening: {
    readonly id: string;
    readonly expires_at: number;
    /** JSON. */
    readonly content: string;
  };
  readonly break_glass_review: {
    readonly id: string;
    readonly opened_at: number;
    readonly closed_at: number | null;
    /** JSON. */
    readonly content: string;
  };
}

export const approvalMigrations: Readonly<Record<string, Migration>> = {
  'approval-001': {
    async up(db) {
      for (const statement of SCHEMA) await sql.raw(statement).execute(db);
    },
  },
  'approval-002-grant-rows': {
    async up(db) {
      // A grant from before was for any number of rows: it is for none now.
      await sql`ALTER TABLE approval_grant ADD COLUMN rows_left INTEGER NOT NULL DEFAULT 0`.execute(db);
    },
  },
  'approval-devices-001': {
    async up(db) {
      for (const statement of DEVICES) await sql.raw(statement).execute(db);
    },
  },
};

const DEVICES = [
  `ALTER TABLE approver_device ADD COLUMN subject TEXT NOT NULL DEFAULT ''`,
  `UPDATE approver_device SET subject = substr(identity, instr(identity, '|') + 1)`,
  // The relay enrols one after the other; this is for the day that it does not.
  `CREATE UNIQUE INDEX approver_device_first ON approver_device (identity) WHERE enrolled_by IS NULL`,
  `CREATE TABLE device_request (id TEXT PRIMARY KEY, asked_at INTEGER NOT NULL, content TEXT NOT NULL) STRICT`,
  `CREATE TABLE break_glass_opening (
     id TEXT PRIMARY KEY, expires_at INTEGER NOT NULL, content TEXT NOT NULL) STRICT`,
];

const SCHEMA = [
  `CREATE TABLE approval (
     id TEXT PRIMARY KEY, statement TEXT NOT NULL, session TEXT NOT NULL, requester TEXT NOT NULL,
     phase TEXT NOT NULL, shape TEXT NOT NULL, binding TEXT NOT NULL, asked_at INTEGER NOT NULL,
     due_at INTEGER, escalate_at INTEGER, revision INTEGER NOT NULL, content TEXT NOT NULL,
     binds TEXT) STRICT`,
  `CREATE INDEX approval_due ON approval (due_at) WHERE due_at IS NOT NULL`,
  `CREATE INDEX approval_escalate ON approval (escalate_at) WHERE escalate_at IS NOT NULL`,
  `CREATE INDEX approval_statement ON approval (statement)`,
  `CREATE INDEX approval_shape ON approval (shape, asked_at)`,
  `CREATE INDEX approval_requester ON approval (requester, asked_at)`,
  `CREATE INDEX approval_asked ON approval (asked_at)`,
  `CREATE TABLE approval_grant (
     id TEXT PRIMARY KEY, requester TEXT NOT NULL, expires_at INTEGER NOT NULL, revoked_at INTEGER,
     content TEXT NOT NULL) STRICT`,
  `CREATE INDEX approval_grant_requester ON approval_grant (requester, expires_at)`,
  `CREATE TABLE approver_device (
     key TEXT PRIMARY KEY, identity TEXT NOT NULL, name TEXT NOT NULL, enrolled_at INTEGER NOT NULL,
     enrolled_by TEXT, revoked_at INTEGER) STRICT`,
  `CREATE INDEX approver_device_identity ON approver_device (identity)`,
  `CREATE TABLE break_glass_review (
     id TEXT PRIMARY KEY, opened_at INTEGER NOT NULL, closed_at INTEGER, content TEXT NOT NULL) STRICT`,
];
