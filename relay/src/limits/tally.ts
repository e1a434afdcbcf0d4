/**
 * Reports the first few things of each kind individually, and the number of the rest, minute by minute, so that somebody
 * who keeps sending refused requests fills neither the record nor the log.
 */
export interface Tally {
  /** Calls `tell` at once, or counts. */
  add(kind: string, tell: () => void): void;
  /** Reports the numbers of a minute that has passed. Called about once a second. */
  tick(): void;
  /** Reports what has been counted so far. */
  close(): void;
}

export interface TallyOptions {
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** For each kind that was counted: how many there were beyond those reported individually, from `since` on. */
  readonly onCounted: (kind: string, count: number, since: number) => void;
  /** How many of a kind are reported individually in a minute. */
  readonly first?: number;
  /** How many kinds are distinguished in a minute; any others are counted as `other`. */
  readonly kinds?: number;
}

export function createTally({ now, onCounted, first = 10, kinds = 1_000 }: TallyOptions): Tally {
  const seen = new Map<string, number>();
  let since = -Infinity;

  const tellCounts = () => {
    for (const [kind, count] of seen) if (count > first) onCounted(kind, count - first, since);
    seen.clear();
  };
  const beginMinute = () => {
    const time = now();
    if (time < since + MINUTE_MS && time >= since) return;
    tellCounts();
    since = time;
  };

  return {
    add(kind, tell) {
      beginMinute();
      const known = seen.has(kind) || seen.size < kinds ? kind : 'other';
      const count = (seen.get(known) ?? 0) + 1;
      seen.set(known, count);
      if (count <= first) tell();
    },
    tick() {
      if (seen.size > 0) beginMinute();
    },
    close: tellCounts,
  };
}

const MINUTE_MS = 60_000;
