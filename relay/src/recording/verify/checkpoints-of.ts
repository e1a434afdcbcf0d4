import { type Checkpoint, parseCheckpoint } from '../checkpoints/checkpoint.ts';
import type { CheckpointsReader } from '../ports.ts';

/**
 * The checkpoints of a store and those that were kept elsewhere, as far as they are of this log, by size.
 *
 * @param onForged told about those that are not.
 */
export async function checkpointsOf(
  checkpoints: Pick<CheckpointsReader, 'list'>,
  log: string,
  kept: readonly Checkpoint[],
  onForged: (why: string) => void,
): Promise<readonly Checkpoint[]> {
  const stored = await checkpoints.list();
  const known = [...stored, ...kept].flatMap(({ size, note }) => {
    // A table that was made anew may hold anything.
    const parsed = typeof note === 'string' ? parseCheckpoint(note) : null;
    if (parsed?.log === log && parsed.size === size) return [parsed];
    onForged(`the checkpoint of size ${String(size)} is not one of this log`);
    return [];
  });
  return known.sort((one, other) => one.size - other.size);
}
