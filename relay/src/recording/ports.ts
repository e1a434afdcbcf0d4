import type { EventType } from '@sluice/contract';
import type { Transaction, UnitOfWork } from '../unit-of-work.ts';
import type { SessionId } from '../session/index.ts';

/** What the record needs of a store. `store/` has it for each database. */
export interface RecordStore extends UnitOfWork<RecordTransaction> {
  readonly events: EventsReader;
  readonly index: IndexReader;
  readonly payloads: PayloadsReader;
  readonly dataKeys: DataKeysReader;
  readonly checkpoints: CheckpointsReader;
  /** Takes what was deleted out of the files, too, as far as the database can. */
  compact(): Promise<void>;
}

/** A store that is looked at and left as it is. */
export type RecordReaders = Omit<RecordStore, 'transaction' | 'compact'>;

export interface RecordTransaction extends Transaction {
  readonly events: EventsStore;
  readonly index: IndexStore;
  readonly payloads: PayloadsStore;
  readonly dataKeys: DataKeysStore;
  readonly checkpoints: CheckpointsStore;
}

/** An event as it is kept. */
export interface StoredEvent {
  /** Its leaf in the log's Merkle tree. */
  readonly position: number;
  readonly session: string;
  readonly seq: number;
  /** ISO 8601, UTC. */
  readonly at: string;
  readonly type: string;
  /** Null once retention has removed the body. */
  readonly salt: string | null;
  /** Canonical JSON. */
  readonly body: string | null;
  readonly bodyDigest: string;
  readonly previous: string;
  readonly hash: string;
}

/** Which log this is, and how many events it holds. */
export interface LogHead {
  readonly relaySession: string;
  readonly size: number;
}

export interface EventsReader {
  /** Null in a store that has never been written to. */
  log(): Promise<LogHead | null>;
  /** The size, and the newest `signing_key` event's body, as of one moment. */
  signingHead(): Promise<{ readonly size: number; readonly body: string | null }>;
  /** The newest event of a session. */
  lastOf(session: string): Promise<Pick<StoredEvent, 'seq' | 'hash'> | null>;
  /** A page of a session's events, by `seq`. */
  ofSession(session: string, page: SessionPage): Promise<readonly StoredEvent[]>;
  /** A session's events of these types, by `seq`; with `within`, those among the log's first so many. */
  ofTypes(session: string, types: readonly EventType[], within?: number): Promise<readonly StoredEvent[]>;
  /** A page of the log, by position. */
  afterPosition(page: LogPage): Promise<readonly StoredEvent[]>;
  /** Every row that there is, by position, whatever the positions say; read page by page. */
  everything(): AsyncGenerator<StoredEvent>;
  /** By position, from `from` on and before `to`. */
  hashes(from: number, to: number): Promise<readonly string[]>;
  /** Of the session, those that have a body still, and are of another type than these. */
  withBody(session: string, except: readonly EventType[]): Promise<readonly number[]>;
}

export interface SessionPage {
  /** The `seq` before the page; -1 for the first. */
  readonly after: number;
  readonly limit: number;
  /** Only those among the log's first so many. */
  readonly within?: number;
}

export interface LogPage {
  readonly after: number;
  readonly session?: string;
  /** Only those of sessions that this account has opened: an identity's id, and its subject to the letter. */
  readonly openedBy?: { readonly person: string; readonly subject: string };
  /** Only those among the log's first so many. */
  readonly within?: number;
  readonly limit: number;
}

export interface EventsStore extends EventsReader {
  /** Names the log the first time, and answers what it is and holds; nobody else appends before this ends. */
  open(name: string): Promise<LogHead>;
  /** Appends them, and says that the log holds so many. */
  insert(events: readonly StoredEvent[], size: number): Promise<void>;
  /** Removes bodies; answers the positions. */
  redact(session: string, seqs: readonly number[]): Promise<readonly number[]>;
}

export type MentionKind = 'person' | 'object' | 'rule' | 'payload' | 'request';

export interface Mention {
  readonly kind: MentionKind;
  readonly value: string;
  readonly position: number;
  readonly session: string;
}

