import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { temporaryFolder } from '../../../test/support/temporary-folder.ts';
import { filesIn } from '../composition/files.ts';
import { lockDataAfterExport, tryLock, tryLockData } from './data-lock.ts';

const files = filesIn(temporaryFolder());

it('waits for a command that makes an export, and for nobody else', async () => {
  const exporting = tryLock(files.exportLock)!;
  const data = tryLockData(files)!;
  let told = 0;
  let isLocked = false;
  const waiting = lockDataAfterExport(files, () => (told += 1)).then((lock) => {
    isLocked = true;
    return lock;
  });
  await sleep(500);
  expect([told, isLocked]).toEqual([1, false]);
  data.release();
  exporting.release();
  const lock = await waiting;
  expect(told).toBe(1);

  const other = lockDataAfterExport(files, () => (told += 1));
  await expect(other).rejects.toThrow('another relay has the lock');
  expect(told).toBe(1);
  lock.release();
});

it('does not wait for ever', async () => {
  const exporting = tryLock(files.exportLock)!;
  const data = tryLockData(files)!;
  await expect(lockDataAfterExport(files, () => {}, 200)).rejects.toMatchObject({
    code: 'config_invalid',
    message: `\`sluice export\` has the lock on \`${join(files.lock)}\``,
  });
  data.release();
  exporting.release();
});
