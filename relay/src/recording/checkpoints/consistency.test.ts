import fc from 'fast-check';
import { beforeAll, expect, it } from 'vitest';
import { newSession, openTestRecord, statement } from '../testing/open-test-record.ts';
import { isConsistent } from './consistency.ts';
import { type LogTree, logTree, storeSubtrees } from './log-tree.ts';
import { type Hash, leafHash, rootOfNodes } from './merkle.ts';

const COUNT = 1_100;
let tree: LogTree;
let leaves: readonly Hash[];

beforeAll(async () => {
  const { recorder, store, db } = await openTestRecord();
  const session = newSession();
  await Promise.all(
    Array.from({ length: COUNT - 1 }, (_, index) => recorder.append(session, statement(`select ${index}`))),
  );
  await storeSubtrees(store, COUNT);
  tree = logTree(store);
  const rows = await db.selectFrom('recorded_event').select('hash').orderBy('position').execute();
  leaves = rows.map(({ hash }) => leafHash(Buffer.from(hash, 'hex')));
}, 60_000);

const treeOf = (size: number, of: readonly Hash[] = leaves) => ({
  size,
  root: rootOfNodes(of.slice(0, size)),
});

it('proves every small tree in every larger one', async () => {
  for (let size = 1; size <= 70; size += 1) {
    for (let from = 1; from <= size; from += 1) {
      const proof = await tree.consistencyProof(from, size);
      expect(isConsistent(treeOf(from), treeOf(size), proof), `${from} in ${size}`).toBe(true);
    }
  }
});

it('proves nothing of a tree that differs, and takes no other proof', async () => {
  const sizes = fc.tuple(fc.integer({ min: 1, max: COUNT }), fc.integer({ min: 1, max: COUNT }), fc.nat());
  const misses: string[] = [];
  for (const [one, other, seed] of fc.sample(sizes, 150)) {
    const [from, size] = [Math.min(one, other), Math.max(one, other)];
    const proof = await tree.consistencyProof(from, size);
    const [smaller, larger] = [treeOf(from), treeOf(size)];
    const changed = leaves.with(seed % from, leafHash(Buffer.from('another')));
    const attempts: readonly (readonly [string, boolean, boolean])[] = [
      ['as it is', isConsistent(smaller, larger, proof), true],
      ['a changed beginning', isConsistent(treeOf(from, changed), larger, proof), false],
      ['a changed whole', isConsistent(smaller, treeOf(size, changed), proof), false],
      ['a longer proof', isConsistent(smaller, larger, [...proof, larger.root]), false],
      ['a shorter proof', proof.length > 0 && isConsistent(smaller, larger, proof.slice(0, -1)), false],
      ['the other way round', from < size && isConsistent(larger, smaller, proof), false],
      [
        'another size',
        isConsistent({ ...smaller, size: from + 1 }, larger, proof) && from + 1 !== size,
        false,
      ],
    ];
    for (const [what, found, expected] of attempts) {
      if (found !== expected) misses.push(`${what}: ${from} in ${size}`);
    }
  }
  expect(misses).toEqual([]);
});

it('proves nothing of an empty tree', () => {
  expect(isConsistent({ size: 0, root: rootOfNodes([]) }, treeOf(3), [])).toBe(false);
  expect(isConsistent(treeOf(2), treeOf(4), [])).toBe(false);
});
