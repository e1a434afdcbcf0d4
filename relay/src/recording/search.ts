import type { RecordedEvent } from '@sluice/contract';
import { eventOf } from './log/event-log.ts';
import type { RecordReaders } from './ports.ts';

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

export interface FoundEvent {
  /** Place in the log of all sessions: what `olderThan` takes. */
  readonly position: number;
  readonly event: RecordedEvent;
}

/** Finds events by what they mention, the newest first. */
export async function searchEvents(
  store: Pick<RecordReaders, 'index'>,
  search: EventSearch,
): Promise<readonly FoundEvent[]> {
  const found = await store.index.search(search);
  return found.map((stored) => ({ position: stored.position, event: eventOf(stored) }));
}
