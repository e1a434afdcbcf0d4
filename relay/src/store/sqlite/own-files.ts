import { statSync } from 'node:fs';
import { StoreError } from '../store-error.ts';

/**
 * Says whether what SQLite writes to is still what has these names. A file that was removed or replaced can be written
 * to like any other, and is gone with the process: nothing in it is on the record.
 */
export interface OwnFiles {
  /** @throws StoreError `gone`. */
  confirm(): void;
  /** Only the database itself: its other files go when it is closed. @throws StoreError `gone`. */
  confirmDatabase(): void;
}

/**
 * @param path of the database, which is open and has its write-ahead log. A database in memory has no files.
 * @param lock another file that has to stay.
 */
export function ownFiles(path: string, lock?: string): OwnFiles {
  const own = path === ':memory:' ? [] : [path, `${path}-wal`, `${path}-shm`];
  const names = lock === undefined ? own : [...own, lock];
  const files = names.map((name) => ({ name, id: idOf(name) }));
  const confirm = (some: typeof files) => {
    for (const { name, id } of some) if (idOf(name) !== id) throw new StoreError('gone');
  };
  return {
    confirm: () => confirm(files),
    confirmDatabase: () => confirm(files.slice(0, 1)),
  };
}

/** Null when there is no such file. */
function idOf(path: string): string | null {
  const stats = statSync(path, { throwIfNoEntry: false });
  return stats === undefined ? null : `${stats.dev} ${stats.ino}`;
}
