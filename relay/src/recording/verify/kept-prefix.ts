import type { Checkpoint } from '../checkpoints/checkpoint.ts';
import { logTree } from '../checkpoints/log-tree.ts';
import { type GrowingTree, includes, leafOf, rootOf } from '../checkpoints/merkle.ts';
import type { RecordReaders, StoredEvent } from '../ports.ts';
import { objectionTo } from './stored-row.ts';

/** The part of a log that a checkpoint covers, which an incremental run does not read again. */
export interface KeptPrefix {
  readonly tree: GrowingTree;
  /** Whether an event from this part is the one that was signed. For those that later events go back to. */
  proves(row: StoredEvent): Promise<boolean>;
}

/**
 * Proves, from the stored subtrees and a few leaves, that the store has the tree that the checkpoint signed.
 *
 * @returns null when it has not.
 */
export async function keptPrefix(
  store: Pick<RecordReaders, 'events' | 'checkpoints'>,
  { size, root }: Checkpoint,
): Promise<KeptPrefix | null> {
  const stored = logTree(store);
  // Whatever the tables hold instead, it proves nothing.
  const tree = await stored.growing(size).catch(() => null);
  if (tree === null || rootOf(tree.peaks).toString('hex') !== root) return null;
  return {
    tree,
    async proves(row) {
      const proof =
        objectionTo(row) === null ? await stored.inclusionProof(row.position, size).catch(() => null) : null;
      if (proof === null) return false;
      const leaf = leafOf(row.hash);
      return includes(leaf, row.position, proof, size, Buffer.from(root, 'hex'));
    },
  };
}
