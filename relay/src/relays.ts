import type { Transaction, UnitOfWork } from './unit-of-work.ts';

/** Which relays are at work on this store: what one of them alone has, such as a result, is there while it is. */
export interface Relays {
  /** This one; another id with each start. */
  readonly self: string;
  isThere(relay: string): Promise<boolean>;
  /** Says that this one is. Called about once a second. */
  tick(): Promise<void>;
  /** Says that it is gone. */
  close(): Promise<void>;
}

/** What this needs of a store. Times are milliseconds since the epoch, by the clock of the relay that says them. */
export interface RelaysReader {
  /** When it last said that it is there; null for one that never did, or said that it is gone. */
  seenAt(relay: string): Promise<number | null>;
}

export interface RelaysStore extends RelaysReader {
  seen(relay: string, at: number): Promise<void>;
  gone(relay: string): Promise<void>;
  /** Those that were last seen before then. */
  forget(before: number): Promise<void>;
}

export interface RelaysOptions {
  readonly self: string;
  readonly store: UnitOfWork<Transaction & { readonly relays: RelaysStore }> & {
    readonly relays: RelaysReader;
  };
  /** Whether there can be no other on this store: then nothing is said. */
  readonly isAlone: boolean;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

/** Far more often than it takes to be taken for gone: a database may be away for a moment, and clocks differ. Milliseconds. */
const SAYS_EVERY = 10_000;
const GONE_AFTER = 60_000;

export async function joinRelays({ self, store, isAlone, now }: RelaysOptions): Promise<Relays> {
  let saidAt = -Infinity;
  const say = async () => {
    const at = now();
    await store.transaction(async (tx) => {
      await tx.relays.seen(self, at);
      await tx.relays.forget(at - GONE_AFTER);
    });
    saidAt = at;
  };
  if (!isAlone) await say();
  return {
    self,
    async isThere(relay) {
      if (relay === self || isAlone) return relay === self;
      const seenAt = await store.relays.seenAt(relay);
      return seenAt !== null && now() - seenAt < GONE_AFTER;
    },
    async tick() {
      // Also when the clock was put back.
      if (!isAlone && Math.abs(now() - saidAt) >= SAYS_EVERY) await say();
    },
    async close() {
      if (!isAlone) await store.transaction((tx) => tx.relays.gone(self));
    },
  };
}
