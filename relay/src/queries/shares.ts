/** A limited resource, with a limit for each key and one for all keys together. */
export interface Shares {
  /**
   * Waits until `amount` is free and takes it. An amount above a limit is reduced to that limit. Rejects with the
   * reason of `signal` when it aborts during the wait.
   *
   * @returns a function that gives the amount back: all of it, or all but `left`. It may be called repeatedly.
   */
  take(key: string, amount: number, signal: AbortSignal): Promise<GiveBack>;
}

export type GiveBack = (left?: number) => void;

interface Waiting {
  readonly key: string;
  readonly amount: number;
  readonly begin: () => void;
}

export function createShares(most: { readonly each: number; readonly all: number }): Shares {
  const used = new Map<string, number>();
  let usedInAll = 0;
  /** In order of arrival. The first that fits is admitted, so one key's long queue does not block other keys. */
  const waiting = new Set<Waiting>();

  const use = (key: string, amount: number) => {
    usedInAll += amount;
    const own = (used.get(key) ?? 0) + amount;
    if (own === 0) used.delete(key);
    else used.set(key, own);
  };
  const fits = ({ key, amount }: Waiting) =>
    usedInAll + amount <= most.all && (used.get(key) ?? 0) + amount <= most.each;
  const admit = () => {
    for (const one of waiting) {
      if (!fits(one)) continue;
      waiting.delete(one);
      use(one.key, one.amount);
      one.begin();
    }
  };

  return {
    async take(key, wanted, signal) {
      signal.throwIfAborted();
      const amount = Math.min(wanted, most.each, most.all);
      await new Promise<void>((resolve, reject) => {
        const leave = () => {
          waiting.delete(one);
          reject(signal.reason as Error);
        };
        const begin = () => {
          signal.removeEventListener('abort', leave);
          resolve();
        };
        const one: Waiting = { key, amount, begin };
        signal.addEventListener('abort', leave, { once: true });
        waiting.add(one);
        admit();
      });
      let held = amount;
      return (left = 0) => {
        if (left >= held) return;
        use(key, left - held);
        held = left;
        admit();
      };
    },
  };
}
