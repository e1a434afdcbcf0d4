import type { StoredEvent } from '../stored-event.ts';

/**
 * The search index: which events have which terms (`termOf`). The newest events have one row each; of older ones, up to
 * `BLOCK` neighbours make a block, which has one row for each of its terms. So a search takes one look a block, however
 * common a word is, and an append writes one row, however large the record is. Derived from the events; only
 * `verifyLists` compares it with them.
 */
export interface TermsReader {
  /** Takes a bounded number of steps, and answers with what it has found by then. */
  search(search: TermSearch): Promise<StoredEvents>;
  progress(): Promise<IndexProgress>;
  /** Entries of events before a position, in order, after this one. */
  recent(page: {
    readonly after: Pick<IndexEntry, 'position' | 'part'>;
    readonly before: number;
    readonly limit: number;
  }): Promise<readonly IndexEntry[]>;
  /** Who opened these sessions, as far as it is known. */
  openers(sessions: readonly string[]): Promise<ReadonlyMap<string, string>>;
  /** The block that holds a position; null when none does. */
  blockAt(position: number): Promise<Block | null>;
  /** Rows of a block, in order, after this term. */
  postings(block: number, after: string, limit: number): Promise<readonly Postings[]>;
  /** The offsets, from one up to before another, of a block's events that have no body any more. */
  removed(block: number, from: number, to: number): Promise<readonly number[]>;
}

export interface TermSearch {
  /** Terms that an event must have. */
  readonly all: readonly string[];
  /** The beginning of a term that it must have; null when it may have any. */
  readonly beginning: string | null;
  /** ISO 8601, UTC. */
  readonly since?: string;
  readonly before?: string;
  /** Only positions below. */
  readonly olderThan?: number;
  readonly limit: number;
}

/** A page of a search, newest first. */
export interface StoredEvents {
  /** As many as were asked for, or fewer when the search has not got to the end yet. */
  readonly events: readonly StoredEvent[];
  /** Everything from this position on has been searched; null when the whole record has been. */
  readonly searchedTo: number | null;
  /** Older events that are not in the index yet, because an earlier version has written them. */
  readonly unindexed: number;
}

export interface IndexProgress {
  readonly blocks: number;
  /** The position behind the last block. */
  readonly end: number;
  /** The first position from there on that has an entry of its own; null when there is none. */
  readonly recentFrom: number | null;
  /** Of the log. */
  readonly size: number;
  /** The first event of which parts are to be indexed still. */
  readonly longText: number | null;
  /** A block with events whose bodies were removed; `times` tells whether it was again. */
  readonly forgotten: { readonly block: number; readonly times: number } | null;
}

/** The terms of an event, or of a part of its text. */
export interface IndexEntry {
  readonly position: number;
  readonly part: number;
  readonly session: string;
  /** The event's time. ISO 8601, UTC. */
  readonly at: string;
  readonly terms: readonly string[];
}

/** Offsets of a block's events with a term (`packOffsets`). */
export interface Postings {
  readonly term: string;
  readonly offsets: Uint8Array;
}

export interface Block {
  readonly block: number;
  readonly start: number;
  /** The position behind its last event. */
  readonly end: number;
  /** Of its events' times. */
  readonly earliest: string;
  readonly latest: string;
}

export interface TermsStore extends TermsReader {
  addRecent(entries: readonly IndexEntry[]): Promise<void>;
  /** Notes that a text has this many parts, of which the first is indexed. */
  addLongText(position: number, parts: number): Promise<void>;
  /** The number of the next part to index, which is taken for indexed; null when there is none. */
  nextPart(position: number): Promise<number | null>;
  /** Writes these rows of a block, over those of the same terms. */
  putPostings(block: number, rows: readonly Postings[]): Promise<void>;
  dropPostings(block: number, terms: readonly string[]): Promise<void>;
  /** Makes a block of its rows. False when there is a block of this number. */
  seal(block: Block): Promise<boolean>;
  /** Removes some entries of events that are in blocks; returns whether there may be more. */
  dropSealed(): Promise<boolean>;
  /** Takes these events out: their own entries at once, their blocks are to be cleaned. */
  forget(positions: readonly number[]): Promise<void>;
  cleaned(forgotten: { readonly block: number; readonly times: number }): Promise<void>;
}
