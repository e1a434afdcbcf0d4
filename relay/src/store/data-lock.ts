import { DatabaseSync } from 'node:sqlite';
import { SluiceError } from '../errors.ts';

/**
 * Takes a data folder for one relay: a second one would delete the results that the first has spooled, and sign a
 * record that is not its own. The lock is the system's, on an empty file, by way of SQLite: it is gone with the process,
 * whatever ends that.
 *
 * @param path the file.
 * @returns how to let go.
 * @throws SluiceError `config_invalid` when another relay has it.
 */
export function lockData(path: string): { release(): void } {
  const file = new DatabaseSync(path);
  try {
    file.exec('BEGIN EXCLUSIVE');
  } catch (error) {
    file.close();
    if ((error as { readonly errcode?: number }).errcode !== SQLITE_BUSY) throw error;
    throw new SluiceError('config_invalid', `another relay has the lock on \`${path}\``, {
      advice: 'end it first, or name another folder in `data`',
      cause: error,
    });
  }
  return { release: () => file.close() };
}

/** https://sqlite.org/rescode.html#busy */
const SQLITE_BUSY = 5;
