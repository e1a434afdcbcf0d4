import type { TreeHead } from './checkpoint.ts';
import { type Hash, nodeHash } from './merkle.ts';

/** A tree that somebody was told of. */
export interface TreeOf {
  readonly size: number;
  readonly root: Hash;
}

/** Whether the log of the later head goes on from the earlier one. */
export function goesOn(earlier: TreeHead, later: TreeHead, proof: readonly Hash[]): boolean {
  return earlier.log === later.log && isConsistent(treeOf(earlier), treeOf(later), proof);
}

function treeOf({ size, root }: TreeHead): TreeOf {
  return { size, root: Buffer.from(root, 'hex') };
}

/**
 * Whether the larger tree begins with the smaller one: RFC 9162, section 2.1.4.2. No tree of no events is a beginning
 * that could be proven.
 */
export function isConsistent(smaller: TreeOf, larger: TreeOf, proof: readonly Hash[]): boolean {
  if (smaller.size < 1 || smaller.size > larger.size) return false;
  if (smaller.size === larger.size) return proof.length === 0 && smaller.root.equals(larger.root);
  const isFull = Number.isInteger(Math.log2(smaller.size)) && 2 ** Math.log2(smaller.size) === smaller.size;
  const [first, ...rest] = isFull ? [smaller.root, ...proof] : proof;
  if (first === undefined || (isFull && proof.length === 0)) return false;
  let [node, last] = [smaller.size - 1, larger.size - 1];
  while (node % 2 === 1) [node, last] = [Math.floor(node / 2), Math.floor(last / 2)];
  let [before, after] = [first, first];
  for (const hash of rest) {
    if (last === 0) return false;
    if (node % 2 === 1 || node === last) {
      [before, after] = [nodeHash(hash, before), nodeHash(hash, after)];
      while (node % 2 === 0 && node !== 0) [node, last] = [node / 2, Math.floor(last / 2)];
    } else {
      after = nodeHash(after, hash);
    }
    [node, last] = [Math.floor(node / 2), Math.floor(last / 2)];
  }
  return last === 0 && before.equals(smaller.root) && after.equals(larger.root);
}
