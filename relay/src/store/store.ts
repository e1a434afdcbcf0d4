import type { ActivityReader, ActivityStore } from '../activity/index.ts';
import type { ApprovalPartStore, ApprovalPartTransaction } from '../approval/index.ts';
import type { Broadcast } from '../broadcast.ts';
import type { TagsReader, TagsStore } from '../classification/index.ts';
import type { OutboxReader, OutboxStore } from '../delivery/index.ts';
import type { IdentityPartTransaction, PeopleReader, RevocationsReader } from '../identity/index.ts';
import type { RecordReaders, RecordTransaction } from '../recording/index.ts';
import type { SessionsReader, SessionsStore } from '../session/index.ts';
import type { PolicyVersionsReader, PolicyVersionsStore } from '../policy-in-force.ts';
import type { RelaysReader, RelaysStore } from '../relays.ts';
import type { UsageReader, UsageStore } from '../usage/index.ts';
import type { ReadersApart } from './reading-apart.ts';
import type { ChangeFeed, Transaction, UnitOfWork } from '../unit-of-work.ts';

/** The relay's own database, in the terms of its parts. Each sees of it what it has declared to need. */
export interface Store extends StoreReaders, UnitOfWork<StoreTransaction> {
  readonly changes: ChangeFeed;
  readonly broadcast: Broadcast;
  /**
   * The record, read apart from what decides: on a thread of its own (SQLite) or on connections of its own (PostgreSQL).
   * For whatever may read much: lists, searches, replays, exports. Within limits: so many at once, and so long each.
   */
  readonly apart: ReadersApart;
  /** One short step towards files without anything that was deleted; answers whether there is more to do. */
  compact(): Promise<boolean>;
  /** Nothing can be read or written any more. */
  close(): Promise<void>;
}

/** What is read outside of any transaction: what is durable by then. */
export interface StoreReaders extends RecordReaders {
  readonly approvals: ApprovalPartStore['approvals'];
  readonly grants: ApprovalPartStore['grants'];
  readonly devices: ApprovalPartStore['devices'];
  readonly openings: ApprovalPartStore['openings'];
  readonly reviews: ApprovalPartStore['reviews'];
  readonly revocations: RevocationsReader;
  readonly people: PeopleReader;
  readonly sessions: SessionsReader;
  readonly outbox: OutboxReader;
  readonly tags: TagsReader;
  readonly usage: UsageReader;
  readonly activity: ActivityReader;
  readonly policyVersions: PolicyVersionsReader;
  readonly relays: RelaysReader;
}

/** What one transaction reads and writes. */
export type StoreTransaction = Transaction & StorePorts;

export interface StorePorts extends Omit<RecordTransaction, keyof Transaction> {
  readonly approvals: ApprovalPartTransaction['approvals'];
  readonly grants: ApprovalPartTransaction['grants'];
  readonly devices: ApprovalPartTransaction['devices'];
  readonly openings: ApprovalPartTransaction['openings'];
  readonly reviews: ApprovalPartTransaction['reviews'];
  readonly revocations: IdentityPartTransaction['revocations'];
  readonly people: IdentityPartTransaction['people'];
  readonly sessions: SessionsStore;
  readonly outbox: OutboxStore;
  readonly tags: TagsStore;
  readonly usage: UsageStore;
  readonly activity: ActivityStore;
  readonly policyVersions: PolicyVersionsStore;
  readonly relays: RelaysStore;
}

export interface ReadingOptions {
  /**
   * Everything is read as it is at the first read, whatever is written meanwhile. Until it is closed, the database keeps what is
   * replaced: SQLite's write-ahead log grows by what is written, and PostgreSQL does not clean up behind.
   */
  readonly frozen?: boolean;
  /** How long PostgreSQL may take for one answer; a minute, when it is left out. Milliseconds. */
  readonly patienceMs?: number | undefined;
}

/** A store to look at; nothing in it is changed. */
export interface ReadOnlyStore extends StoreReaders {
  /** Tells nobody anything. */
  readonly changes: ChangeFeed;
  close(): Promise<void>;
}
