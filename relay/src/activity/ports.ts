import type { Transaction, UnitOfWork } from '../unit-of-work.ts';
import type { AuthoredEvent } from '../recording/index.ts';

/** One hour's count of one thing. */
export interface HourCount {
  /** `2026-11-22T10`, in UTC. */
  readonly hour: string;
  readonly what: string;
  readonly count: number;
}

export interface ActivityReader {
  /** The position of the newest event that is counted; -1 before the first. */
  place(): Promise<number>;
  /** Of hours from `since` to before `before`, in order. */
  hours(since: string, before: string): Promise<readonly HourCount[]>;
  /** The same by day: `hour` is `2026-11-22`. */
  days(since: string, before: string): Promise<readonly HourCount[]>;
}

export interface ActivityStore extends ActivityReader {
  add(counts: readonly HourCount[]): Promise<void>;
  moveTo(place: number): Promise<void>;
}

export interface ActivityTransaction extends Transaction {
  readonly activity: ActivityStore;
}

/** What counting needs of a store. */
export interface ActivityPartStore extends UnitOfWork<ActivityTransaction> {
  readonly activity: ActivityReader;
  readonly events: {
    /** A page of the log, ordered by position. */
    afterPosition(page: {
      readonly after: number;
      readonly limit: number;
    }): Promise<readonly AuthoredEvent[]>;
  };
  readonly approvals: {
    find(id: string): Promise<{ readonly askedAt: number } | null>;
  };
}
