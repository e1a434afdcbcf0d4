import { mkdirSync, renameSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync, type SQLInputValue } from 'node:sqlite';
import type { SessionSummary } from '@sluice/contract';
import { TroubleError } from '../relays/trouble.ts';

/** A session that was found intact, as it is listed. */
export interface KeptSession {
  readonly session: string;
  readonly log: string;
  /** The app's name of the relay that it was downloaded from; null when it came as a file. */
  readonly relay: string | null;
  /** Of the export. */
  readonly bytes: number;
  readonly isPinned: boolean;
  /** Milliseconds since the epoch: when it was taken in, and when somebody looked at it last. */
  readonly takenAt: number;
  readonly usedAt: number;
  readonly summary: SessionSummary;
  /** The key that signs the export's checkpoint, which was trusted then: SPKI, base64. */
  readonly key: string;
  /** Whether its end is signed: that there was no more, and nothing was left out. */
  readonly isAttested: boolean;
  /** Names of the witnesses that stand for it. */
  readonly witnesses: readonly string[];
  /** Whether its checkpoint is of the history that this computer has seen of the log. */
  readonly history: History;
}

/** `unknown`: nobody could say yet. `another`: it contradicts what was seen, as came out after it was kept. */
export type History = 'seen' | 'unknown' | 'another';

/** What is to be compared with what was seen, once somebody can say. */
export interface Unsettled extends Pick<KeptSession, 'session' | 'relay'> {
  /** Of its checkpoint, and of the earlier ones that the export holds. */
  readonly notes: readonly string[];
}

/** What is to be listed. */
export type ToKeep = Omit<KeptSession, 'relay' | 'isPinned' | 'usedAt'> & Pick<Unsettled, 'notes'>;

export interface StoredLine {
  readonly kind: string;
  readonly seq: number | null;
  readonly address: string | null;
  readonly position: number | null;
  readonly text: string;
}

/** A session that comes in: not listed before it is kept. */
export type Place = number & { readonly __place: unique symbol };

/** Exports, line by line, in a SQLite file. Every call is short: what takes longer is done a part at a time. */
export interface Library {
  begin(relay: string | null): Place;
  add(place: Place, lines: readonly StoredLine[]): void;
  /** Lists it, and what goes for it goes no more: in one transaction. @returns what had to go. */
  keep(place: Place, session: ToKeep): readonly string[];
  /** Sessions of an unknown history. */
  unsettled(): readonly Unsettled[];
  settle(session: string, history: Exclude<History, 'unknown'>): void;
  /** It will never be listed. */
  drop(place: Place): void;
  /** Removes a part of what is dropped. @returns whether there is more. */
  tidy(): boolean;
  /** Newest first. */
  list(): readonly KeptSession[];
  find(session: string): KeptSession | null;
  lines(
    session: string,
    after: { readonly kind?: string; readonly line: number; readonly seq: number },
  ): readonly NumberedLine[];
  payload(session: string, address: string): string | null;
  event(session: string, seq: number): string | null;
  /** Events of all sessions, the last taken in first. */
  events(below: number, limit: number): readonly (NumberedLine & { readonly session: string })[];
  use(session: string, now: number): void;
  pin(session: string, isPinned: boolean): void;
  remove(session: string): void;
  /** Bytes of what may not go to make room, and the limit. */
  room(): { readonly pinned: number; readonly used: number; readonly limit: number };
  /** From now on; what is too much goes at once. @returns what had to go. */
  limitTo(bytes: number): readonly string[];
  want(session: string, relay: string): void;
  /** Downloads that were asked for, and neither ended nor were called off. */
  wanted(): readonly { readonly session: string; readonly relay: string }[];
  forget(session: string): void;
  close(): void;
}

export interface NumberedLine extends StoredLine {
  readonly line: number;
}

/**
 * Opens it, or makes a new one.
 *
 * @param limit bytes of exports that are kept; what was used longest ago goes first, and what is pinned stays.
 * @throws TroubleError `replays_damaged` when it cannot be read: `setAside` is the way on. `disk_full`.
 */
export function openLibrary(path: string, limit: number): Library {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  return guarded(() => {
    const db = new DatabaseSync(path, { timeout: 5_000 });
    try {
      return libraryOn(db, limit);
    } catch (error) {
      db.close();
      throw error;
    }
  });
}

/** Puts a damaged one aside, for whoever can mend it, so that a new one can be made. */
export function setAside(path: string, suffix: string): string {
  const away = `${path}.damaged-${suffix}`;
  renameSync(path, away);
  for (const side of ['-wal', '-shm']) rmSync(`${path}${side}`, { force: true });
  return away;
}

