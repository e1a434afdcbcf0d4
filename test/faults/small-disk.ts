import { execFileSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';

/** A file system of a few megabytes, which is there until the test ends. */
export interface SmallDisk {
  readonly path: string;
  /** Takes all the room that is left, but for so many bytes. */
  fill(left?: number): void;
  makeRoom(): void;
  /** It can be written, or it cannot. */
  remount(as: 'ro' | 'rw'): void;
}

export const NO_SMALL_DISK = 'this user may not mount a file system of a few megabytes to fill';

/** Null where it cannot be had: it takes Linux, and root. */
export function smallDisk(folder: string, megabytes: number): SmallDisk | null {
  const path = mkdtempSync(join(folder, 'disk-'));
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m`, 'tmpfs', path], { stdio: 'ignore' });
  } catch {
    return null;
  }
  // Lazily: what is open in a process that is ending does not keep it.
  onTestFinished(() => void execFileSync('umount', ['--lazy', path]));
  const filler = join(path, 'filler');
  return {
    path,
    fill(left = 0) {
      const reserve = join(path, 'reserve');
      if (left > 0) write(reserve, left);
      write(filler, megabytes * 1024 * 1024);
      rmSync(reserve, { force: true });
    },
    makeRoom: () => rmSync(filler),
    remount: (as) => void execFileSync('mount', ['-o', `remount,${as}`, path]),
  };
}

/** As much of it as there is room for. */
function write(path: string, bytes: number): void {
  const file = openSync(path, 'a');
  try {
    for (let left = bytes; left > 0;) {
      const written = writeSync(file, Buffer.alloc(Math.min(left, 4_096)));
      if (written === 0) return;
      left -= written;
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
  } finally {
    closeSync(file);
  }
}
