import type { MigrationStep } from '../migrate.ts';

/** In order; a name, once released, stands for the same statements for ever. Texts are compared byte by byte, as in SQLite. */
export const postgresMigrations: readonly MigrationStep[] = [
  {
    name: '001-all-parts',
    statements: statementsOf(`
      CREATE TABLE change_head (one BIGINT PRIMARY KEY CHECK (one = 1), number BIGINT NOT NULL);
      INSERT INTO change_head (one, number) VALUES (1, 0);
      CREATE TABLE change (
        number BIGINT PRIMARY KEY, topic $TEXT NOT NULL, key $TEXT NOT NULL, at BIGINT NOT NULL);

      CREATE TABLE recorded_log (
        one BIGINT PRIMARY KEY CHECK (one = 1), relay_session $TEXT NOT NULL, size BIGINT NOT NULL);
      CREATE TABLE recorded_event (
        position BIGINT PRIMARY KEY, session $TEXT NOT NULL, seq BIGINT NOT NULL, at $TEXT NOT NULL,
        type $TEXT NOT NULL, salt $TEXT, body $TEXT, body_digest $TEXT NOT NULL, previous $TEXT NOT NULL,
        hash $TEXT NOT NULL, UNIQUE (session, seq));
      CREATE INDEX recorded_event_signing_key ON recorded_event (session, seq) WHERE type = 'signing_key';
      CREATE INDEX recorded_event_at ON recorded_event (at);
      CREATE TABLE recorded_session (
        session $TEXT PRIMARY KEY, opened_at $TEXT NOT NULL, closed_at $TEXT, person $TEXT NOT NULL,
        subject $TEXT NOT NULL, name $TEXT NOT NULL, application $TEXT NOT NULL, agent $TEXT,
        held BIGINT NOT NULL);
      CREATE INDEX recorded_session_opened ON recorded_session (opened_at);
      CREATE INDEX recorded_session_person ON recorded_session (person, opened_at);
      CREATE INDEX recorded_session_subject ON recorded_session (subject, opened_at);
      CREATE TABLE recorded_mention (
        kind $TEXT NOT NULL, value $TEXT NOT NULL, position BIGINT NOT NULL, session $TEXT NOT NULL);
      -- By their hash: a value may be longer than an index takes.
      CREATE UNIQUE INDEX recorded_mention_once ON recorded_mention (kind, md5(value), position);
      CREATE INDEX recorded_mention_value ON recorded_mention USING hash (value);
      CREATE INDEX recorded_mention_position ON recorded_mention (position);
      CREATE TABLE recorded_text (
        position BIGINT NOT NULL, part BIGINT NOT NULL, words TSVECTOR NOT NULL, PRIMARY KEY (position, part));
      CREATE INDEX recorded_text_words ON recorded_text USING gin (words);
      CREATE TABLE recorded_long_text (
        position BIGINT PRIMARY KEY, parts BIGINT NOT NULL, indexed BIGINT NOT NULL);
      CREATE INDEX recorded_long_text_due ON recorded_long_text (position) WHERE indexed < parts;
      CREATE TABLE recorded_payload (
        address $TEXT PRIMARY KEY, data_key $TEXT NOT NULL, sealed BYTEA NOT NULL, kept_at BIGINT NOT NULL);
      CREATE TABLE recorded_data_key (
        id $TEXT PRIMARY KEY, created_at BIGINT NOT NULL, wrapped BYTEA NOT NULL, wrapped_by $TEXT NOT NULL);
      CREATE TABLE recorded_subtree (
        level BIGINT NOT NULL, place BIGINT NOT NULL, hash $TEXT NOT NULL, PRIMARY KEY (level, place));
      CREATE TABLE recorded_checkpoint (
        size BIGINT NOT NULL, at $TEXT NOT NULL, root $TEXT NOT NULL, key $TEXT NOT NULL,
        signature $TEXT NOT NULL, PRIMARY KEY (size, key));

      CREATE TABLE approval (
        id $TEXT PRIMARY KEY, statement $TEXT NOT NULL, session $TEXT NOT NULL, requester $TEXT NOT NULL,
        phase $TEXT NOT NULL, shape $TEXT NOT NULL, binding $TEXT NOT NULL, asked_at BIGINT NOT NULL,
        due_at BIGINT, escalate_at BIGINT, revision BIGINT NOT NULL, content $TEXT NOT NULL, binds $TEXT);
      CREATE INDEX approval_due ON approval (due_at) WHERE due_at IS NOT NULL;
      CREATE INDEX approval_escalate ON approval (escalate_at) WHERE escalate_at IS NOT NULL;
      CREATE INDEX approval_statement ON approval (statement);
      CREATE INDEX approval_shape ON approval (shape, asked_at);
      CREATE INDEX approval_requester ON approval (requester, asked_at);
      CREATE INDEX approval_asked ON approval (asked_at);
      CREATE TABLE approval_grant (
        id $TEXT PRIMARY KEY, requester $TEXT NOT NULL, expires_at BIGINT NOT NULL, revoked_at BIGINT,
        rows_left BIGINT NOT NULL, content $TEXT NOT NULL);
      CREATE INDEX approval_grant_requester ON approval_grant (requester, expires_at);
      CREATE TABLE approver_device (
        key $TEXT PRIMARY KEY, identity $TEXT NOT NULL, subject $TEXT NOT NULL, name $TEXT NOT NULL,
        enrolled_at BIGINT NOT NULL, enrolled_by $TEXT, revoked_at BIGINT);
      CREATE INDEX approver_device_identity ON approver_device (identity);
      CREATE UNIQUE INDEX approver_device_first ON approver_device (identity) WHERE enrolled_by IS NULL;
      CREATE TABLE device_request (id $TEXT PRIMARY KEY, asked_at BIGINT NOT NULL, content $TEXT NOT NULL);
      CREATE TABLE break_glass_opening (id $TEXT PRIMARY KEY, expires_at BIGINT NOT NULL, content $TEXT NOT NULL);
      CREATE TABLE break_glass_review (
        id $TEXT PRIMARY KEY, opened_at BIGINT NOT NULL, closed_at BIGINT, content $TEXT NOT NULL);

      CREATE TABLE revocation (
        number BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY, target $TEXT NOT NULL, reason $TEXT NOT NULL,
        "by" $TEXT NOT NULL, at BIGINT NOT NULL);
      CREATE TABLE known_identity (
        id $TEXT NOT NULL, issuer $TEXT NOT NULL, subject $TEXT NOT NULL, for_deciding BIGINT NOT NULL,
        said $TEXT NOT NULL, PRIMARY KEY (issuer, subject, for_deciding));
      CREATE TABLE known_name (id $TEXT NOT NULL, name $TEXT NOT NULL, PRIMARY KEY (id, name));

      CREATE TABLE session (
        number BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY, id $TEXT NOT NULL UNIQUE,
        identity $TEXT NOT NULL, client $TEXT NOT NULL, state $TEXT NOT NULL, opened_at BIGINT NOT NULL,
        expires_at BIGINT NOT NULL, master_hash $TEXT NOT NULL UNIQUE, master_expires_at BIGINT NOT NULL,
        ended $TEXT);
      CREATE INDEX session_open ON session (master_expires_at) WHERE ended IS NULL;
      CREATE TABLE session_token (
        hash $TEXT PRIMARY KEY, session_id $TEXT NOT NULL REFERENCES session (id), expires_at BIGINT NOT NULL);
      CREATE INDEX session_token_by_session ON session_token (session_id);

      CREATE TABLE delivery (
        key $TEXT PRIMARY KEY, channel $TEXT NOT NULL, message $TEXT, attempts BIGINT NOT NULL, due_at BIGINT);
      CREATE INDEX delivery_due ON delivery (due_at) WHERE due_at IS NOT NULL;
      CREATE TABLE column_tag (
        database $TEXT NOT NULL, schema $TEXT NOT NULL, object $TEXT NOT NULL, column_name $TEXT NOT NULL,
        tag $TEXT NOT NULL, path $TEXT NOT NULL, origin $TEXT NOT NULL CHECK (origin IN ('flow', 'import')),
        PRIMARY KEY (database, schema, object, column_name, tag, path));
      CREATE TABLE usage_day (
        identity $TEXT NOT NULL, day $TEXT NOT NULL, rows BIGINT NOT NULL, bytes BIGINT NOT NULL,
        PRIMARY KEY (identity, day))`),
  },
  {
    name: '002-policy',
    statements: statementsOf(`
      CREATE TABLE policy_version (
        number BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY, version $TEXT NOT NULL, since BIGINT NOT NULL);
      CREATE INDEX policy_version_known ON policy_version (version)`),
  },
  {
    name: '003-relays',
    statements: statementsOf(`CREATE TABLE relay_seen (relay $TEXT PRIMARY KEY, seen_at BIGINT NOT NULL)`),
  },
  {
    name: '004-session-context',
    statements: statementsOf(`
      ALTER TABLE session ADD COLUMN context $TEXT;
      ALTER TABLE session ADD COLUMN context_version BIGINT NOT NULL DEFAULT 0`),
  },
  {
    name: '005-notes',
    // Checkpoints of another form are dropped: at its next start the relay signs everything anew.
    statements: statementsOf(`
      DROP TABLE recorded_checkpoint;
      CREATE TABLE recorded_checkpoint (
        size BIGINT NOT NULL, key $TEXT NOT NULL, at $TEXT NOT NULL, note $TEXT NOT NULL,
        PRIMARY KEY (size, key))`),
  },
  {
    name: '006-terms',
    statements: statementsOf(`
      CREATE TABLE recorded_recent (
        position BIGINT NOT NULL, part BIGINT NOT NULL, session $TEXT NOT NULL, at $TEXT NOT NULL,
        terms $TEXT NOT NULL, PRIMARY KEY (position, part));
      CREATE TABLE recorded_block (
        block BIGINT PRIMARY KEY, start_position BIGINT NOT NULL UNIQUE, end_position BIGINT NOT NULL,
        earliest $TEXT NOT NULL, latest $TEXT NOT NULL);
      CREATE TABLE recorded_term (
        block BIGINT NOT NULL, term $TEXT NOT NULL, offsets BYTEA NOT NULL, PRIMARY KEY (block, term));
      CREATE TABLE recorded_forgotten (block BIGINT PRIMARY KEY, times BIGINT NOT NULL);
      -- The index of what is there is made anew, beside the relay's other work.
      DELETE FROM recorded_long_text;
      DROP TABLE recorded_text;
      CREATE TABLE kept_mention (
        kind $TEXT NOT NULL, value $TEXT NOT NULL, position BIGINT NOT NULL, session $TEXT NOT NULL);
      INSERT INTO kept_mention SELECT kind, value, position, session FROM recorded_mention
        WHERE kind IN ('payload', 'request');
      DROP TABLE recorded_mention;
      ALTER TABLE kept_mention RENAME TO recorded_mention;
      CREATE UNIQUE INDEX recorded_mention_once ON recorded_mention (kind, md5(value), position);
      CREATE INDEX recorded_mention_value ON recorded_mention USING hash (value);
      CREATE INDEX recorded_mention_position ON recorded_mention (position);
      DROP INDEX recorded_session_opened;
      DROP INDEX recorded_session_person;
      DROP INDEX recorded_session_subject;
      CREATE INDEX recorded_session_opened ON recorded_session (opened_at DESC, session);
      CREATE INDEX recorded_session_person ON recorded_session (person, opened_at DESC, session);
      CREATE INDEX recorded_session_subject ON recorded_session (subject, opened_at DESC, session)`),
  },
  {
    name: '007-retention',
    statements: statementsOf(`
      ALTER TABLE recorded_session ADD COLUMN removed BIGINT NOT NULL DEFAULT 0;
      CREATE INDEX recorded_session_due ON recorded_session (removed, closed_at, session)
        WHERE closed_at IS NOT NULL AND held = 0;
      CREATE INDEX recorded_session_held ON recorded_session (opened_at) WHERE held = 1;
      CREATE TABLE recorded_removal (
        session $TEXT NOT NULL, seq BIGINT NOT NULL, PRIMARY KEY (session, seq));
      CREATE TABLE retention_run (
        one BIGINT PRIMARY KEY CHECK (one = 1), relay $TEXT, until BIGINT NOT NULL, state $TEXT NOT NULL,
        swept BIGINT NOT NULL);
      CREATE INDEX recorded_payload_kept ON recorded_payload (kept_at, address)`),
  },
  {
    name: '008-open-statements',
    statements: statementsOf(`
      CREATE TABLE recorded_open_statement (
        statement $TEXT PRIMARY KEY, session $TEXT NOT NULL, relay $TEXT NOT NULL, executed INTEGER NOT NULL)`),
  },
  {
    name: '009-authors',
    // Without a default from then on: a relay of an earlier version that still runs can append nothing.
    statements: statementsOf(`
      ALTER TABLE recorded_event ADD COLUMN mac $TEXT NOT NULL DEFAULT '';
      ALTER TABLE recorded_event ALTER COLUMN mac DROP DEFAULT`),
  },
  {
    name: '010-statements-elsewhere',
    statements: statementsOf(`
      CREATE TABLE statement_moved (
        statement $TEXT PRIMARY KEY, session $TEXT NOT NULL, relay $TEXT NOT NULL);
      ALTER TABLE session ADD COLUMN shared_key $TEXT;
      CREATE INDEX session_shared ON session (shared_key) WHERE shared_key IS NOT NULL`),
  },
  {
    name: '011-holds',
    statements: statementsOf(
      `CREATE INDEX recorded_event_hold ON recorded_event (session, seq) WHERE type = 'hold'`,
    ),
  },
  {
    name: '012-session-seals',
    statements: statementsOf(`
      ALTER TABLE session ADD COLUMN seal $TEXT NOT NULL DEFAULT '';
      ALTER TABLE session_token ADD COLUMN seal $TEXT NOT NULL DEFAULT ''`),
  },
  {
    name: '013-activity',
    statements: statementsOf(`
      CREATE TABLE activity_hour (
        hour $TEXT NOT NULL, what $TEXT NOT NULL, count BIGINT NOT NULL, PRIMARY KEY (hour, what));
      CREATE TABLE activity_place (one BIGINT PRIMARY KEY CHECK (one = 1), position BIGINT NOT NULL)`),
  },
  {
    name: '014-devices',
    statements: statementsOf(`
      CREATE INDEX recorded_event_device ON recorded_event (session, seq)
        WHERE type IN ('device_enrolled', 'device_revoked', 'enrolments_voided')`),
  },
];

function statementsOf(text: string): readonly string[] {
  return text
    .replace(/^ *--.*$/gm, '')
    .replaceAll('$TEXT', 'TEXT COLLATE "C"')
    .split(';')
    .filter((statement) => statement.trim() !== '');
}
