import { DatabaseSync, type StatementSync } from 'node:sqlite';
import { LRUCache } from 'lru-cache';
import type { Connection } from '../connection.ts';
import { StoreError, type StoreProblem } from '../store-error.ts';
import { asValues } from '../values.ts';

/** How much work a database was given, for benchmarks and tests. */
export interface Meter {
  prepares: number;
  commits: number;
}

export interface SqliteConnection extends Connection {
  readonly meter: Readonly<Meter>;
  /**
   * Whether the disk has failed since it was opened. What a system has in its memory of a file whose `fsync` has failed
   * need not be what is on the disk.
   */
  isDoubtful(): boolean;
  /** Opens the database anew, and recovers it as after a crash. @throws StoreError */
  reopen(): void;
  /** Several statements at once, without parameters. */
  exec(text: string): void;
  /**
   * From now on, what would be read in another way than in an empty database of the same schema is not read: by statistics that
   * somebody wrote, a look-up may become a reading of everything.
   */
  planAs(empty: DatabaseSync): void;
  /** The whole database as it is now. */
  image(): Uint8Array;
  close(): void;
}

/** Statements that stay prepared: more than the relay has, and texts vary with how many rows are written at once. */
const MOST_PREPARED = 500;

/**
 * SQLite in this process. It is synchronous: a query holds the event loop until the disk has answered.
 *
 * @throws StoreError
 */
export function connectSqlite(
  path: string,
  options: {
    readonly readOnly: boolean;
    /** What a connection begins with: several statements. */
    readonly settings?: string;
    /** What a database in memory begins as. */
    readonly image?: Uint8Array | undefined;
    /** Bytes at most of one value, and of all rows of one answer: a database that somebody else has made may hold anything. */
    readonly most?: { readonly value: number; readonly answer: number };
  },
): SqliteConnection {
  const { readOnly, settings = '', image, most } = options;
  const open = () => {
    const limits = most === undefined ? {} : { limits: { length: most.value } };
    const opened = new DatabaseSync(path, { readOnly, ...limits });
    try {
      if (image !== undefined) opened.deserialize(image);
      opened.exec(settings);
      return opened;
    } catch (error) {
      opened.close();
      throw error;
    }
  };
  let isDoubtful = false;
  const translating = <T>(work: () => T): T => {
    try {
      return work();
    } catch (error) {
      const translated = error instanceof StoreError ? error : new StoreError(problemOf(error), error);
      // One in memory has no disk, and would be empty when it was opened anew.
      if (path !== ':memory:' && DOUBTFUL.has(translated.problem)) isDoubtful = true;
      throw translated;
    }
  };
  let sqlite = translating(open);
  let empty: DatabaseSync | null = null;
  const prepared = new LRUCache<string, Prepared>({ max: MOST_PREPARED });
  const meter: Meter = { prepares: 0, commits: 0 };

  const statementOf = (text: string) => {
    const known = prepared.get(text);
    if (known !== undefined) return known;
    if (empty !== null && planOf(sqlite, text) !== planOf(empty, text)) throw new StoreError('statistics');
    meter.prepares += 1;
    const statement = sqlite.prepare(text);
    const made = { statement, answers: statement.columns().length > 0 };
    prepared.set(text, made);
    return made;
  };

  return {
    meter,
    query: async (text, parameters, rowsAs) =>
      translating(() => {
        const values = asValues(parameters);
        const { statement, answers } = statementOf(text);
        if (text === 'COMMIT') meter.commits += 1;
        if (answers) statement.setReturnArrays(rowsAs === 'arrays');
        if (answers) {
          // Where arrays are asked for, somebody reads very many rows, and as many at once as are not too long.
          if (most !== undefined && rowsAs !== 'arrays')
            return { rows: [...within(statement.iterate(...values), most.answer)], changed: 0 };
          const rows: unknown = statement.all(...values);
          // Node answers with nothing at all where a text is longer than any of its own can be.
          if (!Array.isArray(rows)) throw new StoreError('damaged');
          return { rows, changed: 0 };
        }
        return { rows: [], changed: Number(statement.run(...values).changes) };
      }),
    exec: (text) => translating(() => sqlite.exec(text)),
    planAs(made) {
      empty = made;
    },
    image: () => translating(() => sqlite.serialize()),
    isDoubtful: () => isDoubtful,
    reopen: () =>
      translating(() => {
        prepared.clear();
        if (sqlite.isOpen) sqlite.close();
        sqlite = open();
        isDoubtful = false;
      }),
    close: () => {
      if (sqlite.isOpen) sqlite.close();
    },
  };
}

/** The steps in which a query is answered. */
function planOf(db: DatabaseSync, text: string): string {
  const steps = db.prepare(`EXPLAIN QUERY PLAN ${text}`).all();
  return steps.map(({ detail }) => String(detail)).join('\n');
}

/** @throws StoreError `damaged` for more than so many bytes. */
function* within(rows: Iterable<Readonly<Record<string, unknown>>>, most: number) {
  let bytes = 0;
  for (const row of rows) {
    bytes += OF_A_ROW;
    for (const value of Object.values(row))
      if (typeof value === 'string' || value instanceof Uint8Array) bytes += value.length;
    if (bytes > most) throw new StoreError('damaged');
    yield row;
  }
}

const OF_A_ROW = 100;

interface Prepared {
  readonly statement: StatementSync;
  /** With rows. */
  readonly answers: boolean;
}

/** SQLite's own result codes: https://www.sqlite.org/rescode.html */
function problemOf(error: unknown): StoreProblem {
  if (!(error instanceof Error)) return 'other';
  const { code, errcode } = error as { code?: unknown; errcode?: unknown };
  if (code === 'ERR_INVALID_STATE') return 'lost';
  // A number in the file that no program of ours has put there.
  if (code === 'ERR_OUT_OF_RANGE') return 'damaged';
  if (typeof errcode !== 'number') return 'other';
  if (UNIQUE.has(errcode)) return 'taken';
  return PROBLEMS.get(errcode & 0xff) ?? 'other';
}

/** SQLITE_CONSTRAINT_PRIMARYKEY, _UNIQUE, _ROWID. */
const UNIQUE: ReadonlySet<number> = new Set([1555, 2067, 2579]);

const PROBLEMS: ReadonlyMap<number, StoreProblem> = new Map([
  [5, 'busy'],
  [6, 'busy'],
  [8, 'read_only'],
  [10, 'disk'],
  [11, 'damaged'],
  [13, 'full'],
  [14, 'lost'],
  [18, 'value'],
  [26, 'damaged'],
]);

const DOUBTFUL: ReadonlySet<StoreProblem> = new Set(['disk', 'damaged']);
