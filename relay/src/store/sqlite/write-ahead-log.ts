import { setTimeout as sleep } from 'node:timers/promises';
import { Piscina } from 'piscina';
import { threadProgram } from '../../thread-program.ts';
import { type Connection, createMutex } from '../connection.ts';
import type { Mode, MoveAnswer } from './in-log-thread.ts';

/**
 * Keeps a database's write-ahead log short, from a thread of its own: to move its pages into the database and have them on
 * the disk takes hundreds of milliseconds at times, and SQLite itself would do it within a commit.
 */
export interface WriteAheadLog {
  /** To be called after each transaction. Resolves when what there was to move has been moved. */
  grown(): Promise<void>;
  /** Moves all of it into the database, and leaves an empty file. Gives up when others are in the way for long. */
  empty(): Promise<void>;
  /** Ends the thread with its connection; the next move starts another. */
  letGo(): Promise<void>;
  close(): Promise<void>;
}

/** Pages of 4 KiB that are moved at once. */
const MOVED_AT = 1_000;
/**
 * Pages from which the log is begun anew: who writes without a pause leaves something behind each move, and SQLite begins it
 * anew by itself only when there is nothing left.
 */
const LONG = 4_000;
/** What SQLite does within a commit after all, when the thread does not come to it. Pages. */
export const MOVED_BY_COMMITS_AT = 16_000;

/** @param connection that writes. */
export function createWriteAheadLog(path: string, connection: Connection): WriteAheadLog {
  let pool: Piscina<Mode, MoveAnswer> | null = null;
  const mutex = createMutex();
  let isMoving = false;
  let isClosed = false;

  const start = () => {
    const started = new Piscina<Mode, MoveAnswer>({
      filename: threadProgram(import.meta.url, 'in-log-thread'),
      workerData: { path },
      minThreads: 1,
      maxThreads: 1,
    });
    // What it has not moved is in the log still, and moved the next time.
    started.on('error', () => {});
    return started;
  };
  /** Null when it has failed. */
  const move = async (mode: Mode) => {
    if (isClosed) return null;
    const answer = await (pool ??= start()).run(mode).catch(() => null);
    return answer === null || 'problem' in answer ? null : answer;
  };
  /** One after the other. */
  const inTurn = async (work: () => Promise<void>): Promise<void> => {
    const release = await mutex();
    isMoving = true;
    try {
      await work();
    } finally {
      isMoving = false;
      release();
    }
  };
  const letGo = () =>
    inTurn(async () => {
      const ended = pool;
      pool = null;
      await ended?.destroy();
    });

  return {
    async grown() {
      if (isMoving || isClosed) return;
      const { rows } = await connection.query('PRAGMA wal_checkpoint(NOOP)', []);
      const [{ log, checkpointed }] = rows as [{ log: number; checkpointed: number }];
      if (log - checkpointed < MOVED_AT || isMoving) return;
      await inTurn(async () => {
        const moved = await move('PASSIVE');
        if (moved !== null && moved.log >= LONG) await move('RESTART');
      });
    },
    empty: () =>
      inTurn(async () => {
        for (let left = TRIES; left > 0; left -= 1) {
          await move('PASSIVE');
          const emptied = await move('TRUNCATE');
          if (emptied === null || !emptied.busy) return;
          await sleep(BETWEEN_TRIES_MS);
        }
      }),
    letGo,
    async close() {
      isClosed = true;
      await letGo();
    },
  };
}

const TRIES = 20;
const BETWEEN_TRIES_MS = 50;
