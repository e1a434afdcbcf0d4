import { setImmediate as nextTurn } from 'node:timers/promises';
import { Piscina } from 'piscina';
import { SluiceError } from '../errors.ts';
import type { MaskingKeys } from '../masking/index.ts';
import { threadProgram } from '../thread-program.ts';
import type { Answers, Order, OrderOf } from './orders.ts';

export interface ThreadOptions {
  readonly threads: number;
  /** Long texts that may wait for a thread; more are turned away. */
  readonly mostWaiting: number;
  /** Milliseconds that a thread may take over one text. Then it is ended, and the text is too complex. */
  readonly patienceMs: number;
  /** MiB that a thread may take: a text that needs more is too complex. */
  readonly memoryMb: number;
}

/** Carries out orders on threads of their own, one at a time on each. */
export interface Threads {
  /** Null when a text takes too long, or too much memory: another thread takes the place of the one that it ended. */
  run<Type extends Order['type']>(order: OrderOf<Type>): Promise<{ readonly answer: Answers[Type] } | null>;
  close(): Promise<void>;
}

/**
 * The threads are started with the first text. Who waits does so here and not in the pool: so the time that a text may
 * take begins when a thread is free for it, and the number of those who wait holds (the pool's own limit does not count
 * tasks that can be aborted).
 */
export function createThreads(keys: MaskingKeys, options: ThreadOptions): Threads {
  const { threads, mostWaiting, patienceMs, memoryMb } = options;
  let pool: Piscina | null = null;
  let free = threads;
  const waiting: (() => void)[] = [];

  const start = (): Piscina =>
    new Piscina({
      filename: threadProgram(import.meta.url, 'in-thread'),
      workerData: keys,
      // Fewer at least, and one that was ended would be missed by those who wait.
      minThreads: threads,
      maxThreads: threads,
      // With a small young generation, most of the time goes into collecting garbage.
      resourceLimits: { maxOldGenerationSizeMb: memoryMb, maxYoungGenerationSizeMb: YOUNG_MB },
    });

  const takeThread = async (): Promise<void> => {
    if (free > 0) return void (free -= 1);
    if (waiting.length >= mostWaiting) {
      throw new SluiceError('too_many_statements', 'too many long statements are waiting to be understood', {
        advice: 'send it again in a while, or send the work in shorter statements',
        retryAfterSeconds: 5,
      });
    }
    await new Promise<void>((resolve) => void waiting.push(resolve));
  };
  const giveBack = () => {
    const next = waiting.shift();
    if (next === undefined) free += 1;
    else next();
  };

  return {
    async run(order) {
      await takeThread();
      try {
        pool ??= start();
        const answer = await pool.run(order, { signal: AbortSignal.timeout(patienceMs) });
        // To receive it took a while: what is done with it waits for others to have their turn.
        await nextTurn();
        return { answer };
      } catch {
        // Out of time, out of memory, or a defect of ours: there is no answer.
        return null;
      } finally {
        giveBack();
      }
    },
    async close() {
      const ended = pool;
      pool = null;
      await ended?.destroy();
    },
  };
}

const YOUNG_MB = 128;
