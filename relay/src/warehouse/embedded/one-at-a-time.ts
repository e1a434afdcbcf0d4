/** A connection runs one thing at a time: each waits for its turn, and says when it is over. */
export interface Turns {
  take(): Promise<() => void>;
  /** A whole turn: it is over when the work is. */
  during<Result>(work: () => Promise<Result>): Promise<Result>;
}

export function oneAtATime(): Turns {
  let busy: Promise<unknown> = Promise.resolve();
  const take = async () => {
    const turn = Promise.withResolvers<void>();
    const before = busy;
    busy = turn.promise;
    await before;
    return turn.resolve;
  };
  return {
    take,
    async during(work) {
      const end = await take();
      try {
        return await work();
      } finally {
        end();
      }
    },
  };
}
