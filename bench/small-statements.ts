/* oxlint-disable unicorn/require-post-message-target-origin -- between threads there are no origins */
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import type { Way } from './programs.ts';
import { openReader } from './read-result.ts';

const SMALL = 'SELECT ID, CITY FROM CUSTOMERS WHERE ID = 7';

/** Small statements of a session of their own, one after the other, from a thread that nothing else holds up. */
export interface SmallStatements {
  /** How long each took, until there are `most` or `isOver`. Milliseconds. */
  run(most: number, isOver?: Promise<unknown>): Promise<number[]>;
  close(): Promise<void>;
}

export async function openSmallStatements(way: Way): Promise<SmallStatements> {
  const thread = new Worker(new URL(import.meta.url), { workerData: way });
  await once(thread, 'message');
  return {
    async run(most, isOver) {
      const times = once(thread, 'message');
      thread.postMessage(most);
      void isOver?.then(() => thread.postMessage('stop'));
      return ((await times) as [number[]])[0];
    },
    close: async () => void (await thread.terminate()),
  };
}

if (!isMainThread) {
  const reader = await openReader(workerData as Way);
  let running = new AbortController();
  parentPort!.on('message', (order: number | 'stop') => {
    if (order === 'stop') running.abort();
    else void measure(order, (running = new AbortController()).signal);
  });
  const measure = async (most: number, over: AbortSignal) => {
    const times: number[] = [];
    while (times.length < most && !over.aborted) {
      times.push((await reader.read(SMALL, 'json')).ms);
      await sleep(5);
    }
    parentPort!.postMessage(times);
  };
  parentPort!.postMessage('ready');
}
