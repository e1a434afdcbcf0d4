/* oxlint-disable unicorn/require-post-message-target-origin -- between threads there are no origins */
import { MessageChannel, Worker } from 'node:worker_threads';
import type { Catalog, ResolutionContext, Understanding } from '../statement/index.ts';
import type { Answer, FromThread, Order } from './messages.ts';

export interface ThreadLimits {
  readonly patienceMs: number;
  readonly memoryMb: number;
}

export interface Thread {
  /** One at a time. Null when the text takes too long, or too much memory. */
  understand(
    sql: string,
    catalog: Catalog,
    context: ResolutionContext,
  ): Promise<readonly Understanding[] | null>;
  close(): Promise<void>;
}

/** Started with the first text, and again after one that it was ended for. */
export function createThread({ patienceMs, memoryMb }: ThreadLimits): Thread {
  let worker: Worker | null = null;
  /** Told when there will be no answer. */
  let giveUp = () => {};

  const start = (): Worker => {
    const made = new Worker(new URL('./in-thread.ts', import.meta.url), {
      // With a small young generation, most of the time goes into collecting garbage.
      resourceLimits: { maxOldGenerationSizeMb: memoryMb, maxYoungGenerationSizeMb: YOUNG_MB },
    });
    // Out of memory, or a defect of ours: whatever was asked has no answer.
    made.on('error', () => {});
    made.once('exit', () => {
      if (worker !== made) return;
      worker = null;
      giveUp();
    });
    made.unref();
    return made;
  };
  const end = async () => {
    const ended = worker;
    worker = null;
    giveUp();
    await ended?.terminate();
  };

  return {
    close: end,
    async understand(sql, catalog, context) {
      const running = (worker ??= start());
      const { port1: answers, port2: ours } = new MessageChannel();
      const answered = new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT);
      const { promise, resolve } = Promise.withResolvers<readonly Understanding[] | null>();
      giveUp = () => resolve(null);
      const listen = (message: FromThread) => {
        if (message.type === 'done') return resolve(message.meanings);
        ours.postMessage({ found: catalog.find(message.name) } satisfies Answer);
        const count = new Int32Array(answered);
        Atomics.add(count, 0, 1);
        Atomics.notify(count, 0);
      };
      running.on('message', listen);
      const timer = setTimeout(() => void end(), patienceMs);
      const order: Order = { sql, catalogVersion: catalog.version, context, answers, answered };
      running.postMessage(order, [answers]);
      try {
        return await promise;
      } finally {
        clearTimeout(timer);
        running.off('message', listen);
        ours.close();
      }
    },
  };
}

const YOUNG_MB = 128;
