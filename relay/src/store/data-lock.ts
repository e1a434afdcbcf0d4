import { realpathSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
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
export function lockData({ lock, database }: LockedFiles): { release(): void } {
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
    throw error;
  }
  return { release };
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
    if ((error as { readonly errcode?: number }).errcode !== SQLITE_BUSY) throw error;
    throw new SluiceError('config_invalid', `another relay has the lock on \`${path}\``, {
      advice: 'end it first, or name another folder in `data`',
      cause: error,
    });
  }
}

/** https://sqlite.org/rescode.html#busy */
const SQLITE_BUSY = 5;
