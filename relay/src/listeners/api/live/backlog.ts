import type { Identity } from '../../../identity/index.ts';

/** One event of the live channel, serialised once for everybody. */
export interface LiveEvent {
  readonly number: number;
  readonly frame: Buffer;
  readonly isVisibleTo: (viewer: Identity) => boolean;
}

/** The latest events, so that a client that was away can go on where it was. */
export interface Backlog {
  add(make: (cursor: string) => Omit<LiveEvent, 'number'>): LiveEvent;
  cursor(): string;
  /** The events after a cursor; null when it is too old, or of another run of the relay. */
  since(cursor: string): readonly LiveEvent[] | null;
}

/** `epoch` is new with every start: event numbers of an earlier run mean nothing in this one. */
export function createBacklog(epoch: string, size: number): Backlog {
  const events: LiveEvent[] = [];
  let last = 0;
  const cursorOf = (number: number) => `${epoch}.${number}`;

  return {
    add(make) {
      last += 1;
      const event = { number: last, ...make(cursorOf(last)) };
      events[last % size] = event;
      return event;
    },
    cursor: () => cursorOf(last),
    since(cursor) {
      const [theirEpoch, text = '', ...rest] = cursor.split('.');
      const seen = Number(text);
      if (theirEpoch !== epoch || rest.length > 0 || !/^\d+$/.test(text)) return null;
      if (seen > last || last - seen > size) return null;
      return Array.from({ length: last - seen }, (_, index) => events[(seen + 1 + index) % size]!);
    },
  };
}
