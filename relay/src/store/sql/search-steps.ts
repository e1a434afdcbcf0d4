/** What a search has done, and whether that is enough for one page. */
export interface Steps {
  /** @param count of some microseconds each, with what they read in memory */
  take(count: number): void;
  areTaken(): boolean;
}

/** Positions that may be found, the newest first; everything from `searchedTo` on has been looked at. */
export interface Candidates {
  readonly positions: readonly number[];
  readonly searchedTo: number;
}

/**
 * A page ends after so many steps, or sooner where a disk has each of them take long: whoever waits can go on. However slow it is,
 * a page does some of them.
 *
 * @param elapsed milliseconds, of a clock that nobody sets
 */
export function createSteps(elapsed: () => number = () => performance.now()): Steps {
  const began = elapsed();
  let taken = 0;
  return {
    take: (count) => void (taken += count),
    areTaken: () => taken >= MOST_STEPS || (taken >= FEWEST_STEPS && elapsed() - began >= LONG_MS),
  };
}

const MOST_STEPS = 10_000;
const FEWEST_STEPS = 500;
const LONG_MS = 40;
