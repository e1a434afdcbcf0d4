import { mkdir, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/**
 * One at a time, of all windows of the editor on this machine: each is a process of its own. Whatever keeps the others waiting for
 * too long has died, and is passed by.
 *
 * @param lock a path where nothing else is.
 */
export function acrossWindows(lock: string): <T>(work: () => Promise<T>) => Promise<T> {
  return async (work) => {
    await taken(lock);
    try {
      return await work();
    } finally {
      await rm(lock, { recursive: true, force: true });
    }
  };
}

/** Longer than an issuer is waited for. */
const LONGEST_MS = 45_000;

async function taken(lock: string): Promise<void> {
  await mkdir(dirname(lock), { recursive: true });
  for (;;) {
    try {
      await mkdir(lock);
      return;
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
      const since = await stat(lock).then(
        ({ mtimeMs }) => mtimeMs,
        () => Date.now(),
      );
      if (Date.now() - since > LONGEST_MS) await rm(lock, { recursive: true, force: true });
      else await sleep(50);
    }
  }
}
