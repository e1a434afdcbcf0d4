import type { StoredCheckpoint } from '../ports.ts';

/**
 * How many events the log held at most at this instant, by its checkpoints. What stands behind them is no older, whatever its
 * own time says: what was recorded while the clock was set back is not old for it.
 *
 * @param instant ISO 8601, UTC.
 */
export function logSizeAt(
  checkpoints: readonly Pick<StoredCheckpoint, 'size' | 'at'>[],
  instant: string,
): number {
  return checkpoints.reduce(
    (least, { size, at }) => (at >= instant ? Math.min(least, size) : least),
    Infinity,
  );
}
