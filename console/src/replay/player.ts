import { useEffect, useRef, useState } from 'react';
import { type FoldedTime, momentPlayedBy } from './folded-time.ts';

export const SPEEDS = [1, 2, 4, 16, 64] as const;

export interface Player {
  readonly isPlaying: boolean;
  readonly speed: number;
  readonly toggle: () => void;
  readonly pause: () => void;
  readonly setSpeed: (speed: number) => void;
}

/** Goes from moment to moment as time passes, until the last one. @param at the index of the moment that is shown. */
export function usePlayer(time: FoldedTime, count: number, at: number, go: (index: number) => void): Player {
  const [isPlaying, setIsPlaying] = useState(false);
  const [speed, setSpeed] = useState(1);
  const now = useRef({ time, count, at, go, speed });
  now.current = { time, count, at, go, speed };
  useEffect(() => {
    if (!isPlaying) return undefined;
    let frame = 0;
    let last: number | null = null;
    /** Where it is, and the moment that it put there: somebody may go elsewhere meanwhile. */
    let [played, shown] = [-1, -1];
    const step = (at: number) => {
      const { current } = now;
      if (current.at !== shown) [played, shown] = [current.time.playedAt[current.at] ?? 0, current.at];
      played += (at - (last ?? at)) * current.speed;
      last = at;
      const next = Math.min(current.count - 1, momentPlayedBy(current.time, played));
      if (next !== shown) {
        shown = next;
        current.go(next);
      }
      if (next >= current.count - 1) setIsPlaying(false);
      else frame = requestAnimationFrame(step);
    };
    frame = requestAnimationFrame(step);
    return () => cancelAnimationFrame(frame);
  }, [isPlaying]);
  return {
    isPlaying,
    speed,
    setSpeed,
    pause: () => setIsPlaying(false),
    toggle() {
      // At the end, from the beginning.
      if (!isPlaying && at >= count - 1) go(0);
      setIsPlaying(!isPlaying);
    },
  };
}
