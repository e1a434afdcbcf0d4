import type { Change, ChangeFeed, ChangeTopic } from '../unit-of-work.ts';

/** Where changes are kept, in the order of their commits. */
export interface ChangesReader {
  /** The number of the newest, 0 when there has been none. */
  newest(): Promise<number>;
  /** Those after this one, at most so many. */
  after(number: number, limit: number): Promise<readonly Change[]>;
}

export interface Feed extends ChangeFeed {
  /** Tells of everything that is new. Resolves when all of it has been told; never rejects. */
  catchUp(): Promise<void>;
}

const PAGE = 500;

/**
 * Tells in order of what is new since it was opened. It reads what is kept: whatever wakes it says only that there is
 * something, and a lost wake-up loses nothing.
 *
 * @param onError told when changes could not be read, or a listener threw; the former are read with the next wake-up.
 */
export async function openFeed(changes: ChangesReader, onError: (error: unknown) => void): Promise<Feed> {
  const listeners = new Map<ChangeTopic, Set<(change: Change | null) => void>>();
  let last = await changes.newest();
  let newestRead: Promise<void> = Promise.resolve();
  let waiting: Promise<void> | null = null;

  const tell = (topic: ChangeTopic, change: Change | null) => {
    for (const listener of listeners.get(topic) ?? []) {
      try {
        listener(change);
      } catch (error) {
        onError(error);
      }
    }
  };

  const read = async () => {
    for (;;) {
      const page = await changes.after(last, PAGE);
      const [first] = page;
      // They count up without gaps: what is not kept any more has been missed for good.
      if (first !== undefined && first.number > last + 1)
        for (const topic of listeners.keys()) tell(topic, null);
      for (const change of page) {
        last = change.number;
        tell(change.topic, change);
      }
      if (page.length < PAGE) return;
    }
  };

  return {
    catchUp() {
      // One that has begun may be past what it is asked for now; one that waits will see it.
      waiting ??= newestRead.then(() => {
        waiting = null;
        return read().catch(onError);
      });
      newestRead = waiting;
      return waiting;
    },
    follow(topic, listener) {
      const own = listeners.get(topic) ?? new Set();
      listeners.set(topic, own.add(listener));
      return () => own.delete(listener);
    },
  };
}
