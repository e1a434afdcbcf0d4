/**
 * Token buckets, one a key: each holds what may come at once and fills up again at a steady rate. What is full
 * again is forgotten, so that the state is bounded by who asked lately, and by a number besides.
 *
 * By hand: `rate-limiter-flexible` counts in fixed windows by the machine's clock, and knows neither debts that a
 * patient caller waits for nor a bound on its keys.
 */
export interface TokenBuckets {
  /**
   * Takes one token, or goes into debt for it when it will be there within `patienceMs`. Answers the
   * milliseconds until it is; more than `patienceMs` means that none was taken.
   */
  take(key: string, now: number, patienceMs: number): number;
  /** Gives back a token that was taken in vain. */
  giveBack(key: string): void;
  /** How many keys are remembered. */
  readonly size: number;
}

interface Bucket {
  level: number;
  /** Milliseconds since the epoch. */
  at: number;
}

/**
 * @param perSecond tokens that come back in a second. @param capacity tokens of a full bucket. @param most keys that
 *   are remembered; past that the one that has not taken for longest is forgotten, and has a full bucket again.
 */
export function createTokenBuckets(perSecond: number, capacity: number, most = 100_000): TokenBuckets {
  /** The one that has taken last at the end. */
  const buckets = new Map<string, Bucket>();
  let sweptAt = -Infinity;

  const levelOf = ({ level, at }: Bucket, now: number) =>
    // A clock that is set back gives nothing and takes nothing.
    Math.min(capacity, level + (Math.max(0, now - at) * perSecond) / 1_000);

  const forgetFull = (now: number) => {
    if (now - sweptAt < SWEEP_MS && now >= sweptAt) return;
    sweptAt = now;
    for (const [key, bucket] of buckets) if (levelOf(bucket, now) >= capacity) buckets.delete(key);
  };

  return {
    get size() {
      return buckets.size;
    },
    take(key, now, patienceMs) {
      forgetFull(now);
      const bucket = buckets.get(key) ?? { level: capacity, at: now };
      const level = levelOf(bucket, now) - 1;
      const waitMs = level >= 0 ? 0 : Math.ceil((-level * 1_000) / perSecond);
      if (waitMs > patienceMs) return waitMs;
      buckets.delete(key);
      buckets.set(key, { level, at: now });
      const [longest] = buckets.keys();
      if (buckets.size > most && longest !== undefined) buckets.delete(longest);
      return waitMs;
    },
    giveBack(key) {
      const bucket = buckets.get(key);
      if (bucket !== undefined) bucket.level = Math.min(capacity, bucket.level + 1);
    },
  };
}

const SWEEP_MS = 60_000;
