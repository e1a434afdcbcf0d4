import type { EventType, SessionOutcomes } from '@sluice/contract';
import type { Transaction, UnitOfWork } from '../unit-of-work.ts';
import type { SessionId } from '../session/index.ts';
import type { OpenStatementsReader, OpenStatementsStore } from './log/open-statements.ts';
import type { RetentionReader, RetentionStore } from './retention/ports.ts';
import type { TermsReader, TermsStore } from './search/ports.ts';
import type { AuthoredEvent, StoredEvent } from './stored-event.ts';

export type * from './retention/ports.ts';
export type * from './search/ports.ts';
export type { AuthoredEvent, StoredEvent } from './stored-event.ts';

/** What the record needs from a store. `store/` implements it for each database. */
export interface RecordStore extends UnitOfWork<RecordTransaction> {
  readonly events: EventsReader;
  readonly index: IndexReader;
  readonly terms: TermsReader;
  readonly openStatements: OpenStatementsReader;
  readonly payloads: PayloadsReader;
  readonly dataKeys: DataKeysReader;
  readonly checkpoints: CheckpointsReader;
  readonly retention: RetentionReader;
  /** How much room the database takes. */
  space(): Promise<StoreSpace>;
  /** Whether the tables of these names (in small letters) are those that a relay makes: who may have made another, verifies it. */
  inspectTables(names: readonly string[]): Promise<TablesInspected>;
  /**
   * One short step towards database files that hold nothing that was deleted, and are no larger than they need be.
   * @returns whether there is more to do.
   */
  compact(): Promise<boolean>;
}

export interface TablesInspected {
  /** The first table that is not as a relay makes it, and why it must not be read; null when all are. */
  readonly strange: { readonly table: string; readonly why: string } | null;
  /** Bytes of the longest row in any of them. */
  readonly longestRow: number;
  /** Whether the events' table has pages that hold nothing: events are there up to the first of them. */
  readonly isDamaged?: boolean;
}

/** Bytes. */
export interface StoreSpace {
  readonly used: number;
  /** Of these, what was freed and can be given back by `compact`; null when the database sees to that itself. */
  readonly free: number | null;
  /** Whether `compact` makes the file smaller: one of an older version only reuses what was freed. */
  readonly shrinks: boolean;
}

/** Read-only access to a store. */
export type RecordReaders = Omit<RecordStore, 'transaction' | 'compact'>;

export interface RecordTransaction extends Transaction {
  readonly events: EventsStore;
  readonly index: IndexStore;
  readonly terms: TermsStore;
  readonly openStatements: OpenStatementsStore;
  readonly payloads: PayloadsStore;
  readonly dataKeys: DataKeysStore;
  readonly checkpoints: CheckpointsStore;
  readonly retention: RetentionStore;
}

/** The log's name, and how many events it holds. */
export interface LogHead {
  readonly relaySession: string;
  readonly size: number;
}

/** As `within`: for verification, which looks at rows where no log has any as well. */
export const ANY_POSITION = Number.MAX_SAFE_INTEGER;

/**
 * All but `page` read rows at positions of the log alone: from 0 on, and below its size, or below `within` where that is
 * given. Other rows are nobody's.
 */
export interface EventsReader {
  /** Null in a store that has never been written to. */
  log(): Promise<LogHead | null>;
  /** The log's size and the body of its newest `signing_key` event, read at the same moment. */
  signingHead(): Promise<{ readonly size: number; readonly body: string | null }>;
  /** The newest event of a session. */
  lastOf(session: string): Promise<AuthoredEvent | null>;
  /** A page of a session's events, ordered by `seq`. */
  ofSession(session: string, page: SessionPage): Promise<readonly AuthoredEvent[]>;
  /** A session's events of these types, ordered by `seq`; with `within`, only those in the log's first that many. */
  ofTypes(session: string, types: readonly EventType[], within?: number): Promise<readonly AuthoredEvent[]>;
  /** A page of the log, ordered by position. */
  afterPosition(page: LogPage): Promise<readonly AuthoredEvent[]>;
  /** The newest event of the session before this number and position. */
  before(session: string, seq: number, position: number): Promise<StoredEvent | null>;
  /** A page of all rows, ordered by position, whatever they hold. For verification, which reads millions of them. */
  page(page: RowPage): Promise<readonly StoredEvent[]>;
  /** Event hashes at positions `from` to before `to`, in order. */
  hashes(from: number, to: number): Promise<readonly string[]>;
}

