import { hash as digestOf } from 'node:crypto';

/**
 * A hash in the Merkle tree of RFC 6962, section 2.1, with SHA-256. A leaf's data are the 32 bytes of an event's hash.
 */
export type Hash = Buffer;

export function leafHash(data: Uint8Array): Hash {
  return sha256(Buffer.concat([LEAF, data]));
}

/** The leaf of an event. @param hash the event's, hex. */
export function leafOf(hash: string): Hash {
  return leafHash(Buffer.from(hash, 'hex'));
}

export function nodeHash(left: Hash, right: Hash): Hash {
  return sha256(Buffer.concat([NODE, left, right]));
}

/** At once: an object for each hash would hold memory that V8 does not count, until it happens to collect it. */
function sha256(data: Uint8Array): Hash {
  return digestOf('sha256', data, 'buffer');
}

/** A tree that grows leaf by leaf. It holds at most one hash for each bit of its size. */
export interface GrowingTree {
  size: number;
  /** Roots of full subtrees, the largest first. */
  readonly peaks: Hash[];
}

export function addLeaf(tree: GrowingTree, leaf: Hash): void {
  let hash = leaf;
  for (let rest = tree.size; rest % 2 === 1; rest = (rest - 1) / 2) hash = nodeHash(tree.peaks.pop()!, hash);
  tree.peaks.push(hash);
  tree.size += 1;
}

export function copyOf({ size, peaks }: GrowingTree): GrowingTree {
  return { size, peaks: [...peaks] };
}

/** The full subtrees of a tree of this size, the largest first: where each begins, and before what it ends. */
export function peaksOf(size: number): readonly { readonly start: number; readonly end: number }[] {
  const peaks: { start: number; end: number }[] = [];
  for (let start = 0, bit = 2 ** 52; bit >= 1; bit /= 2) {
    if (size - start < bit) continue;
    peaks.push({ start, end: start + bit });
    start += bit;
  }
  return peaks;
}

/** The root of a tree whose full subtrees, the largest first, have these roots. */
export function rootOf(peaks: readonly Hash[]): Hash {
  if (peaks.length === 0) return EMPTY;
  return peaks.reduceRight((right, left) => nodeHash(left, right));
}

/** The root of adjacent nodes at one height. */
export function rootOfNodes(nodes: readonly Hash[]): Hash {
  const tree: GrowingTree = { size: 0, peaks: [] };
  for (const node of nodes) addLeaf(tree, node);
  return rootOf(tree.peaks);
}

/** Number of leaves left of a tree's split: the largest power of two smaller than its size. */
export function splitOf(size: number): number {
  let part = 1;
  while (part * 2 < size) part *= 2;
  return part;
}

/**
 * Whether a leaf is at `position` in the tree of `size` leaves with this root (RFC 9162, section 2.1.3.2). `proof`
 * holds the sibling hashes from the leaf up to the root.
 */
export function includes(
  leaf: Hash,
  position: number,
  proof: readonly Hash[],
  size: number,
  root: Hash,
): boolean {
  if (position >= size) return false;
  let [node, last, hash] = [position, size - 1, leaf];
  for (const sibling of proof) {
    if (last === 0) return false;
    if (node % 2 === 1 || node === last) {
      hash = nodeHash(sibling, hash);
      while (node % 2 === 0 && node !== 0) [node, last] = [node / 2, Math.floor(last / 2)];
    } else {
      hash = nodeHash(hash, sibling);
    }
    [node, last] = [Math.floor(node / 2), Math.floor(last / 2)];
  }
  return last === 0 && hash.equals(root);
}

const LEAF = Buffer.of(0);
const NODE = Buffer.of(1);
const EMPTY = digestOf('sha256', '', 'buffer');
