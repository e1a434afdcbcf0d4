import type { EventBody } from '@sluice/contract';
import type { StoredEvent } from '../stored-event.ts';
import { isKeyEvent } from './key-events.ts';

/**
 * What events say that exports and retention go by: where each session ends, legal holds, whose keys sign, and when what was
 * recorded. Only rows are read into it that were shown to be those of the log, so that nothing has to be believed that the store
 * says otherwise. It takes about 100 bytes for each session.
 */
export interface LogFacts {
  /** In the order of the log. */
  read(row: StoredEvent): void;
  /** A hold, or a release, that this process has just made durable. */
  noteHold(session: string, hold: Hold): void;
  /** An event that this process has just made durable. */
  noteEnd(session: string, position: number): void;
  /** The position of a session's newest event; -1 when none of it was read. */
  end(session: string): number;
  /** Where the events are that say whose keys sign, in the order of the log. */
  keyEvents(): readonly KeyEventPlace[];
  /** The newest one of a session. */
  hold(session: string): Hold | undefined;
  /**
   * How many events the log held at most at this instant. What stands behind them is no older, whatever its own time
   * says: what was recorded while the clock was set back is not old for it. To the hour.
   *
   * @param instant ISO 8601, UTC.
   */
  sizeAt(instant: string): number;
  /** Times of events, one for each hour that has one, without those from before a time that was there already. ISO 8601, UTC. */
  times(): readonly string[];
  /** Takes in what was read of the first `size` events, all of them or the last ones. */
  precede(earlier: LogFacts, size: number): void;
  readonly all: () => AllFacts;
}

interface AllFacts {
  /** The position of the first event that was read. */
  readonly first: number;
  readonly holds: ReadonlyMap<string, Hold>;
  readonly ends: ReadonlyMap<string, number>;
  readonly keyEvents: readonly KeyEventPlace[];
  readonly moments: readonly Moment[];
}

export interface KeyEventPlace {
  readonly position: number;
  readonly type: string;
  readonly hash: string;
}

export interface Hold {
  readonly position: number;
  readonly held: boolean;
}

interface Moment {
  readonly position: number;
  readonly at: string;
}

export function logFacts(): LogFacts {
  const holds = new Map<string, Hold>();
  const ends = new Map<string, number>();
  let keyEvents: KeyEventPlace[] = [];
  let first = Infinity;
  let moments: Moment[] = [];

  const noteHold = (session: string, hold: Hold) => {
    if (hold.position > (holds.get(session)?.position ?? -1)) holds.set(session, hold);
  };
  const noteEnd = (session: string, position: number) => {
    if (position > (ends.get(session) ?? -1)) ends.set(session, position);
  };
  const noteTime = ({ position, at }: Moment) => {
    if (at.slice(0, HOUR) > (moments.at(-1)?.at ?? '').slice(0, HOUR)) moments.push({ position, at });
  };

  return {
    read({ position, session, at, type, body, hash }) {
      if (type === 'hold') noteHold(session, { position, held: isHold(body) });
      first = Math.min(first, position);
      if (isKeyEvent(type)) keyEvents.push({ position, type, hash });
      noteEnd(session, position);
      noteTime({ position, at });
    },
    noteHold,
    noteEnd,
    end: (session) => ends.get(session) ?? -1,
    keyEvents: () => keyEvents,
    hold: (session) => holds.get(session),
    sizeAt: (instant) => moments.find(({ at }) => at >= instant)?.position ?? Infinity,
    times: () => moments.map(({ at }) => at),
    precede(earlier, size) {
      const before = earlier.all();
      // Somebody else has come further back meanwhile.
      if (before.first >= first) return;
      first = before.first;
      for (const [session, hold] of before.holds) noteHold(session, hold);
      for (const [session, position] of before.ends) noteEnd(session, position);
      keyEvents = [...before.keyEvents, ...keyEvents.filter(({ position }) => position >= size)];
      const after = moments.filter(({ position }) => position >= size);
      moments = [...before.moments];
      for (const moment of after) noteTime(moment);
    },
    all: () => ({ first, holds, ends, keyEvents, moments }),
  };
}

/** Whether the body of a `hold` event places the session under hold. One whose body is gone says nothing else. */
export function isHold(body: string | null): boolean {
  if (body === null) return true;
  const parsed = JSON.parse(body) as EventBody;
  return parsed.type === 'hold' && parsed.held;
}

/** Length of the part of a time that names its hour: `2026-03-01T09`. */
const HOUR = 13;