export interface SessionPage {
  /** The `seq` before the page; -1 for the first. */
  readonly after: number;
  readonly limit: number;
  /** Only events in the log's first `within` events. */
  readonly within?: number;
}

export interface RowPage {
  /** The first position; null for the first that there is. */
  readonly from: number | null;
  /** Rows to leave out: positions may repeat in a table that was tampered with. */
  readonly skip: number;
  readonly limit: number;
}

export interface LogPage {
  readonly after: number;
  readonly session?: string;
  /** Only events of sessions that this account opened: an identity's id, and its exact subject. */
  readonly openedBy?: { readonly person: string; readonly subject: string };
  /** Only events in the log's first `within` events. */
  readonly within?: number;
  readonly limit: number;
}

export interface EventsStore extends EventsReader {
  /** Names the log if it is new, and returns its head. No other transaction can append until this one ends. */
  open(name: string): Promise<LogHead>;
  /** Appends the events and sets the log's size. */
  insert(events: readonly AuthoredEvent[], size: number): Promise<void>;
  /** Removes the bodies of these events and returns the events' positions. */
  redact(session: string, seqs: readonly number[]): Promise<readonly number[]>;
}

export type MentionKind = 'payload' | 'request';

export interface Mention {
  readonly kind: MentionKind;
  readonly value: string;
  readonly position: number;
  readonly session: string;
}

/** What lists, retention and drivers' repeated requests go by. Derived from the events; verification never reads it. */
export interface IndexReader {
  sessions(filter: SessionFilter): Promise<readonly IndexedSession[]>;
  /** What came of the statements of these sessions. Reads all of their events. */
  outcomes(sessions: readonly string[]): Promise<ReadonlyMap<string, SessionOutcomes>>;
  /** The position of the first event that mentions it; null when none does. */
  mentionedAt(mention: Omit<Mention, 'position'>): Promise<number | null>;
  isKnown(session: string): Promise<boolean>;
}

export interface OpenedSession {
  readonly session: string;
  readonly at: string;
  readonly person: string;
  readonly subject: string;
  readonly name: string;
  readonly application: string;
  readonly agent: string | null;
}

export interface IndexStore extends IndexReader {
  mention(mentions: readonly Mention[]): Promise<void>;
  sessionOpened(session: OpenedSession): Promise<void>;
  sessionClosed(session: string, at: string): Promise<void>;
  sessionHeld(session: string, held: boolean): Promise<void>;
  /** Removes these events from the index, except for the payloads that they name. */
  forget(positions: readonly number[]): Promise<void>;
  /** Removes who opened the session. */
  forgetSession(session: string): Promise<void>;
  forgetPayloads(session: string, addresses: readonly string[]): Promise<void>;
}

export interface StoredPayload {
  readonly address: string;
  readonly dataKey: string;
  readonly sealed: Uint8Array;
}

export interface PayloadsReader {
  find(address: string): Promise<StoredPayload | null>;
  /** Those of these addresses that no payload has, or one that is sealed under a data key that is not there. */
  missing(addresses: readonly string[]): Promise<readonly string[]>;
  count(): Promise<number>;
  /** A page of the payloads put before an instant, in the order in which they were. */
  putBefore(page: {
    /** Milliseconds since the epoch. */
    readonly before: number;
    readonly after: PutPayload;
    readonly limit: number;
  }): Promise<readonly PutPayload[]>;
}

export interface PutPayload {
  readonly address: string;
  /** When it was last put, in milliseconds since the epoch. */
  readonly keptAt: number;
}

