import type { Moment } from './moments.ts';

/**
 * Moments as they are listed and played: long pauses are folded to a line that says how long they were, and take a few
 * seconds at most when they are played. What came within a millisecond is shown for long enough to be seen.
 */
export interface FoldedTime {
  readonly moments: readonly Moment[];
  /** What is listed: a moment by its index, or the pause before one by `-1 - index`. */
  readonly lines: readonly number[];
  /** The line of each moment. */
  readonly lineOf: readonly number[];
  /** When each moment is played, in milliseconds from the beginning, at the ordinary speed. */
  readonly playedAt: readonly number[];
  readonly tally: Readonly<Tally>;
}

/** What came of the statements so far. */
export interface Tally {
  statements: number;
  masked: number;
  held: number;
  blocked: number;
}

/** A growing one: `add` and `snapshot`. */
export function foldTime() {
  const moments: Moment[] = [];
  const lines: number[] = [];
  const lineOf: number[] = [];
  const playedAt: number[] = [];
  const tally: Tally = { statements: 0, masked: 0, held: 0, blocked: 0 };
  return {
    add(more: readonly Moment[]): void {
      for (const moment of more) {
        const index = moments.length;
        const pause = pauseBefore(moments, moment);
        if (pause >= IDLE_MS) lines.push(-1 - index);
        lineOf.push(lines.length);
        lines.push(index);
        const before = playedAt.at(-1);
        playedAt.push(before === undefined ? 0 : before + Math.min(LONGEST_MS, Math.max(SHORTEST_MS, pause)));
        moments.push(moment);
        count(tally, moment);
      }
    },
    /** Shares its arrays with what is added later: only what was there by now may be read of it. */
    now: (): FoldedTime => ({ moments, lines, lineOf, playedAt, tally }),
  };
}

/** From how long a pause is folded. */
const IDLE_MS = 60_000;
const LONGEST_MS = 3_000;
const SHORTEST_MS = 600;

function pauseBefore(moments: readonly Moment[], { at }: Moment): number {
  return at - (moments.at(-1)?.at ?? at);
}

/** Milliseconds from the moment before to this one. */
export function pauseAt({ moments }: FoldedTime, index: number): number {
  return moments[index]!.at - (moments[index - 1]?.at ?? moments[index]!.at);
}

/** The last moment whose event has this `seq` or one before; the first, if none does. */
export function momentAt(moments: readonly Moment[], seq: number): number {
  return lastUpTo(moments.length, (index) => moments[index]!.seq <= seq);
}

/** The last moment that has been played by then. */
export function momentPlayedBy({ playedAt }: FoldedTime, ms: number): number {
  return lastUpTo(playedAt.length, (index) => playedAt[index]! <= ms);
}

/** The last index for which it holds, of those up to one it holds for; 0 if it holds for none. */
function lastUpTo(count: number, holds: (index: number) => boolean): number {
  let [low, high] = [0, count - 1];
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (holds(middle)) low = middle;
    else high = middle - 1;
  }
  return Math.max(0, low);
}

function count(tally: Tally, { kind, means }: Moment): void {
  if (kind === 'statement') tally.statements += 1;
  if (kind !== 'decision') return;
  if (means === 'masked') tally.masked += 1;
  if (means === 'waits') tally.held += 1;
  if (means === 'refused') tally.blocked += 1;
}
