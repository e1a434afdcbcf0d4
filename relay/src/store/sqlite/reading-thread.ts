import { Piscina } from 'piscina';
import { threadProgram } from '../../thread-program.ts';
import {
  type PortApart,
  type ReadersApart,
  type ReadingLimits,
  readTooLong,
  tooManyReads,
} from '../reading-apart.ts';
import { StoreError, unreadable } from '../store-error.ts';
import type { ReadAnswer, ReadCall } from './in-thread.ts';

export interface ReadingThread {
  readonly readers: ReadersApart;
  /** Ends the thread with its connection; the next read starts another. */
  letGo(): Promise<void>;
  close(): Promise<void>;
}

/**
 * Reads a database in a thread of its own: SQLite is synchronous, and what reads much would hold up what decides. The
 * thread is started with the first read.
 *
 * @param own the same ports in this thread, for the names of their methods.
 */
export function createReadingThread(path: string, own: ReadersApart, limits: ReadingLimits): ReadingThread {
  let pool: Piscina<ReadCall, ReadAnswer> | null = null;
  let isClosed = false;
  let reads = 0;

  const start = () => {
    const started = new Piscina<ReadCall, ReadAnswer>({
      filename: threadProgram(import.meta.url, 'in-thread'),
      workerData: { path },
      minThreads: limits.atOnce,
      maxThreads: limits.atOnce,
    });
    // Who reads is told; a thread that ends between two reads is missed by nobody.
    started.on('error', () => {});
    return started;
  };
  const read = async (call: ReadCall): Promise<unknown> => {
    if (isClosed) throw unreadable(new StoreError('lost'));
    if (reads >= limits.atOnce + limits.mostWaiting) throw tooManyReads();
    reads += 1;
    try {
      const signal = AbortSignal.timeout(limits.patienceMs);
      const answer = await (pool ??= start()).run(call, { signal }).catch((error: unknown) => {
        throw isClosed ? unreadable(new StoreError('lost', error)) : readTooLong(error);
      });
      if ('problem' in answer) throw unreadable(new StoreError(answer.problem));
      return answer.value;
    } finally {
      reads -= 1;
    }
  };
  const apart = <Port extends PortApart>(port: Port): ReadersApart[Port] => {
    const methods = Object.keys(own[port]).map((method) => [
      method,
      (...parameters: readonly unknown[]) => read({ port, method, parameters }),
    ]);
    return Object.fromEntries(methods) as ReadersApart[Port];
  };
  const letGo = async () => {
    const ended = pool;
    pool = null;
    await ended?.destroy();
  };
  return {
    readers: {
      events: apart('events'),
      index: apart('index'),
      terms: apart('terms'),
      payloads: apart('payloads'),
      dataKeys: apart('dataKeys'),
      checkpoints: apart('checkpoints'),
    },
    letGo,
    async close() {
      isClosed = true;
      await letGo();
    },
  };
}