function libraryOn(db: DatabaseSync, given: number): Library {
  let limit = given;
  db.exec(SCHEMA);
  // A look at the structure of the newest pages: whatever else is damaged is found when it is read.
  db.prepare('SELECT count(*) FROM session').get();
  const all = <Row>(sql: string, ...values: SQLInputValue[]) => db.prepare(sql).all(...values) as Row[];
  const run = (sql: string, ...values: SQLInputValue[]) => db.prepare(sql).run(...values);
  const transaction = <T>(work: () => T): T => {
    db.exec('BEGIN IMMEDIATE');
    try {
      const result = work();
      db.exec('COMMIT');
      return result;
    } catch (error) {
      if (db.isTransaction) db.exec('ROLLBACK');
      throw error;
    }
  };
  // Half a session is none: whatever ended the app before.
  run("UPDATE session SET state = 'going' WHERE state = 'incoming'");
  const addLine = db.prepare(
    'INSERT INTO line (place, kind, seq, address, position, text) VALUES (?, ?, ?, ?, ?, ?)',
  );
  const sumOf = (where: string) =>
    all<{ sum: number | null }>(`SELECT sum(bytes) AS sum FROM session WHERE state = 'kept' AND ${where}`)[0]!
      .sum ?? 0;
  const placeOf = (session: string) =>
    all<{ place: number }>("SELECT place FROM session WHERE session = ? AND state = 'kept'", session)[0]
      ?.place ?? -1;
  const makeRoom = (): string[] => {
    const gone: string[] = [];
    while (sumOf('1') > limit) {
      const [oldest] = all<{ place: number; session: string }>(
        "SELECT place, session FROM session WHERE state = 'kept' AND NOT pinned ORDER BY used_at, place LIMIT 1",
      );
      if (oldest === undefined) break;
      run("UPDATE session SET state = 'going' WHERE place = ?", oldest.place);
      gone.push(oldest.session);
    }
    return gone;
  };
  const rows = (where: string, ...values: SQLInputValue[]) =>
    all<SessionRow>(`SELECT * FROM session WHERE state = 'kept' AND ${where}`, ...values).map(readSession);

  const library: Library = {
    begin: (relay) =>
      Number(
        run("INSERT INTO session (relay, state) VALUES (?, 'incoming')", relay).lastInsertRowid,
      ) as Place,
    add: (place, lines) =>
      transaction(() => {
        for (const { kind, seq, address, position, text } of lines) {
          addLine.run(place, kind, seq, address, position, text);
        }
      }),
    keep: (place, { session, log, bytes, takenAt, notes, ...about }) =>
      transaction(() => {
        const before = library.find(session);
        run("UPDATE session SET state = 'going' WHERE session = ? AND state = 'kept'", session);
        run(
          `UPDATE session SET state = 'kept', session = ?, log = ?, bytes = ?, taken_at = ?, used_at = ?, pinned = ?,
             opened_at = ?, about = ? WHERE place = ?`,
          session,
          log,
          bytes,
          takenAt,
          takenAt,
          before?.isPinned === true ? 1 : 0,
          about.summary.openedAt,
          JSON.stringify(about.history === 'unknown' ? { ...about, notes } : about),
          place,
        );
        run('DELETE FROM wanted WHERE session = ?', session);
        return makeRoom();
      }),
    unsettled: () =>
      all<{ session: string; relay: string | null; notes: string }>(
        `SELECT session, relay, about ->> '$.notes' AS notes FROM session
           WHERE state = 'kept' AND about ->> '$.history' = 'unknown' ORDER BY place`,
      ).map(({ notes, ...of }) => ({ ...of, notes: JSON.parse(notes) as string[] })),
    settle: (session, history) =>
      void run(
        "UPDATE session SET about = json_remove(json_set(about, '$.history', ?), '$.notes') WHERE session = ? AND state = 'kept'",
        history,
        session,
      ),
    drop: (place) => void run("UPDATE session SET state = 'going' WHERE place = ?", place),
    tidy() {
      const [going] = all<{ place: number }>("SELECT place FROM session WHERE state = 'going' LIMIT 1");
      if (going === undefined) return false;
      const { changes } = run(
        'DELETE FROM line WHERE number IN (SELECT number FROM line WHERE place = ? LIMIT ?)',
        going.place,
        A_PART,
      );
      if (Number(changes) === 0) run('DELETE FROM session WHERE place = ?', going.place);
      db.exec('PRAGMA incremental_vacuum(2000)');
      return true;
    },
    list: () => rows('1 ORDER BY opened_at DESC, session'),
    find: (session) => rows('session = ?', session)[0] ?? null,
    lines: (session, { kind, line, seq }) =>
      all<NumberedLine>(
        `SELECT number AS line, kind, seq, address, position, text FROM line
           WHERE place = ? AND number > ? ${kind === undefined ? '' : 'AND kind = ? AND seq > ?'} ORDER BY number LIMIT ${A_PAGE}`,
        placeOf(session),
        line,
        ...(kind === undefined ? [] : [kind, seq]),
      ),
    payload: (session, address) =>
      all<{ text: string }>(
        'SELECT text FROM line WHERE place = ? AND address = ?',
        placeOf(session),
        address,
      )[0]?.text ?? null,
    event: (session, seq) =>
      all<{ text: string }>('SELECT text FROM line WHERE place = ? AND seq = ?', placeOf(session), seq)[0]
        ?.text ?? null,
    events: (below, most) =>
      all(
        `SELECT number AS line, kind, seq, address, position, text, session FROM line JOIN session USING (place)
           WHERE state = 'kept' AND kind = 'event' AND number < ? ORDER BY number DESC LIMIT ?`,
        below,
        most,
      ),
    use(session, now) {
      try {
        run("UPDATE session SET used_at = ? WHERE session = ? AND state = 'kept'", now, session);
      } catch {
        // Where the disk is full, it is read all the same.
      }
    },
    pin: (session, isPinned) =>
      void run(
        "UPDATE session SET pinned = ? WHERE session = ? AND state = 'kept'",
        isPinned ? 1 : 0,
        session,
      ),
    remove: (session) =>
      void run("UPDATE session SET state = 'going' WHERE session = ? AND state = 'kept'", session),
    room: () => ({ pinned: sumOf('pinned'), used: sumOf('1'), limit }),
    limitTo(bytes) {
      limit = bytes;
      return transaction(makeRoom);
    },
    want: (session, relay) => void run('INSERT OR REPLACE INTO wanted VALUES (?, ?)', session, relay),
    wanted: () => all('SELECT session, relay FROM wanted ORDER BY session'),
    forget: (session) => void run('DELETE FROM wanted WHERE session = ?', session),
    close: () => db.close(),
  };
  return Object.fromEntries(
    Object.entries(library).map(([name, call]) => [
      name,
      (...given: never[]) => guarded(() => (call as (...given: never[]) => unknown)(...given)),
    ]),
  ) as unknown as Library;
}

