import { pathToFileURL } from 'node:url';
import { workerData } from 'node:worker_threads';
import { StoreError, type StoreProblem } from '../store-error.ts';
import { connectSqlite, type SqliteConnection } from './connection.ts';

/** `PASSIVE` waits for nobody. The others keep writers out for as long as they take: SQLite begins the log anew behind them. */
export type Mode = 'PASSIVE' | 'RESTART' | 'TRUNCATE';

export type MoveAnswer =
  | {
      /** Pages in the write-ahead log, and how many of them are in the database now. */
      readonly log: number;
      readonly moved: number;
      /** Somebody was in the way. */
      readonly busy: boolean;
    }
  | { readonly problem: StoreProblem };

const { path } = workerData as { readonly path: string };
let connection: SqliteConnection | null = null;

/** Called in a thread of its own: moves pages from the write-ahead log into the database. */
export default async function inLogThread(mode: Mode): Promise<MoveAnswer> {
  try {
    connection ??= connectSqlite(`${pathToFileURL(path).href}?mode=rw`, {
      readOnly: false,
      settings: SETTINGS,
    });
    const { rows } = await connection.query(`PRAGMA wal_checkpoint(${mode})`, []);
    const [{ busy, log, checkpointed }] = rows as [{ busy: number; log: number; checkpointed: number }];
    return { log, moved: checkpointed, busy: busy !== 0 };
  } catch (error) {
    // An error of a class does not cross threads as what it is.
    if (error instanceof StoreError) return { problem: error.problem };
    throw error;
  }
}

/** For who reads or writes: writers are kept out meanwhile. */
const SETTINGS = 'PRAGMA busy_timeout = 30; PRAGMA synchronous = FULL';
