import type { Transaction, UnitOfWork } from '../unit-of-work.ts';
import type { RecordsEvents } from '../recording/index.ts';
import type { Message } from './message.ts';

/** What deliveries need of a store: what is still to be delivered, whichever relay does it. */
export interface DeliveryPartStore extends UnitOfWork<DeliveryPartTransaction> {
  readonly outbox: OutboxReader;
}

export interface DeliveryPartTransaction extends Transaction, RecordsEvents {
  readonly outbox: OutboxStore;
}

export interface OutboxReader {
  /** Those whose time has come, and those whose time is after `latest`: a clock that was ahead has set it. */
  due(now: number, latest: number, limit: number): Promise<readonly OutboxEntry[]>;
}

export interface OutboxStore extends OutboxReader {
  /** Does nothing when there is one of this key already, delivered or not. */
  add(
    entry: { readonly key: string; readonly channel: string; readonly message: Message },
    now: number,
  ): Promise<void>;
  /**
   * Counts an attempt, and says when the next one is due if this one comes to nothing. False when another relay makes
   * this attempt, or it is done with.
   */
  claim(entry: Pick<OutboxEntry, 'key' | 'attempts'>, retryAt: number): Promise<boolean>;
  done(key: string): Promise<void>;
}

export interface OutboxEntry {
  readonly key: string;
  readonly channel: string;
  readonly message: Message;
  /** Those made before. */
  readonly attempts: number;
}
