import type { RecordedEvent } from '@sluice/contract';
import { eventOf } from './log/event-log.ts';
import type { EventSearch, RecordReaders } from './ports.ts';

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
