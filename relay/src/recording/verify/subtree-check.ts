/**
 * Compares the subtrees that the store keeps, from which the relay makes its proofs and its next roots, with those of the
 * events. Holds few of them at a time.
 */
export interface SubtreeCheck {
  /** The root (hex) of the `place`-th subtree of this level, as the events have it. In order. */
  full(level: number, place: number, root: string): void;
  /** Compares what has come together. @param signed up to where a checkpoint shows that subtrees have been stored. */
  compare(signed: number, isLast: boolean): Promise<void>;
}

/**
 * @param stored reads subtrees as the store keeps them; null when they cannot be read.
 * @param onWrong told about the first wrong one of each level.
 */
export function subtreeCheck(
  stored: (level: number, place: number, limit: number) => Promise<readonly string[] | null>,
  onWrong: (why: string) => void,
): SubtreeCheck {
  const levels = new Map<number, { from: number; roots: string[]; isWrong: boolean }>();

  return {
    full(level, place, root) {
      const known = levels.get(level) ?? { from: place, roots: [], isWrong: false };
      levels.set(level, known);
      known.roots.push(root);
    },
    async compare(signed, isLast) {
      for (const [level, waiting] of levels) {
        const { from, roots } = waiting;
        if (waiting.isWrong || (roots.length < AT_ONCE && !isLast)) continue;
        const kept = await stored(level, from, roots.length);
        const isWrong = (root: string, index: number) =>
          kept !== null && kept[index] !== root && (from + index + 1) * 2 ** level <= signed;
        const wrong = roots.findIndex(isWrong);
        if (wrong !== -1) {
          waiting.isWrong = true;
          const which = `level ${level}, place ${from + wrong}`;
          onWrong(`table recorded_subtree: ${which} is not the root of its events, or not there`);
        }
        waiting.from += roots.length;
        waiting.roots = [];
      }
    },
  };
}

const AT_ONCE = 500;
