import { hash } from 'node:crypto';
import type { GrowingTree } from '../checkpoints/merkle.ts';

/**
 * The log's Merkle tree (see `checkpoints/merkle.ts`), built leaf by leaf from many millions of them. Hashes are held as
 * strings of 32 characters, one a byte: that is several times faster than buffers of this size.
 */
export interface TreeWalk {
  readonly size: number;
  /** @param eventHash hex. Anything else gives another root. */
  add(eventHash: unknown): void;
  /** Hex. */
  root(): string;
}

/**
 * @param from the tree over the leaves before.
 * @param onFull told the root (hex) of each full subtree of 256, 65,536, ... leaves: the `place`-th of its level.
 */
export function treeWalk(
  from: GrowingTree,
  onFull: (level: number, place: number, root: string) => void,
): TreeWalk {
  const peaks = from.peaks.map((peak) => peak.toString('binary'));
  const leaf = Buffer.alloc(1 + HASH);
  const node = Buffer.alloc(1 + 2 * HASH, 1);
  let size = from.size;

  const join = (left: string, right: string) => {
    node.write(left, 1, HASH, 'binary');
    node.write(right, 1 + HASH, HASH, 'binary');
    return hash('sha256', node, 'binary');
  };
  return {
    get size() {
      return size;
    },
    add(eventHash) {
      const written = typeof eventHash === 'string' ? leaf.write(eventHash, 1, HASH, 'hex') : 0;
      let root = hash('sha256', written === HASH ? leaf : leaf.subarray(0, 1 + written), 'binary');
      let height = 0;
      for (let rest = size; rest % 2 === 1; rest = (rest - 1) / 2) {
        root = join(peaks.pop()!, root);
        height += 1;
        if (height % LEVEL === 0) onFull(height, (size + 1) / 2 ** height - 1, toHex(root));
      }
      peaks.push(root);
      size += 1;
    },
    root: () => toHex(peaks.reduceRight((right, left) => join(left, right))),
  };
}

const HASH = 32;
/** Of how many levels one is stored. */
const LEVEL = 8;

function toHex(bytes: string): string {
  return Buffer.from(bytes, 'binary').toString('hex');
}