export interface PayloadsStore extends PayloadsReader {
  /** Stores a payload. If it is already stored, marks it as wanted, so that retention keeps it for the new event. */
  put(payload: StoredPayload, now: number): Promise<void>;
  /** Removes those of these payloads that no event names, except those put since `before`, whose event may still follow. */
  dropUnnamed(addresses: readonly string[], before: number): Promise<void>;
}

/** A data key, which seals payloads, wrapped by a key of the vault. */
export interface StoredDataKey {
  readonly id: string;
  readonly createdAt: number;
  readonly wrapped: Uint8Array;
  readonly wrappedBy: string;
}

export interface DataKeysReader {
  /** Oldest first. */
  list(): Promise<readonly StoredDataKey[]>;
}

export interface DataKeysStore extends DataKeysReader {
  add(key: StoredDataKey): Promise<void>;
  rewrap(key: Pick<StoredDataKey, 'id' | 'wrapped' | 'wrappedBy'>): Promise<void>;
}

/** A checkpoint, and what the relay finds it by. */
export interface StoredCheckpoint {
  readonly size: number;
  /** The signing key's fingerprint. */
  readonly key: string;
  readonly at: string;
  /** The signed note. It alone is what the checkpoint says. */
  readonly note: string;
}

export interface CheckpointsReader {
  list(): Promise<readonly StoredCheckpoint[]>;
  /** The one of the most events; null when there is none. */
  newest(): Promise<StoredCheckpoint | null>;
  /** A page of them, the one over the most events first; with `below`, only those of fewer events. */
  page(page: { readonly below?: number; readonly limit: number }): Promise<readonly StoredCheckpoint[]>;
  find(size: number, key: string): Promise<StoredCheckpoint | null>;
  /** Those of this size, whichever key signed them. */
  ofSize(size: number): Promise<readonly StoredCheckpoint[]>;
  /** A checkpoint of this size signed by a key other than `successor`. */
  handOver(size: number, successor: string): Promise<StoredCheckpoint | null>;
  /** Roots of full subtrees of `2 ** level` leaves each, from `place` on, at most `limit`. */
  subtrees(level: number, place: number, limit: number): Promise<readonly string[]>;
  countSubtrees(level: number): Promise<number>;
}

export interface CheckpointsStore extends CheckpointsReader {
  add(checkpoint: StoredCheckpoint): Promise<void>;
  /** Thins out the checkpoints from before this hour (`2026-03-01T09`): keeps only the last of each hour, key and number of signatures. */
  thinOut(hour: string): Promise<void>;
  /** Puts a note in the place of one with fewer signatures. */
  replaceNote(checkpoint: Pick<StoredCheckpoint, 'size' | 'key' | 'note'>): Promise<void>;
  addSubtree(level: number, place: number, hash: string): Promise<void>;
}

/** One session in a list. Times are ISO 8601, UTC. */
export interface SessionSummary {
  readonly session: SessionId;
  readonly openedAt: string;
  readonly closedAt: string | null;
  readonly person: string;
  readonly name: string;
  readonly application: string;
  readonly agent: string | null;
  /** Under legal hold. */
  readonly held: boolean;
  readonly events: number;
}

/** As the index has it. */
export interface IndexedSession extends SessionSummary {
  /** Of the identity that opened it, as its issuer spells it. Lists are narrowed by it (`SessionFilter`), and do not show it. */
  readonly subject: string;
  /** What retention has taken of it: 1 for payloads, 2 for bodies too. Another number is damage. */
  readonly removed: number;
}

export interface SessionFilter {
  /** An identity's id, `issuer|subject`. */
  readonly person?: string;
  /** The exact subject of the identity that opened the session. */
  readonly subject?: string;
  /** Part of the opener's name or id, in letters of either case. */
  readonly name?: string;
  /** Part of the program's name or of the agent's, likewise. */
  readonly agent?: string;
  /** Only these sessions. */
  readonly among?: readonly string[];
  /** Bounds on the time of opening. ISO 8601. */
  readonly since?: string;
  readonly before?: string;
  /** Only sessions under legal hold. */
  readonly held?: true;
  /** The last session of the page before. */
  readonly after?: { readonly openedAt: string; readonly session: string };
  readonly limit: number;
}
