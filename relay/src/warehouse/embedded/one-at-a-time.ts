import { SluiceError } from '../../errors.ts';

/** A connection runs one thing at a time: each waits for its turn, and says when it is over. */
export interface Turns {
  /** Rejects with `warehouse_unavailable` once the connection is closed. */
  take(): Promise<() => void>;
  /** A whole turn: it is over when the work is. */
  during<Result>(work: () => Promise<Result>): Promise<Result>;
  /**
   * Closes the connection in the last turn of all: DuckDB crashes when one is closed under what it does, or asked for more
   * afterwards.
   */
  close(connection: { closeSync(): void }): Promise<void>;
}

export function oneAtATime(): Turns {
  let busy: Promise<unknown> = Promise.resolve();
  let isClosed = false;
  let closing: Promise<void> | null = null;
  const take = async () => {
    const turn = Promise.withResolvers<void>();
    const before = busy;
    busy = turn.promise;
    await before;
    if (!isClosed) return turn.resolve;
    turn.resolve();
    throw new SluiceError('warehouse_unavailable', 'the session with the warehouse is closed');
  };
  const turns: Turns = {
    take,
    async during(work) {
      const end = await take();
      try {
        return await work();
      } finally {
        end();
      }
    },
    async close(connection) {
      closing ??= turns.during(async () => {
        isClosed = true;
        connection.closeSync();
      });
      await closing;
    },
  };
  return turns;
}
