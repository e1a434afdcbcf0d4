import { SluiceError } from '../errors.ts';

/**
 * Keys that count once, for a while, each kept for somebody who has proved who they are. There is room for so
 * many of each and of all; past that a new one is refused, and none that still counts is let go.
 */
export interface OneTime<Value> {
  /** Answers whether it is kept: false when the key is there already. Throws `rate_limited` when there is no room. */
  keep(owner: string, key: string, value: Value): boolean;
  has(key: string): boolean;
  /** Once; what is out of time, or was taken, is not there. */
  take(key: string): Value | undefined;
}

export interface OneTimeOptions {
  readonly lifetimeMs: number;
  readonly most: { readonly each: number; readonly all: number };
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

export function createOneTime<Value>({ lifetimeMs, most, now }: OneTimeOptions): OneTime<Value> {
  // In the order in which they were kept, which is the order in which their time is over.
  const kept = new Map<string, { readonly owner: string; readonly value: Value; readonly until: number }>();
  const counts = new Map<string, number>();

  const forget = (key: string) => {
    const found = kept.get(key);
    if (found === undefined) return undefined;
    kept.delete(key);
    const left = (counts.get(found.owner) ?? 0) - 1;
    if (left > 0) counts.set(found.owner, left);
    else counts.delete(found.owner);
    return found;
  };
  const forgetOld = () => {
    for (const [key, { until }] of kept) {
      if (until > now()) return;
      forget(key);
    }
  };

  return {
    keep(owner, key, value) {
      forgetOld();
      if (kept.has(key)) return false;
      const own = counts.get(owner) ?? 0;
      if (own >= most.each || kept.size >= most.all) {
        throw new SluiceError('rate_limited', 'too many sign-ins at once', {
          advice: 'try again in a few minutes',
          retryAfterSeconds: Math.ceil(lifetimeMs / 1_000),
        });
      }
      kept.set(key, { owner, value, until: now() + lifetimeMs });
      counts.set(owner, own + 1);
      return true;
    },
    has: (key) => (kept.get(key)?.until ?? -Infinity) > now(),
    take(key) {
      const found = forget(key);
      return found !== undefined && found.until > now() ? found.value : undefined;
    },
  };
}
