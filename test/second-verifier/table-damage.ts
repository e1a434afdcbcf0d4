import type { DatabaseSync, SQLInputValue } from 'node:sqlite';

/** Something that a script of somebody who can write to a store does to it. */
export interface Damage {
  readonly what: string;
  /** @param db a copy of the store, which it may change in any way. */
  readonly apply: (db: DatabaseSync) => void;
  /** What it does to the copy's file afterwards. */
  readonly applyToFile?: (path: string) => void;
}

export const OTHER_ID = '11111111-1111-4111-8111-111111111111';
export const OTHER_TIME = '2026-03-01T08:59:00.000Z';
const DIGEST = 'ab'.repeat(32);

/** Lets a table take values of other types than its own for a moment. */
export function loosely(db: DatabaseSync, table: string, work: () => unknown): void {
  const made = db.prepare('SELECT sql FROM sqlite_schema WHERE name = ?').get(table) as { sql: string };
  const remake = (sql: string) => {
    db.exec('PRAGMA writable_schema = ON');
    db.prepare('UPDATE sqlite_schema SET sql = ? WHERE name = ?').run(sql, table);
    db.exec('PRAGMA writable_schema = RESET');
  };
  remake(made.sql.replace(/\)\s*strict\s*$/iu, ')'));
  work();
  remake(made.sql);
}

/** To what was signed. */
export function checkpointDamages(db: DatabaseSync): readonly Damage[] {
  const notes = db.prepare('SELECT size, note FROM recorded_checkpoint ORDER BY size').all() as unknown as {
    size: number;
    note: string;
  }[];
  const change = (how: string, work: (note: string) => SQLInputValue) =>
    notes.map(({ size, note }): Damage => ({
      what: `the checkpoint of ${size}: ${how}`,
      apply: (copy) =>
        loosely(copy, 'recorded_checkpoint', () =>
          copy.prepare('UPDATE recorded_checkpoint SET note = ? WHERE size = ?').run(work(note), size),
        ),
    }));
  const line = (note: string, index: number, text: string) => note.split('\n').with(index, text).join('\n');
  return [
    ...notes.map(({ size }): Damage => ({
      what: `the checkpoint of ${size} is deleted`,
      apply: (copy) => copy.exec(`DELETE FROM recorded_checkpoint WHERE size = ${size}`),
    })),
    ...notes.map(({ size }): Damage => ({
      what: `the checkpoint of ${size} is said to be of one more`,
      apply: (copy) => copy.exec(`UPDATE recorded_checkpoint SET size = size + 1 WHERE size = ${size}`),
    })),
    { what: 'no checkpoint is left', apply: (copy) => copy.exec('DELETE FROM recorded_checkpoint') },
    {
      what: 'the newest are deleted',
      apply: (copy) => copy.exec('DELETE FROM recorded_checkpoint WHERE size > 80'),
    },
    ...change('another log', (note) => line(note, 0, `sluice/log/${OTHER_ID}`)),
    ...change('another size', (note) => line(note, 1, '9')),
    ...change('more than there is', (note) => line(note, 1, '99999')),
    ...change('another root', (note) => line(note, 2, Buffer.alloc(32, 7).toString('base64'))),
    ...change('another time', (note) => line(note, 3, `at ${OTHER_TIME}`)),
    ...change('a further line', (note) => line(note, 3, `at ${OTHER_TIME}\nmore`)),
    ...change('no signature', (note) => note.split('\n').slice(0, 5).join('\n')),
    ...change('a broken signature', brokenSignature),
    ...change('cut off', (note) => note.slice(0, -1)),
    ...change('empty', () => ''),
    ...change('bytes', (note) => Buffer.from(note)),
    ...change('the text of the first', () => notes[0]!.note),
  ];
}

/** The last byte of the relay's own signature is another one. */
function brokenSignature(note: string): string {
  const lines = note.split('\n');
  const at = lines.findIndex((line) => line.startsWith('—'));
  const [dash, name, value] = lines[at]!.split(' ');
  const bytes = Buffer.from(value!, 'base64');
  bytes[bytes.length - 1]! ^= 1;
  return lines.with(at, [dash, name, bytes.toString('base64')].join(' ')).join('\n');
}

