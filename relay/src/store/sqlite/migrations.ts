import type { MigrationStep } from '../migrate.ts';

/**
 * In the order in which they are applied; a name, once released, stands for the same statements for ever. Names are of
 * the part whose tables they are.
 */
export const sqliteMigrations: readonly MigrationStep[] = [
  {
    name: 'approval-001',
    statements: [
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
    ],
  },
  {
    name: 'approval-002-grant-rows',
    // A grant from before was for any number of rows: it is for none now.
    statements: [`ALTER TABLE approval_grant ADD COLUMN rows_left INTEGER NOT NULL DEFAULT 0`],
  },
  {
    name: 'approval-devices-001',
    statements: [
      `ALTER TABLE approver_device ADD COLUMN subject TEXT NOT NULL DEFAULT ''`,
      `UPDATE approver_device SET subject = substr(identity, instr(identity, '|') + 1)`,
      // Where an earlier relay enrolled several first devices at the same moment; `sluice devices repair` ends the others.
      `UPDATE approver_device AS later SET enrolled_by = ''
       WHERE enrolled_by IS NULL AND EXISTS (
         SELECT 1 FROM approver_device AS first
         WHERE first.identity = later.identity AND first.enrolled_by IS NULL
           AND (first.enrolled_at, first.key) < (later.enrolled_at, later.key))`,
      // The relay enrols one after the other; this is for the day that it does not.
      `CREATE UNIQUE INDEX approver_device_first ON approver_device (identity) WHERE enrolled_by IS NULL`,
      `CREATE TABLE device_request (id TEXT PRIMARY KEY, asked_at INTEGER NOT NULL, content TEXT NOT NULL) STRICT`,
      `CREATE TABLE break_glass_opening (
         id TEXT PRIMARY KEY, expires_at INTEGER NOT NULL, content TEXT NOT NULL) STRICT`,
    ],
  },
  {
    name: 'classification-001',
    statements: [
      `CREATE TABLE column_tag (
         database TEXT NOT NULL, schema TEXT NOT NULL, object TEXT NOT NULL, column_name TEXT NOT NULL,
         tag TEXT NOT NULL, path TEXT NOT NULL,
         origin TEXT NOT NULL CHECK (origin IN ('flow', 'import')),
         PRIMARY KEY (database, schema, object, column_name, tag, path)) STRICT`,
    ],
  },
  {
    name: 'delivery-001',
    statements: [
      `CREATE TABLE delivery (
         key TEXT PRIMARY KEY, channel TEXT NOT NULL, message TEXT, attempts INTEGER NOT NULL,
         due_at INTEGER) STRICT`,
      `CREATE INDEX delivery_due ON delivery (due_at) WHERE due_at IS NOT NULL`,
    ],
  },
  {
    name: 'identity-001',
    statements: [
      `CREATE TABLE revocation (
         target TEXT NOT NULL, reason TEXT NOT NULL, "by" TEXT NOT NULL, at INTEGER NOT NULL)`,
    ],
  },
  {
    name: 'identity-002',
    statements: [
      `CREATE TABLE known_identity (
         id TEXT NOT NULL, issuer TEXT NOT NULL, subject TEXT NOT NULL, for_deciding INTEGER NOT NULL,
         said TEXT NOT NULL, CONSTRAINT known_identity_account PRIMARY KEY (issuer, subject, for_deciding))`,
      `CREATE TABLE known_name (
         id TEXT NOT NULL, name TEXT NOT NULL, CONSTRAINT known_name_of PRIMARY KEY (id, name))`,
    ],
  },
  {
    name: 'recording-001',
    statements: [
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
    ],
  },
  {
    name: 'recording-002',
    statements: [
      `CREATE TABLE recorded_long_text (
         position INTEGER PRIMARY KEY, parts INTEGER NOT NULL, indexed INTEGER NOT NULL) STRICT`,
      `CREATE INDEX recorded_long_text_due ON recorded_long_text (position) WHERE indexed < parts`,
    ],
  },
  {
    name: 'session-001',
    statements: [
      `CREATE TABLE session (
         number INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, identity TEXT NOT NULL,
         client TEXT NOT NULL, state TEXT NOT NULL, opened_at INTEGER NOT NULL,
         expires_at INTEGER NOT NULL, master_hash TEXT NOT NULL UNIQUE,
         master_expires_at INTEGER NOT NULL, ended TEXT) STRICT`,
      `CREATE INDEX session_open ON session (master_expires_at) WHERE ended IS NULL`,
      `CREATE TABLE session_token (
         hash TEXT PRIMARY KEY, session_id TEXT NOT NULL REFERENCES session (id),
         expires_at INTEGER NOT NULL) STRICT`,
      `CREATE INDEX session_token_by_session ON session_token (session_id)`,
    ],
  },
  {
    name: 'usage-001',
    statements: [
      `CREATE TABLE usage_day (
         identity TEXT NOT NULL, day TEXT NOT NULL, rows INTEGER NOT NULL, bytes INTEGER NOT NULL,
         CONSTRAINT usage_day_key PRIMARY KEY (identity, day))`,
    ],
  },
  {
    name: 'recording-003-subject',
    statements: [
      `ALTER TABLE recorded_session ADD COLUMN subject TEXT NOT NULL DEFAULT ''`,
      `UPDATE recorded_session SET subject = coalesce((
         SELECT json_extract(body, '$.identity.subject') FROM recorded_event
         WHERE recorded_event.session = recorded_session.session AND seq = 0), '')`,
      `CREATE INDEX recorded_session_subject ON recorded_session (subject, opened_at)`,
    ],
  },
  {
    name: 'identity-003-numbers',
    statements: [
      `CREATE TABLE numbered_revocation (
         number INTEGER PRIMARY KEY AUTOINCREMENT, target TEXT NOT NULL, reason TEXT NOT NULL,
         "by" TEXT NOT NULL, at INTEGER NOT NULL) STRICT`,
      `INSERT INTO numbered_revocation (target, reason, "by", at)
         SELECT target, reason, "by", at FROM revocation ORDER BY at, rowid`,
      `DROP TABLE revocation`,
      `ALTER TABLE numbered_revocation RENAME TO revocation`,
    ],
  },
  {
    name: 'change-001',
    statements: [
      `CREATE TABLE change_head (one INTEGER PRIMARY KEY CHECK (one = 1), number INTEGER NOT NULL) STRICT`,
      `INSERT INTO change_head (one, number) VALUES (1, 0)`,
      `CREATE TABLE change (
         number INTEGER PRIMARY KEY, topic TEXT NOT NULL, key TEXT NOT NULL, at INTEGER NOT NULL) STRICT`,
    ],
  },
  {
    name: 'policy-001',
    statements: [
      `CREATE TABLE policy_version (
         number INTEGER PRIMARY KEY AUTOINCREMENT, version TEXT NOT NULL, since INTEGER NOT NULL) STRICT`,
      `CREATE INDEX policy_version_known ON policy_version (version)`,
    ],
  },
  {
    name: 'relays-001',
    statements: [`CREATE TABLE relay_seen (relay TEXT PRIMARY KEY, seen_at INTEGER NOT NULL) STRICT`],
  },
  {
    name: 'session-002-context',
    statements: [
      `ALTER TABLE session ADD COLUMN context TEXT`,
      `ALTER TABLE session ADD COLUMN context_version INTEGER NOT NULL DEFAULT 0`,
    ],
  },
  {
    name: 'recording-004-notes',
    // Checkpoints of another form are dropped: at its next start the relay signs everything anew.
    statements: [
      `DROP TABLE recorded_checkpoint`,
      `CREATE TABLE recorded_checkpoint (
         size INTEGER NOT NULL, key TEXT NOT NULL, at TEXT NOT NULL, note TEXT NOT NULL,
         PRIMARY KEY (size, key)) STRICT`,
    ],
  },
  {
    name: 'recording-005-terms',
    statements: [
      `CREATE TABLE recorded_recent (
         position INTEGER NOT NULL, part INTEGER NOT NULL, session TEXT NOT NULL, at TEXT NOT NULL,
         terms TEXT NOT NULL, PRIMARY KEY (position, part)) STRICT, WITHOUT ROWID`,
      `CREATE TABLE recorded_block (
         block INTEGER PRIMARY KEY, start_position INTEGER NOT NULL UNIQUE, end_position INTEGER NOT NULL,
         earliest TEXT NOT NULL, latest TEXT NOT NULL) STRICT`,
      `CREATE TABLE recorded_term (
         block INTEGER NOT NULL, term TEXT NOT NULL, offsets BLOB NOT NULL,
         PRIMARY KEY (block, term)) STRICT, WITHOUT ROWID`,
      `CREATE TABLE recorded_forgotten (block INTEGER PRIMARY KEY, times INTEGER NOT NULL) STRICT`,
      // The index of what is there is made anew, beside the relay's other work.
      `DELETE FROM recorded_long_text`,
      `DROP TABLE recorded_text`,
      `CREATE TABLE kept_mention (
         kind TEXT NOT NULL, value TEXT NOT NULL, position INTEGER NOT NULL, session TEXT NOT NULL,
         PRIMARY KEY (kind, value, position)) STRICT, WITHOUT ROWID`,
      `INSERT INTO kept_mention SELECT kind, value, position, session FROM recorded_mention
         WHERE kind IN ('payload', 'request')`,
      `DROP TABLE recorded_mention`,
      `ALTER TABLE kept_mention RENAME TO recorded_mention`,
      `CREATE INDEX recorded_mention_position ON recorded_mention (position)`,
      `DROP INDEX recorded_session_opened`,
      `DROP INDEX recorded_session_person`,
      `DROP INDEX recorded_session_subject`,
      `CREATE INDEX recorded_session_opened ON recorded_session (opened_at DESC, session)`,
      `CREATE INDEX recorded_session_person ON recorded_session (person, opened_at DESC, session)`,
      `CREATE INDEX recorded_session_subject ON recorded_session (subject, opened_at DESC, session)`,
    ],
  },
  {
    name: 'recording-006-retention',
    statements: [
      `ALTER TABLE recorded_session ADD COLUMN removed INTEGER NOT NULL DEFAULT 0`,
      `CREATE INDEX recorded_session_due ON recorded_session (removed, closed_at, session)
         WHERE closed_at IS NOT NULL AND held = 0`,
      `CREATE INDEX recorded_session_held ON recorded_session (opened_at) WHERE held = 1`,
      `CREATE TABLE recorded_removal (
         session TEXT NOT NULL, seq INTEGER NOT NULL, PRIMARY KEY (session, seq)) STRICT, WITHOUT ROWID`,
      `CREATE TABLE retention_run (
         one INTEGER PRIMARY KEY CHECK (one = 1), relay TEXT, until INTEGER NOT NULL, state TEXT NOT NULL,
         swept INTEGER NOT NULL) STRICT`,
      `CREATE INDEX recorded_payload_kept ON recorded_payload (kept_at, address)`,
    ],
  },
  {
    name: 'recording-007-open-statements',
    statements: [
      `CREATE TABLE recorded_open_statement (
         statement TEXT PRIMARY KEY, session TEXT NOT NULL, relay TEXT NOT NULL,
         executed INTEGER NOT NULL) STRICT, WITHOUT ROWID`,
    ],
  },
  {
    name: 'recording-008-authors',
    statements: [`ALTER TABLE recorded_event ADD COLUMN mac TEXT NOT NULL DEFAULT ''`],
  },
  {
    name: 'relays-002-statements',
    statements: [
      `CREATE TABLE statement_moved (
         statement TEXT PRIMARY KEY, session TEXT NOT NULL, relay TEXT NOT NULL) STRICT, WITHOUT ROWID`,
      `ALTER TABLE session ADD COLUMN shared_key TEXT`,
      `CREATE INDEX session_shared ON session (shared_key) WHERE shared_key IS NOT NULL`,
    ],
  },
  {
    name: 'recording-009-holds',
    statements: [`CREATE INDEX recorded_event_hold ON recorded_event (session, seq) WHERE type = 'hold'`],
  },
  {
    name: 'session-002-seals',
    statements: [
      `ALTER TABLE session ADD COLUMN seal TEXT NOT NULL DEFAULT ''`,
      `ALTER TABLE session_token ADD COLUMN seal TEXT NOT NULL DEFAULT ''`,
    ],
  },
  {
    name: 'activity-001',
    statements: [
      `CREATE TABLE activity_hour (
         hour TEXT NOT NULL, what TEXT NOT NULL, count INTEGER NOT NULL,
         PRIMARY KEY (hour, what)) STRICT, WITHOUT ROWID`,
      `CREATE TABLE activity_place (
         one INTEGER PRIMARY KEY CHECK (one = 1), position INTEGER NOT NULL) STRICT`,
    ],
  },
  {
    name: 'recording-010-devices',
    statements: [
      `CREATE INDEX recorded_event_device ON recorded_event (session, seq)
       WHERE type IN ('device_enrolled', 'device_revoked', 'enrolments_voided')`,
    ],
  },
];
