import type { RecordedEvent } from '@sluice/contract';
import { eventOf } from './log/event-log.ts';
import type { EventSearch, RecordReaders } from './ports.ts';

export interface FoundEvent {
  /** Position in the log of all sessions. */
  readonly position: number;
  readonly event: RecordedEvent;
}

/** A page of what was found. It may hold fewer events than asked for, even none, while there are more. */
export interface FoundEvents {
  /** Newest first. */
  readonly found: readonly FoundEvent[];
  /**
   * Everything at this position and after has been searched: pass it as `olderThan` to go on. Null when the whole
   * record has been searched.
   */
  readonly searchedTo: number | null;
}

/**
 * Finds events by what they mention, newest first. However large the record is, one call does a bounded amount of work:
 * whoever wants more goes on from `searchedTo`.
 */
export async function searchEvents(
  store: Pick<RecordReaders, 'index'>,
  search: EventSearch,
): Promise<FoundEvents> {
  const { events, searchedTo } = await store.index.search(search);
  return {
    found: events.map((stored) => ({ position: stored.position, event: eventOf(stored) })),
    searchedTo,
  };
}