/** What lists and searches find events by: derived from them, never read by verification. */
export interface IndexReader {
  sessions(filter: SessionFilter): Promise<readonly SessionSummary[]>;
  search(search: EventSearch): Promise<readonly StoredEvent[]>;
  isMentioned(mention: Omit<Mention, 'position'>): Promise<boolean>;
  /** The addresses of the payloads that the session's events name and that are wanted still. */
  payloadsOf(session: string): Promise<readonly string[]>;
  /** Sessions that were closed, are not held and have had no event but retention's since (ISO 8601). */
  stillSince(before: string): Promise<readonly string[]>;
  isHeld(session: string): Promise<boolean>;
  isKnown(session: string): Promise<boolean>;
  /** An event of which a part of the text is still to be indexed. */
  longTextDue(): Promise<number | null>;
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

export interface TextPart {
  readonly position: number;
  readonly text: string;
}

export interface IndexStore extends IndexReader {
  mention(mentions: readonly Mention[]): Promise<void>;
  sessionOpened(session: OpenedSession): Promise<void>;
  sessionClosed(session: string, at: string): Promise<void>;
  sessionHeld(session: string, held: boolean): Promise<void>;
  /** Each event's text, or the first part of it. */
  addTexts(texts: readonly TextPart[]): Promise<void>;
  /** Says that a text has so many parts, and that the first is in. */
  addLongText(position: number, parts: number): Promise<void>;
  /** Indexes the next part of an event's text, if there is one: `length` characters of its SQL from the part's start. */
  addNextPart(position: number, size: { readonly step: number; readonly length: number }): Promise<void>;
  /** Forgets these events, but for the payloads that they name. */
  forget(positions: readonly number[]): Promise<void>;
  /** Forgets who opened it. */
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
  addresses(): Promise<ReadonlySet<string>>;
}

export interface PayloadsStore extends PayloadsReader {
  /** One that is there already is only said to be wanted, so that retention does not take it from under an event. */
  put(payload: StoredPayload, now: number): Promise<void>;
  /** Those that no event wants any more; what was handed in since may be waiting for its event. */
  dropUnwanted(before: number): Promise<void>;
}

/** A key that payloads are sealed with, wrapped by a key of the vault. */
export interface StoredDataKey {
  readonly id: string;
  readonly createdAt: number;
  readonly wrapped: Uint8Array;
  readonly wrappedBy: string;
}

export interface DataKeysReader {
  /** The oldest first. */
  list(): Promise<readonly StoredDataKey[]>;
}

export interface DataKeysStore extends DataKeysReader {
  add(key: StoredDataKey): Promise<void>;
  rewrap(key: Pick<StoredDataKey, 'id' | 'wrapped' | 'wrappedBy'>): Promise<void>;
}

/** A checkpoint but for its log's name. */
export interface StoredCheckpoint {
  readonly size: number;
  readonly at: string;
  readonly root: string;
  readonly key: string;
  readonly signature: string;
}

export interface CheckpointsReader {
  list(): Promise<readonly StoredCheckpoint[]>;
  find(size: number, key: string): Promise<StoredCheckpoint | null>;
  /** One of this size by another key. */
  handOver(size: number, successor: string): Promise<StoredCheckpoint | null>;
  /** Roots of full subtrees, of `256 ** level` leaves each, from `place` on, at most so many. */
  subtrees(level: number, place: number, limit: number): Promise<readonly string[]>;
  countSubtrees(level: number): Promise<number>;
}

export interface CheckpointsStore extends CheckpointsReader {
  add(checkpoint: StoredCheckpoint): Promise<void>;
  /** Of what was signed before this hour (`2026-03-01T09`), keeps the last of each hour and key. */
  thinOut(hour: string): Promise<void>;
  addSubtree(level: number, place: number, hash: string): Promise<void>;
}

/** All that is given must hold. */
export interface EventSearch {
  /** An identity's id: events of sessions that this person opened, and their decisions in others. */
  readonly person?: string;
  /** Statements that touched this object: `DB.SCHEMA.TABLE`. */
  readonly object?: string;
  /** Statements that this policy rule decided. */
  readonly rule?: string;
  /**
   * Words, all of which an SQL text or a prompt holds; the last may be only begun. A text of more than 64 Ki
   * characters is looked through in parts of that length.
   */
  readonly text?: string;
  /** ISO 8601, UTC. */
  readonly since?: string;
  readonly before?: string;
  /** Where the page before this one ended. */
  readonly olderThan?: number;
  readonly limit: number;
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

export interface SessionFilter {
  /** An identity's id, `issuer|subject`. */
  readonly person?: string;
  /** To the letter, of those who opened them. */
  readonly subject?: string;
  /** ISO 8601, by the time of opening. */
  readonly since?: string;
  readonly before?: string;
  readonly limit: number;
}
