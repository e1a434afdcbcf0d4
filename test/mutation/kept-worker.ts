import { ThreadsPoolWorker, type PoolRunnerInitializer, type PoolWorker } from 'vitest/node';

export interface KeptWorker {
  /** A pool of vitest whose one thread outlives the runs. */
  readonly pool: PoolRunnerInitializer;
  /** Ends the thread: the next run starts a new one. */
  renew(): Promise<void>;
}

/** Loaded modules pile up in a thread, since each run loads its test files anew. */
const MOST_RUNS = 600;

export function keptWorker(): KeptWorker {
  let thread: ThreadsPoolWorker | null = null;
  let runs = 0;

  const renew = async (): Promise<void> => {
    const ended = thread;
    thread = null;
    await ended?.stop();
  };
  const pool: PoolRunnerInitializer = {
    name: 'kept',
    createPoolWorker(options): PoolWorker {
      const listeners: { readonly event: string; readonly callback: (message: unknown) => void }[] = [];
      let isWhole = false;
      let own: ThreadsPoolWorker;
      return {
        name: 'kept',
        async start() {
          if (runs++ % MOST_RUNS === 0) await renew();
          if (thread === null) {
            thread = new ThreadsPoolWorker(options);
            await thread.start();
          }
          own = thread;
        },
        on(event, callback) {
          listeners.push({ event, callback });
          own.on(event, callback);
        },
        off(event, callback) {
          own.off(event, callback);
        },
        send(message) {
          if (message.type !== 'stop') return own.send(message);
          // Answered here: a thread that was told to stop takes no more messages.
          isWhole = true;
          const stopped = { type: 'stopped', __vitest_worker_response__: true };
          for (const { event, callback } of listeners) if (event === 'message') callback(stopped);
        },
        deserialize: (message) => message,
        async stop() {
          if (!isWhole) return renew();
          for (const { event, callback } of listeners) own.off(event, callback);
        },
      };
    },
  };
  return { pool, renew };
}
