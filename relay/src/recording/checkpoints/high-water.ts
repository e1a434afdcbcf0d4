import { createHash } from 'node:crypto';
import { closeSync, constants, fdatasync, openSync, readSync, writeSync } from 'node:fs';
import { promisify } from 'node:util';

/**
 * How far the log had come when this relay last told somebody that something is recorded. It stands beside the database, so that one
 * that has lost the end of its log (a damaged write-ahead log, a copy that took over too early) is noticed.
 */
export interface HighWater {
  /** Null when nothing was marked yet. */
  read(): LogEnd | null;
  /** Costs a write to the system's cache: a crash of the process loses nothing, one of the machine the newest marks. */
  mark(end: LogEnd): void;
  /** Makes the newest mark durable. */
  sync(): Promise<void>;
  close(): void;
}

export interface LogEnd {
  /** Number of events. */
  readonly size: number;
  /** The last one's hash, hex. */
  readonly hash: string;
  /**
   * The Merkle tree's root over them, hex: it tells of every one of them. Null where others append too and have not been read
   * yet.
   */
  readonly root: string | null;
}

/** In a file of two places, which are written in turn: whatever becomes of a write, the other one is whole. */
export function highWaterFile(path: string): HighWater {
  const file = openSync(path, constants.O_RDWR | constants.O_CREAT, 0o600);
  let place = 0;
  let isMarked = false;
  let newest: LogEnd | null = null;
  const mark = (end: LogEnd) => {
    writeSync(file, format(end), place * PLACE, 'latin1');
    place = 1 - place;
    isMarked = true;
    newest = end;
  };
  return {
    read() {
      const bytes = Buffer.alloc(2 * PLACE);
      const length = readSync(file, bytes, 0, bytes.length, 0);
      const text = bytes.toString('latin1', 0, length);
      const ends = [text.slice(0, PLACE), text.slice(PLACE)].flatMap((line) => parse(line) ?? []);
      return ends.toSorted((a, b) => b.size - a.size)[0] ?? null;
    },
    mark,
    async sync() {
      if (!isMarked) return;
      isMarked = false;
      try {
        await datasync(file);
      } catch (error) {
        // The system may have forgotten it, and say next time that all is well: it is written anew then.
        isMarked = true;
        if (newest !== null) mark(newest);
        throw error;
      }
    },
    close: () => closeSync(file),
  };
}

/** Why a file beside the database cannot be written. Its name is told in the log, where messages are not. */
export function unwritten(file: 'high-water' | 'signed-head', cause: unknown): Error {
  const error = new Error(`\`${file}\` cannot be written`, { cause });
  error.name = file;
  return error;
}

/** For tests and benchmarks, whose record ends with the process. */
export function highWaterInMemory(): HighWater {
  let newest: LogEnd | null = null;
  return {
    read: () => newest,
    mark(end) {
      newest = end;
    },
    sync: async () => {},
    close() {},
  };
}

const datasync = promisify(fdatasync);

const DIGITS = 16;
/** `SIZE HASH ROOT CHECK\n`. Bytes. */
const PLACE = DIGITS + 1 + 64 + 1 + 64 + 1 + 8 + 1;
const NO_ROOT = '-'.repeat(64);

function format({ size, hash, root }: LogEnd): string {
  const text = `${String(size).padStart(DIGITS, '0')} ${hash} ${root ?? NO_ROOT}`;
  return `${text} ${check(text)}\n`;
}

/** Null for a place that was never written, or not to its end. */
function parse(line: string): LogEnd | null {
  const [size = '', hash = '', root = ''] = line.split(' ');
  const end = { size: Number(size), hash, root: root === NO_ROOT ? null : root };
  return Number.isSafeInteger(end.size) && hash.length === 64 && format(end) === line ? end : null;
}

function check(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 8);
}
