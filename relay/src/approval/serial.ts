/** Runs what concerns one key one after the other, in the order asked; different keys side by side. */
export interface Serial {
  run<T>(key: string, work: () => Promise<T>): Promise<T>;
}

export function createSerial(): Serial {
  const last = new Map<string, Promise<unknown>>();

  return {
    run(key, work) {
      const mine = (last.get(key) ?? Promise.resolve()).then(work);
      const settled: Promise<unknown> = mine
        .catch(() => undefined)
        .finally(() => {
          if (last.get(key) === settled) last.delete(key);
        });
      last.set(key, settled);
      return mine;
    },
  };
}
