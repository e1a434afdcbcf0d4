import { readdirSync, readFileSync } from 'node:fs';

/**
 * What all threads of this process but its main one have used of processors, in milliseconds: the reading thread's time, say, which
 * no other thread is told. 0 where the system does not say.
 */
export function processorOfOthers(): number {
  if (process.platform !== 'linux') return 0;
  let nanoseconds = 0;
  for (const thread of readdirSync(TASKS)) {
    if (thread === String(process.pid)) continue;
    try {
      nanoseconds += Number(readFileSync(`${TASKS}/${thread}/schedstat`, 'utf8').split(' ')[0]);
    } catch {
      // It has ended.
    }
  }
  return nanoseconds / 1e6;
}

const TASKS = '/proc/self/task';