const A_PART = 2_000;
const A_PAGE = 200;

const SCHEMA = `
  PRAGMA auto_vacuum = INCREMENTAL;
  PRAGMA journal_mode = WAL;
  PRAGMA synchronous = NORMAL;
  PRAGMA secure_delete = ON;
  CREATE TABLE IF NOT EXISTS session (
    place INTEGER PRIMARY KEY AUTOINCREMENT, state TEXT NOT NULL, relay TEXT, session TEXT, log TEXT, bytes INTEGER,
    pinned INTEGER NOT NULL DEFAULT 0, taken_at INTEGER, used_at INTEGER, opened_at TEXT, about TEXT
  ) STRICT;
  CREATE UNIQUE INDEX IF NOT EXISTS kept_session ON session (session) WHERE state = 'kept';
  CREATE TABLE IF NOT EXISTS line (
    number INTEGER PRIMARY KEY AUTOINCREMENT, place INTEGER NOT NULL, kind TEXT NOT NULL, seq INTEGER, address TEXT,
    position INTEGER, text TEXT NOT NULL
  ) STRICT;
  CREATE INDEX IF NOT EXISTS line_place ON line (place, number);
  CREATE INDEX IF NOT EXISTS line_seq ON line (place, seq) WHERE seq IS NOT NULL;
  CREATE INDEX IF NOT EXISTS line_address ON line (place, address) WHERE address IS NOT NULL;
  CREATE TABLE IF NOT EXISTS wanted (session TEXT PRIMARY KEY, relay TEXT NOT NULL) STRICT;
`;

interface SessionRow {
  readonly session: string;
  readonly relay: string | null;
  readonly log: string;
  readonly bytes: number;
  readonly pinned: number;
  readonly taken_at: number;
  readonly used_at: number;
  readonly about: string;
}

function readSession({
  session,
  relay,
  log,
  bytes,
  pinned,
  taken_at,
  used_at,
  about,
}: SessionRow): KeptSession {
  const { notes: _, ...more } = JSON.parse(about) as { notes?: unknown } & Pick<
    KeptSession,
    'summary' | 'key' | 'isAttested' | 'witnesses' | 'history'
  >;
  return { session, relay, log, bytes, isPinned: pinned === 1, takenAt: taken_at, usedAt: used_at, ...more };
}

/** SQLite's own errors in the app's words. @throws TroubleError. */
function guarded<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    const code = (error as { readonly errcode?: number }).errcode ?? 0;
    const primary = code % 256;
    if (primary === FULL || code === CANNOT_WRITE) {
      throw new TroubleError(
        'disk_full',
        'the disk is full',
        'make room, and try again: nothing that was kept is lost',
        error,
      );
    }
    if (primary === CORRUPT || primary === NOT_A_DATABASE || error instanceof SyntaxError) {
      const advice = 'put the file aside and begin a new one: sessions can be downloaded again';
      throw new TroubleError('replays_damaged', 'the file of downloaded sessions is damaged', advice, error);
    }
    throw error;
  }
}

const FULL = 13;
const CORRUPT = 11;
const NOT_A_DATABASE = 26;
/** SQLITE_IOERR_SHMSIZE: the file beside the database has no room. */
const CANNOT_WRITE = 4_874;
