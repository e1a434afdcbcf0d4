import type { EventBody, RecordedEvent } from '@sluice/contract';
import { LRUCache } from 'lru-cache';
import { eventOf } from '../log/event-log.ts';
import type { EventsReader } from '../ports.ts';

/** An event for export to other systems, with the `opened` event of its session, which the event itself lacks. */
export interface StreamedEvent {
  /** Position in the log of all sessions. Pass it as `after` to continue from here. */
  readonly position: number;
  readonly event: RecordedEvent;
  /** Null for the relay session, and when retention has removed the body. */
  readonly opened: Opened | null;
}

export type Opened = Extract<EventBody, { type: 'opened' }>;

/** Yields events in the order of the log, reading a page at a time. */
export async function* streamEvents(
  { events }: { readonly events: EventsReader },
  { after, session }: EventRange,
): AsyncGenerator<StreamedEvent> {
  const openedBy = new LRUCache<string, { readonly opened: Opened | null }>({ max: MOST_REMEMBERED });
  let last = after;
  for (;;) {
    const page = await events.afterPosition({
      after: last,
      limit: PAGE,
      ...(session === undefined ? {} : { session }),
    });
    for (const row of page) {
      const { opened } = openedBy.get(row.session) ?? { opened: await openingOf(events, row.session) };
      openedBy.set(row.session, { opened });
      yield { position: row.position, event: eventOf(row), opened };
    }
    if (page.length < PAGE) return;
    last = page.at(-1)!.position;
  }
}

export interface EventRange {
  /** The position of the last event already read; -1 to start at the beginning. */
  readonly after: number;
  readonly session?: string;
}

const PAGE = 200;
const MOST_REMEMBERED = 10_000;

async function openingOf(events: EventsReader, session: string): Promise<Opened | null> {
  const [row] = await events.ofSession(session, { after: -1, limit: 1 });
  return row?.type !== 'opened' || row.body === null ? null : (JSON.parse(row.body) as Opened);
}
