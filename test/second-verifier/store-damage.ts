import { randomUUID } from 'node:crypto';
import type { DatabaseSync, SQLInputValue } from 'node:sqlite';
import { canonicalJson, type EventBody } from '@sluice/contract';
import { addedRow } from '../support/attacker.ts';
import {
  checkpointDamages,
  type Damage,
  logDamages,
  loosely,
  OTHER_ID,
  OTHER_TIME,
  otherTables,
  schemaDamages,
} from './table-damage.ts';

interface EventRow {
  readonly position: number;
  readonly session: string;
  readonly seq: number;
  readonly at: string;
  readonly type: string;
  readonly salt: string | null;
  readonly body: string | null;
  readonly body_digest: string;
  readonly previous: string;
  readonly hash: string;
}

/** Every kind of damage to every kind of row: some hundreds, always the same ones for one store. */
export function damages(db: DatabaseSync): readonly Damage[] {
  const rows = db.prepare('SELECT * FROM recorded_event ORDER BY position').all() as unknown as EventRow[];
  const targets = targetsIn(rows);
  return [
    ...columnDamages(targets),
    ...rowDamages(rows, targets),
    ...addedEvents(rows, targets),
    ...checkpointDamages(db),
    ...logDamages(),
    ...otherTables(db),
    ...schemaDamages(),
  ];
}

/** One row of each type, one whose body retention has removed, the first, one in the middle of nothing, the last. */
function targetsIn(rows: readonly EventRow[]): ReadonlyMap<string, EventRow> {
  const targets = new Map<string, EventRow>();
  for (const row of rows) {
    const name = row.body === null ? 'removed body' : row.type;
    if (!targets.has(name)) targets.set(name, row);
  }
  targets.set(
    'the first of the second key',
    rows.findLast(({ type }) => type === 'signing_key')!,
  );
  targets.set('one of the middle', rows[100]!);
  targets.set('the last', rows.at(-1)!);
  return targets;
}

const DIGEST = 'ab'.repeat(32);

/** New values of a column, each with a name. */
const VALUES: Readonly<Record<string, (row: EventRow) => Readonly<Record<string, SQLInputValue>>>> = {
  session: ({ session }) => ({
    'another session': OTHER_ID,
    'upper case': session.toUpperCase(),
    nothing: '',
  }),
  seq: ({ seq }) => ({
    'one thousand more': seq + 1_000,
    'five hundred': 500,
    'below zero': -1,
    'a text': 'x',
  }),
  at: ({ at }) => ({
    'an hour later': at.replace('T09', 'T10'),
    'no time': 'yesterday',
    bytes: Buffer.from([1]),
  }),
  type: ({ type }) => ({ 'another type': type === 'prompt' ? 'notice' : 'prompt', unknown: 'invented' }),
  salt: () => ({ another: 'cd'.repeat(16), 'no hex': 'salt', nothing: null }),
  body: ({ body }) => ({
    'in another form': body === null ? '{}' : ` ${body}`,
    'cut off': body === null ? '{' : body.slice(0, -1),
    'another value': body === null ? '{"type":"x"}' : body.replace(/:"[^"]/u, ':"~'),
    nothing: null,
    bytes: Buffer.from(body ?? 'x'),
  }),
  body_digest: () => ({ another: DIGEST, 'no digest': 'x' }),
  previous: () => ({ another: DIGEST, 'no digest': '', zeros: '0'.repeat(64) }),
  hash: ({ hash }) => ({
    another: DIGEST,
    'upper case': hash.toUpperCase(),
    'no digest': 'x',
    'a number': 7,
  }),
};

function columnDamages(targets: ReadonlyMap<string, EventRow>): readonly Damage[] {
  return [...targets].flatMap(([name, row]) =>
    Object.entries(VALUES).flatMap(([column, valuesOf]) =>
      Object.entries(valuesOf(row))
        .filter(([, value]) => value !== (row as unknown as Record<string, unknown>)[column])
        .map(([how, value]) => ({
          what: `${column} of ${name}: ${how}`,
          apply: (db) => setColumn(db, { column, value, position: row.position }),
        })),
    ),
  );
}

function setColumn(
  db: DatabaseSync,
  { column, value, position }: { column: string; value: SQLInputValue; position: number },
): void {
  const sql = `UPDATE recorded_event SET ${column} = ? WHERE position = ?`;
  loosely(db, 'recorded_event', () => db.prepare(sql).run(value, position));
}

