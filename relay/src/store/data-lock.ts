import { realpathSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';
import { SluiceError } from '../errors.ts';

export interface LockedFiles {
  /** An empty file in the data folder. */
  readonly lock: string;
  /** Whether it is there yet or not. */
  readonly database: string;
}

/**
 * Takes a data folder for one relay: a second one would delete the results that the first has spooled, and sign a
 * record that is not its own. A database that is in another folder, by a link, is taken with that folder. The lock is
 * the system's, on an empty file, by way of SQLite: it is gone with the process, whatever ends that.
 *
 * @returns how to let go.
 * @throws SluiceError `config_invalid` when another relay has it, or when the database has two names: SQLite would keep a
 *   log of what is to be written for each, and lose what is in one of them.
 */
export function lockData(files: LockedFiles): DataLock {
  const lock = tryLockData(files);
  if (lock !== null) return lock;
  throw locked(files);
}

/**
 * The same, but a command that makes an export is waited for: it is at its end soon, and nobody has to be there to start the
 * relay again.
 *
 * @param exportLock which such a command holds as well.
 * @param onWait told once, when it is waited.
 * @param patience milliseconds.
 */
export async function lockDataAfterExport(
  files: LockedFiles & { readonly exportLock: string },
  onWait: () => void,
  patience = EXPORT_PATIENCE,
): Promise<DataLock> {
  const until = performance.now() + patience;
  for (let waits = false; ; waits = true) {
    const isExported = isDataLocked({ lock: files.exportLock });
    const lock = tryLockData(files);
    if (lock !== null) return lock;
    if (!isExported || performance.now() >= until) throw locked(files, isExported);
    if (!waits) onWait();
    await sleep(100);
  }
}

/** Milliseconds: an export of a long session from a large record takes minutes. */
const EXPORT_PATIENCE = 10 * 60_000;

function locked({ lock }: LockedFiles, isExported = false): SluiceError {
  const who = isExported ? '`sluice export`' : 'another relay';
  return new SluiceError('config_invalid', `${who} has the lock on \`${lock}\``, {
    advice: 'end it first, or name another folder in `data`',
  });
}

export interface DataLock {
  release(): void;
}

/** The same; null when another relay has it. */
export function tryLockData({ lock, database }: LockedFiles): DataLock | null {
  const { nlink } = statSync(database, { throwIfNoEntry: false }) ?? { nlink: 1 };
  if (nlink > 1) {
    throw new SluiceError('config_invalid', `\`${database}\` has ${nlink} names (hard links)`, {
      advice: 'leave it the one that its log, `-wal`, is named by, and remove the others',
    });
  }
  const atDatabase = join(dirname(realOf(database)), basename(lock));
  const taken: DatabaseSync[] = [];
  const release = () => {
    for (const file of taken) file.close();
  };
  try {
    for (const path of new Set([join(realOf(dirname(lock)), basename(lock)), atDatabase]))
      taken.push(take(path));
  } catch (error) {
    release();
    if ((error as { readonly errcode?: number }).errcode === SQLITE_BUSY) return null;
    throw error;
  }
  return { release };
}

/**
 * Whether a relay has this folder now. Looks without taking it: a relay that starts at the same moment is not held up.
 */
export function isDataLocked({ lock }: Pick<LockedFiles, 'lock'>): boolean {
  if (statSync(lock, { throwIfNoEntry: false }) === undefined) return false;
  const file = new DatabaseSync(lock, { readOnly: true });
  try {
    file.prepare('SELECT COUNT(*) FROM sqlite_master').get();
    return false;
  } catch (error) {
    if ((error as { readonly errcode?: number }).errcode === SQLITE_BUSY) return true;
    throw error;
  } finally {
    file.close();
  }
}

/**
 * Takes a lock of the system's on an empty file, which is made if it is not there; gone with the process.
 *
 * @returns how to let go; null while another process has it.
 */
export function tryLock(path: string): DataLock | null {
  try {
    const file = take(path);
    return { release: () => file.close() };
  } catch (error) {
    if ((error as { readonly errcode?: number }).errcode === SQLITE_BUSY) return null;
    throw error;
  }
}

/** Where it is, when links are followed; of what is not there, where it would be. */
function realOf(path: string): string {
  try {
    return realpathSync(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    return join(realpathSync(dirname(path)), basename(path));
  }
}

function take(path: string): DatabaseSync {
  const file = new DatabaseSync(path);
  try {
    file.exec('BEGIN EXCLUSIVE');
    return file;
  } catch (error) {
    file.close();
    throw error;
  }
}

/** https://sqlite.org/rescode.html#busy */
const SQLITE_BUSY = 5;
