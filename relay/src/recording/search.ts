import type { RecordedEvent } from '@sluice/contract';
import { eventOf } from './log/event-log.ts';
import type { EventSearch, RecordReaders } from './ports.ts';

export interface FoundEvent {
  /** Position in the log of all sessions. Pass it as `olderThan` to get the next page. */
  readonly position: number;
  readonly event: RecordedEvent;
}

/** Finds events by what they mention, newest first. */
export async function searchEvents(
  store: Pick<RecordReaders, 'index'>,
  search: EventSearch,
): Promise<readonly FoundEvent[]> {
  const found = await store.index.search(search);
  return found.map((stored) => ({ position: stored.position, event: eventOf(stored) }));
}
