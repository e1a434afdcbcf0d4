import type { EventBody, RecordedEvent } from '@sluice/contract';
import { LRUCache } from 'lru-cache';
import { eventOf } from '../log/event-log.ts';
import type { EventsReader } from '../ports.ts';

/** An event as other systems want it: with who opened its session, which it does not say itself. */
export interface StreamedEvent {
  /** Place in the log of all sessions: where to go on from the next time. */
  readonly position: number;
  readonly event: RecordedEvent;
  /** Null for the relay's own session, and when retention has removed it. */
  readonly opened: Opened | null;
}

export type Opened = Extract<EventBody, { type: 'opened' }>;

/** Every session's events in the order of the log, read a page at a time. */
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
  /** The position of the last event that is known already; -1 for all. */
  readonly after: number;
  readonly session?: string;
}

const PAGE = 200;
const MOST_REMEMBERED = 10_000;

async function openingOf(events: EventsReader, session: string): Promise<Opened | null> {
  const [row] = await events.ofTypes(session, ['opened']);
  return row === undefined || row.body === null ? null : (JSON.parse(row.body) as Opened);
}
