import { digestOf, isSame } from './bytes.ts';

/** A node of the log's tree: RFC 6962, section 2.1. */
type Hash = Uint8Array;

/** The leaf of an event. @param hash the event's, 32 bytes. */
export function leafOf(hash: Uint8Array): Hash {
  return digestOf(LEAF, hash);
}

function nodeOf(left: Hash, right: Hash): Hash {
  return digestOf(NODE, left, right);
}

export interface Tree {
  readonly size: number;
  readonly root: Hash;
}

/** Whether a leaf is at this position of the tree: RFC 9162, section 2.1.3.2. */
export function isIncluded(
  leaf: Hash,
  position: number,
  proof: readonly Hash[],
  { size, root }: Tree,
): boolean {
  if (position >= size) return false;
  let [node, last, hash] = [position, size - 1, leaf];
  for (const sibling of proof) {
    if (last === 0) return false;
    if (node % 2 === 1 || node === last) {
      hash = nodeOf(sibling, hash);
      while (node % 2 === 0 && node !== 0) [node, last] = [node / 2, half(last)];
    } else {
      hash = nodeOf(hash, sibling);
    }
    [node, last] = [half(node), half(last)];
  }
  return last === 0 && isSame(hash, root);
}

/** Whether the larger tree begins with the smaller one: RFC 9162, section 2.1.4.2. */
export function isConsistent(smaller: Tree, larger: Tree, proof: readonly Hash[]): boolean {
  if (smaller.size < 1 || smaller.size >= larger.size || proof.length === 0) return false;
  let size = smaller.size;
  while (size % 2 === 0) size /= 2;
  const [first, ...rest] = size === 1 ? [smaller.root, ...proof] : proof;
  let [node, last] = [smaller.size - 1, larger.size - 1];
  while (node % 2 === 1) [node, last] = [half(node), half(last)];
  let [before, after] = [first!, first!];
  for (const hash of rest) {
    if (last === 0) return false;
    if (node % 2 === 1 || node === last) {
      [before, after] = [nodeOf(hash, before), nodeOf(hash, after)];
      while (node % 2 === 0 && node !== 0) [node, last] = [node / 2, half(last)];
    } else {
      after = nodeOf(after, hash);
    }
    [node, last] = [half(node), half(last)];
  }
  return last === 0 && isSame(before, smaller.root) && isSame(after, larger.root);
}

const half = (value: number) => Math.floor(value / 2);
const LEAF = Uint8Array.of(0);
const NODE = Uint8Array.of(1);
