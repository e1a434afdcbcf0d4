/**
 * What happens at once: events and state of one thing, durable together or not at all. Parts declare what they
 * write in it as ports of their own; the store's transaction has all of them.
 */
export interface UnitOfWork<Tx> {
  /**
   * Resolves once everything that `work` wrote is on disk (fsynced). Concurrent calls share one commit; each is undone
   * alone when its work throws, and rejects with what it threw. Rejects with `record_unavailable` when nothing can be
   * made durable, and then nothing of it is.
   *
   * `work` does nothing but read and write through `tx`: everybody who writes waits for it. What it changes in memory
   * it changes in `onEnd`.
   */
  transaction<T>(work: (tx: Tx) => Promise<T>): Promise<T>;
}

/** What every transaction has. */
export interface Transaction {
  /** The same for all that share one commit. */
  readonly commit: Commit;
  /** Told how it ended, before its caller is: memory must never say what the disk does not. */
  onEnd(listener: (durable: boolean) => void): void;
  /** Tells whoever follows the changes, in every relay on this store, once it is durable. */
  tell(change: NewChange): void;
  /**
   * Whether anybody, in any relay, has told a change of these topics after the one of this number, in an earlier
   * transaction or earlier in this commit: then what was found out as of that number no longer holds. Nobody can tell
   * one between this answer and the end of the transaction. What follows the changes has taken in all that were
   * durable when the transaction began.
   */
  hasChanged(since: number, topics: readonly ChangeTopic[]): boolean;
}

/** One commit of the database, and the work that it makes durable. */
export interface Commit {
  /** Done once, after all the work and before the commit; when it throws, the whole commit fails. */
  beforeEnd(work: () => Promise<void>): void;
  onEnd(listener: (durable: boolean) => void): void;
  /** Says that the record grows with it: whoever follows the record, in every relay, is told once it is durable. */
  tellOfRecord(): void;
}

/** What has changed in the store, for those who keep some of it in memory. */
export interface NewChange {
  readonly topic: ChangeTopic;
  /** Which one of its kind. */
  readonly key: string;
}

export interface Change extends NewChange, ChangePlace {}

/** Where in the order of changes. */
export interface ChangePlace {
  /** Counts up in the order of the commits, without gaps. */
  readonly number: number;
  /** When it was made, in milliseconds since the epoch: another one of this number (of a store before it was restored) was made at another time. */
  readonly at: number;
}

export type ChangeTopic =
  | 'approval'
  | 'review'
  | 'opening'
  | 'revocation'
  | 'person'
  | 'tag'
  | 'policy'
  | 'context'
  | 'session'
  | 'statement';

/** Every change of the store in order, whichever relay made it. */
export interface ChangeFeed {
  /**
   * `listener` is called with each later change of the topic, in the order of their commits; for a change of this
   * relay's own, before its transaction resolves. With `null` when changes have been missed for good (a relay that was
   * away for longer than they are kept), or it could not take one in: then it reads everything anew.
   *
   * What it returns is waited for: by the end of it, what is kept in memory is as the change says. Until it has
   * succeeded, this relay writes nothing. It must only read: a transaction of its own would wait for itself.
   *
   * @returns how to stop.
   */
  follow(topic: ChangeTopic, listener: (change: Change | null) => void | Promise<void>): () => void;
  /**
   * The number of the newest change that all who follow have taken in; below every number while somebody could not.
   * What is found out from memory afterwards is at least as new.
   */
  newest(): number;
  /**
   * `listener` is called whenever the record may have grown, in whichever relay: it then reads what is new. A call may
   * be lost with a connection, and is made up for within half a minute.
   *
   * @returns how to stop.
   */
  followRecord(listener: () => void): () => void;
  /** The newest change that has been told here. */
  told(): ChangePlace;
  /**
   * The changes after a place, in order, as far as they are durable: also those of before this relay started, and
   * those that it has not been told of. Null when that place is not, or no longer, among those that are kept, and when
   * there are more than `limit`.
   */
  since(place: ChangePlace, limit: number): Promise<readonly Change[] | null>;
}