/** To the row that says how large the log is. */
export function logDamages(): readonly Damage[] {
  const sizes = ['size + 1', 'size - 1', 'size + 100000', '0', '-1', "'x'", '1.5', '9007199254740993'];
  return [
    ...sizes.map((size): Damage => ({
      what: `the log's size is ${size}`,
      apply: (db) => loosely(db, 'recorded_log', () => db.exec(`UPDATE recorded_log SET size = ${size}`)),
    })),
    { what: 'the log has no row', apply: (db) => db.exec('DELETE FROM recorded_log') },
    {
      what: 'the log is another',
      apply: (db) => db.exec(`UPDATE recorded_log SET relay_session = '${OTHER_ID}'`),
    },
    { what: 'the log has no name', apply: (db) => db.exec(`UPDATE recorded_log SET relay_session = ''`) },
    {
      what: 'the log has a name in upper case',
      apply: (db) => db.exec('UPDATE recorded_log SET relay_session = upper(relay_session)'),
    },
    { what: 'there are no events', apply: (db) => db.exec('DELETE FROM recorded_event') },
    {
      what: 'there is nothing at all',
      apply: (db) =>
        db.exec('DELETE FROM recorded_event; DELETE FROM recorded_checkpoint; DELETE FROM recorded_log'),
    },
  ];
}

/** To payloads, their keys, subtrees and MACs. */
export function otherTables(db: DatabaseSync): readonly Damage[] {
  const payloads = db.prepare('SELECT address FROM recorded_payload').all() as unknown as {
    address: string;
  }[];
  const subtrees = db.prepare('SELECT level, place FROM recorded_subtree').all() as unknown as {
    level: number;
    place: number;
  }[];
  return [
    ...payloads.flatMap(({ address }): Damage[] => [
      {
        what: `payload ${address} is deleted`,
        apply: (copy) => copy.exec(`DELETE FROM recorded_payload WHERE address = '${address}'`),
      },
      {
        what: `payload ${address} has another address`,
        apply: (copy) =>
          copy.exec(`UPDATE recorded_payload SET address = '${DIGEST}' WHERE address = '${address}'`),
      },
      {
        what: `payload ${address} names a data key that is none`,
        apply: (copy) =>
          copy.exec(`UPDATE recorded_payload SET data_key = '${OTHER_ID}' WHERE address = '${address}'`),
      },
    ]),
    { what: 'no payload is left', apply: (copy) => copy.exec('DELETE FROM recorded_payload') },
    { what: 'no data key is left', apply: (copy) => copy.exec('DELETE FROM recorded_data_key') },
    ...subtrees.flatMap(({ level, place }): Damage[] => [
      {
        what: `subtree ${level}/${place} is deleted`,
        apply: (copy) =>
          copy.exec(`DELETE FROM recorded_subtree WHERE level = ${level} AND place = ${place}`),
      },
      {
        what: `subtree ${level}/${place} is another`,
        apply: (copy) =>
          copy.exec(
            `UPDATE recorded_subtree SET hash = '${DIGEST}' WHERE level = ${level} AND place = ${place}`,
          ),
      },
      {
        what: `subtree ${level}/${place} is no hash`,
        apply: (copy) =>
          copy.exec(`UPDATE recorded_subtree SET hash = 'x' WHERE level = ${level} AND place = ${place}`),
      },
      {
        what: `subtree ${level}/${place} stands elsewhere`,
        apply: (copy) =>
          copy.exec(`UPDATE recorded_subtree SET place = 77 WHERE level = ${level} AND place = ${place}`),
      },
    ]),
    { what: 'MACs are gone', apply: (copy) => copy.exec(`UPDATE recorded_event SET mac = ''`) },
    {
      what: 'MACs are others',
      apply: (copy) => copy.exec(`UPDATE recorded_event SET mac = '${'0'.repeat(32)}'`),
    },
  ];
}

/** To the tables themselves. */
export function schemaDamages(): readonly Damage[] {
  return [
    'ALTER TABLE recorded_event ADD COLUMN more TEXT',
    'ALTER TABLE recorded_event RENAME TO gone',
    'ALTER TABLE recorded_checkpoint RENAME COLUMN note TO text',
    'DROP TABLE recorded_subtree',
    'DROP TABLE recorded_payload',
    'DROP INDEX recorded_event_at',
    'CREATE INDEX more ON recorded_event (type)',
    'CREATE TRIGGER more AFTER INSERT ON recorded_event BEGIN SELECT 1; END',
    'CREATE TABLE somebody_elses (x TEXT)',
    'CREATE VIEW recorded_more AS SELECT * FROM recorded_event',
    'PRAGMA user_version = 7',
    'VACUUM',
    'ANALYZE',
    'DELETE FROM kysely_migration WHERE name = (SELECT max(name) FROM kysely_migration)',
    "INSERT INTO kysely_migration VALUES ('zzz', '2026-01-01')",
  ].map((sql) => ({ what: sql, apply: (db) => db.exec(sql) }));
}
