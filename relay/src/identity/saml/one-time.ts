/** Values that can be taken once, for a while: what is out of time, or was taken, is not there. */
export interface OneTime<Value> {
  /** @returns the key under which it can be taken: not to be guessed, and fit for an XML id. */
  put(value: Value): string;
  take(key: string): Value | undefined;
}

export interface OneTimeOptions {
  /** Milliseconds. */
  readonly lifetime: number;
  /** Past this many the oldest goes: anybody may ask for a sign-in, and none may fill the memory. */
  readonly limit: number;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  readonly random: (bytes: number) => Uint8Array;
}

export function createOneTime<Value>({ lifetime, limit, now, random }: OneTimeOptions): OneTime<Value> {
  // In the order in which they were put, which is the order in which their time is over.
  const values = new Map<string, { readonly value: Value; readonly until: number }>();
  const dropOld = () => {
    for (const [key, { until }] of values) {
      if (until > now() && values.size < limit) return;
      values.delete(key);
    }
  };
  return {
    put(value) {
      dropOld();
      const key = `_${Buffer.from(random(32)).toString('hex')}`;
      values.set(key, { value, until: now() + lifetime });
      return key;
    },
    take(key) {
      const found = values.get(key);
      values.delete(key);
      return found !== undefined && found.until > now() ? found.value : undefined;
    },
  };
}
