import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { newSession, openTestRecord, statement } from '../testing/open-test-record.ts';
import { logTree, storeSubtrees } from './log-tree.ts';
import {
  addLeaf,
  type GrowingTree,
  includes,
  leafHash,
  nodeHash,
  rootOf,
  rootOfNodes,
  splitOf,
} from './merkle.ts';

/** RFC 6962, section 2.1, word for word. */
function defined(leaves: readonly Buffer[]): Buffer {
  if (leaves.length === 0) return createHash('sha256').digest();
  if (leaves.length === 1) return leaves[0]!;
  const cut = splitOf(leaves.length);
  return nodeHash(defined(leaves.slice(0, cut)), defined(leaves.slice(cut)));
}

function leavesOf(count: number): Buffer[] {
  return Array.from({ length: count }, (_, index) => leafHash(Buffer.from([index & 255, index >> 8])));
}

// The test vectors of Certificate Transparency's own implementations.
it.each([
  [[], 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'],
  [[''], '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d'],
  [
    ['', '00', '10', '2021', '3031', '40414243', '5051525354555657', '606162636465666768696a6b6c6d6e6f'],
    '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328',
  ],
])('has the root that Certificate Transparency gives for %j', (data, root) => {
  expect(rootOfNodes(data.map((hex) => leafHash(Buffer.from(hex, 'hex')))).toString('hex')).toBe(root);
});

it('grows to the root that RFC 6962 defines', () => {
  const tree: GrowingTree = { size: 0, peaks: [] };
  for (let size = 0; size < 130; size += 1) {
    expect(rootOf(tree.peaks)).toEqual(defined(leavesOf(size)));
    addLeaf(tree, leavesOf(size + 1)[size]!);
  }
});

it('does not take a proof in a smaller tree for one in a larger', () => {
  const [one, two] = leavesOf(2) as [Buffer, Buffer];
  const root = nodeHash(one, two);
  expect(includes(one, 0, [two], 2, root)).toBe(true);
  expect(includes(one, 0, [two], 4, root)).toBe(false);
});

it('proves a leaf of the stored log, in its place and tree and no other', async () => {
  const { recorder, store, db } = await openTestRecord();
  const session = newSession();
  const count = 70_000;
  await Promise.all(
    Array.from({ length: count - 1 }, (_, index) =>
      recorder.append(session, statement(`select ${index}`, ID)),
    ),
  );
  const rows = await db.selectFrom('recorded_event').select('hash').orderBy('position').execute();
  const leaves = rows.map(({ hash }) => leafHash(Buffer.from(hash, 'hex')));
  const before = await logTree(store).root(count);
  await storeSubtrees(store, count);
  const tree = logTree(store);
  expect(await tree.root(count)).toEqual(before);
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 1, max: count }), fc.nat(), fc.nat(), async (size, seed, other) => {
      const position = seed % size;
      const root = await tree.root(size);
      expect(root).toEqual(rootOfNodes(leaves.slice(0, size)));
      const proof = await tree.inclusionProof(position, size);
      const leaf = leaves[position]!;
      expect(includes(leaf, position, proof, size, root)).toBe(true);
      const wrong = other % count;
      if (wrong === position) return;
      expect(includes(leaf, wrong, proof, size, root)).toBe(false);
      expect(includes(leaves[wrong]!, position, proof, size, root)).toBe(false);
      expect(includes(leaf, position, [...proof, root], size, root)).toBe(false);
      expect(includes(leaf, position, proof.slice(0, -1), size, root)).toBe(proof.length === 0);
    }),
    { numRuns: 25 },
  );
});

const ID = '6a0c45c1-4f2f-4d0f-9a0e-5b2b5c9d3c11';
