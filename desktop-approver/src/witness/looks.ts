import type { Place } from './place.ts';

/** A relay signs at most every minute, unless somebody exports; it is not asked more often than this, whatever happens. */
const EVERY_MS = 60_000;
const SOONEST_MS = 10_000;

export interface LooksOptions {
  /** Never rejects. */
  readonly look: (place: Place) => Promise<unknown>;
  readonly isWatched: (place: Place) => boolean;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  readonly after: (ms: number, run: () => void) => () => void;
}

/**
 * When the next look is.
 *
 * @returns what has one come soon, and no more often than is bounded: what asks meanwhile is answered by the same look.
 */
export function lookSoonBy({ look, isWatched, now, after }: LooksOptions): (place: Place) => void {
  const schedule = (place: Place, at: number) => {
    place.next?.callOff();
    const callOff = after(Math.max(0, at - now()), () => {
      place.next = null;
      void lookAndGoOn(place);
    });
    place.next = { at, callOff };
  };
  const lookAndGoOn = async (place: Place) => {
    await look(place);
    if (isWatched(place) && place.next === null) schedule(place, now() + EVERY_MS);
  };
  return (place) => {
    const at = Math.max(now(), place.lookedAt + SOONEST_MS);
    if (place.next !== null && place.next.at <= at) return;
    schedule(place, at);
  };
}
