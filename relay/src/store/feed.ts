import type { Change, ChangeFeed, ChangePlace, ChangeTopic } from '../unit-of-work.ts';

/** Where changes are kept, in the order of their commits. */
export interface ChangesReader {
  /** Number 0 when there has been none. */
  newest(): Promise<ChangePlace>;
  /** Those after this one, at most so many. */
  after(number: number, limit: number): Promise<readonly Change[]>;
}

export interface Feed extends ChangeFeed {
  /**
   * Tells of everything that is new. Resolves when all of it has been told; never rejects.
   *
   * @param until the number of a change that is durable, if one is known: what is not found up to there is not kept any more.
   */
  catchUp(until?: number): Promise<void>;
  /** Resolves when what is being told has been. */
  settled(): Promise<void>;
  /** The number of the newest change of a topic that was told; 0 when there was none since the feed was opened. */
  newestOf(topic: ChangeTopic): number;
  /** Tells that the record may have grown. */
  recordGrew(): void;
  /** Reads nothing from here on; resolves when what is being read has been. */
  close(): Promise<void>;
}

/** For whoever is told nothing. */
export const NO_CHANGES: ChangeFeed = {
  follow: () => () => {},
  newest: () => 0,
  followRecord: () => () => {},
  told: () => ({ number: 0, at: 0 }),
  since: async () => null,
};

const PAGE = 500;

interface Follower {
  readonly topic: ChangeTopic;
  readonly listener: (change: Change | null) => void | Promise<void>;
  /** It could not take in what it was told, and has to read everything anew. */
  isBehind: boolean;
}

/**
 * Tells in order of what is new since it was opened. It reads what is kept: whatever wakes it says only that there is
 * something, and a lost wake-up loses nothing.
 *
 * @param onError told when changes could not be read or be taken in; both are tried again with the next wake-up.
 */
export async function openFeed(changes: ChangesReader, onError: (error: unknown) => void): Promise<Feed> {
  const followers = new Set<Follower>();
  const newestOf = new Map<ChangeTopic, number>();
  const readers = new Set<() => void>();
  let last = await changes.newest();
  /** What was missed may have been of any topic. */
  let missedUntil = 0;
  let newestRead: Promise<void> = Promise.resolve();
  let waiting: Promise<void> | null = null;
  let wanted = 0;
  let isClosed = false;

  const tell = async (change: Change | null, to: readonly Follower[]) => {
    await Promise.all(
      to.map(async (follower) => {
        try {
          await follower.listener(follower.isBehind ? null : change);
          follower.isBehind = false;
        } catch (error) {
          follower.isBehind = true;
          onError(error);
        }
      }),
    );
  };

  const miss = async (number: number) => {
    missedUntil = number;
    await tell(null, [...followers]);
    // When that was, nobody knows any more.
    last = { number, at: 0 };
  };

  const read = async (until: number) => {
    await tell(
      null,
      [...followers].filter(({ isBehind }) => isBehind),
    );
    for (;;) {
      const page = await changes.after(last.number, PAGE);
      const [first] = page;
      // They count up without gaps: what is not kept any more has been missed for good.
      if (first !== undefined && first.number > last.number + 1) await miss(first.number - 1);
      for (const change of page) {
        newestOf.set(change.topic, change.number);
        await tell(
          change,
          [...followers].filter(({ topic }) => topic === change.topic),
        );
        last = { number: change.number, at: change.at };
      }
      if (page.length < PAGE) break;
    }
    if (last.number < until) await miss(until);
  };

  return {
    async catchUp(until = 0) {
      if (isClosed) return;
      wanted = Math.max(wanted, until);
      // One that has begun may be past what it is asked for now; one that waits will see it.
      waiting ??= newestRead.then(() => {
        waiting = null;
        return read(wanted).catch(onError);
      });
      newestRead = waiting;
      await waiting;
    },
    async close() {
      isClosed = true;
      await newestRead;
    },
    settled: () => newestRead,
    newest: () => ([...followers].some(({ isBehind }) => isBehind) ? -1 : last.number),
    newestOf: (topic) => Math.max(newestOf.get(topic) ?? 0, missedUntil),
    follow(topic, listener) {
      const follower: Follower = { topic, listener, isBehind: false };
      followers.add(follower);
      return () => followers.delete(follower);
    },
    recordGrew() {
      for (const reader of readers) {
        try {
          reader();
        } catch (error) {
          onError(error);
        }
      }
    },
    followRecord(reader) {
      readers.add(reader);
      return () => readers.delete(reader);
    },
    told: () => last,
    async since({ number, at }, limit) {
      if (number === 0) {
        const all = at === 0 ? await changes.after(0, limit + 1) : [];
        return at !== 0 || all.length > limit || (all[0]?.number ?? 1) !== 1 ? null : all;
      }
      const [itself, ...rest] = await changes.after(number - 1, limit + 2);
      return itself?.number !== number || itself.at !== at || rest.length > limit ? null : rest;
    },
  };
}