function rowDamages(rows: readonly EventRow[], targets: ReadonlyMap<string, EventRow>): readonly Damage[] {
  const last = rows.length - 1;
  return [...targets].flatMap(([name, { position, session, seq }]) => [
    {
      what: `${name} is deleted`,
      apply: (db) => db.exec(`DELETE FROM recorded_event WHERE position = ${position}`),
    },
    {
      what: `${name} is deleted, and the log says one less`,
      apply: (db) =>
        db.exec(
          `DELETE FROM recorded_event WHERE position = ${position}; UPDATE recorded_log SET size = size - 1`,
        ),
    },
    {
      what: `${name} is deleted, and all behind it move up`,
      apply(db) {
        db.exec(`DELETE FROM recorded_event WHERE position = ${position}`);
        db.exec(`UPDATE recorded_event SET position = -position WHERE position > ${position}`);
        db.exec(`UPDATE recorded_event SET position = -position - 1 WHERE position < 0`);
        db.exec('UPDATE recorded_log SET size = size - 1');
      },
    },
    {
      what: `everything from ${name} on is deleted`,
      apply: (db) => db.exec(`DELETE FROM recorded_event WHERE position >= ${position}`),
    },
    {
      what: `everything from ${name} on is deleted, and the log ends there`,
      apply: (db) =>
        db.exec(
          `DELETE FROM recorded_event WHERE position >= ${position}; UPDATE recorded_log SET size = ${position}`,
        ),
    },
    {
      what: `the session of ${name} is deleted`,
      apply: (db) => db.exec(`DELETE FROM recorded_event WHERE session = '${session}'`),
    },
    {
      what: `the session of ${name} ends with it`,
      apply: (db) => db.exec(`DELETE FROM recorded_event WHERE session = '${session}' AND seq > ${seq}`),
    },
    {
      what: `the session of ${name} begins with it`,
      apply: (db) => db.exec(`DELETE FROM recorded_event WHERE session = '${session}' AND seq < ${seq}`),
    },
    {
      what: `${name} changes places with the one behind it`,
      apply: (db) => swap(db, position, position === last ? 0 : position + 1),
    },
    {
      what: `${name} changes places with the last`,
      apply: (db) => swap(db, position, position === last ? last - 1 : last),
    },
    {
      what: `${name} stands before the log`,
      apply: (db) => db.exec(`UPDATE recorded_event SET position = -7 WHERE position = ${position}`),
    },
    {
      what: `${name} stands far behind the log`,
      apply: (db) => db.exec(`UPDATE recorded_event SET position = 9000 WHERE position = ${position}`),
    },
    {
      what: `${name} loses body and salt`,
      apply: (db) =>
        db.exec(`UPDATE recorded_event SET body = NULL, salt = NULL WHERE position = ${position}`),
    },
  ]);
}

function swap(db: DatabaseSync, one: number, other: number): void {
  db.exec(`UPDATE recorded_event SET position = -99 WHERE position = ${one}`);
  db.exec(`UPDATE recorded_event SET position = ${one} WHERE position = ${other}`);
  db.exec(`UPDATE recorded_event SET position = ${other} WHERE position = -99`);
}

/** Events that fit behind their sessions, and those that are made to fit after a change. */
function addedEvents(rows: readonly EventRow[], targets: ReadonlyMap<string, EventRow>): readonly Damage[] {
  const whole = [...targets].filter(([, row]) => row.body !== null);
  const bodies: Readonly<Record<string, EventBody>> = {
    'a notice': { type: 'notice', what: 'invented', detail: {} },
    'a closing': { type: 'closed', how: 'client' },
    'a redaction of everything': { type: 'redacted', rule: 'mine', events: [0, 1, 2, 3], payloads: [] },
  };
  return [
    ...whole.map(([name, row]): Damage => ({
      what: `${name} is changed, and all hashes of its session made to fit`,
      apply: (db) => rehash(db, row),
    })),
    ...[...targets].flatMap(([name, row]) =>
      Object.entries(bodies).map(([which, body]): Damage => ({
        what: `${which} behind the session of ${name}`,
        apply: (db) => append(db, row.session, body, rows.length),
      })),
    ),
    ...whole.slice(0, 8).map(([name, row]): Damage => ({
      what: `${name} once more, at the end`,
      apply(db) {
        db.exec(`INSERT INTO recorded_event SELECT ${rows.length}, session, seq + 1000, at, type, salt, body, body_digest,
          previous, hash, mac FROM recorded_event WHERE position = ${row.position}`);
        db.exec('UPDATE recorded_log SET size = size + 1');
      },
    })),
  ];
}

function rehash(db: DatabaseSync, { session, position }: EventRow): void {
  const later = db
    .prepare('SELECT * FROM recorded_event WHERE session = ? AND position >= ? ORDER BY seq')
    .all(session, position) as unknown as EventRow[];
  let { previous } = later[0]!;
  for (const row of later) {
    const body = JSON.parse(row.body ?? 'null') as (EventBody & { at?: string }) | null;
    if (body === null) continue;
    const before = {
      session,
      seq: row.seq - 1,
      at: row.position === position ? OTHER_TIME : row.at,
      hash: previous,
    };
    const made = addedRow(before, JSON.parse(canonicalJson(body)) as EventBody);
    db.prepare(
      'UPDATE recorded_event SET at = ?, salt = ?, body = ?, body_digest = ?, previous = ?, hash = ? WHERE position = ?',
    ).run(made.at, made.salt, made.body, made.body_digest, made.previous, made.hash, row.position);
    previous = made.hash;
  }
}

function append(db: DatabaseSync, session: string, body: EventBody, position: number): void {
  const last = db
    .prepare('SELECT * FROM recorded_event WHERE session = ? ORDER BY seq DESC LIMIT 1')
    .get(session) as unknown as EventRow;
  const row = { position, ...addedRow(last, body), mac: '' };
  const names = Object.keys(row);
  db.prepare(`INSERT INTO recorded_event (${names.join()}) VALUES (${names.map(() => '?').join()})`).run(
    ...Object.values(row),
  );
  db.exec('UPDATE recorded_log SET size = size + 1');
}

/** A name for the copy of a store. */
export function copyName(): string {
  return `${randomUUID()}.db`;
}
