import { LRUCache } from 'lru-cache';
import type { CheckpointsStore, RecordReaders } from '../ports.ts';
import { type GrowingTree, type Hash, leafOf, nodeHash, peaksOf, rootOfNodes, splitOf } from './merkle.ts';

/** The Merkle tree over the log in the store. Positions and sizes are in events. */
export interface LogTree {
  /** The root over the first `size` events. */
  root(size: number): Promise<Hash>;
  /** The sibling hashes from a leaf up to the root: RFC 6962's PATH(position, D[size]). */
  inclusionProof(position: number, size: number): Promise<readonly Hash[]>;
  /** That the tree of `size` events begins with the one of `from` events: RFC 6962's PROOF(from, D[size]). */
  consistencyProof(from: number, size: number): Promise<readonly Hash[]>;
  /** The tree over the first `size` events, ready to grow. */
  growing(size: number): Promise<GrowingTree>;
}

/**
 * Reads the tree of an append-only log. Full subtrees of 256, 65,536, ... leaves come from `recorded_subtree`, as far
 * as `storeSubtrees` has written them. Hashes are cached, up to a limit.
 */
export function logTree(store: TreeReaders): LogTree {
  const known = new LRUCache<string, Hash>({ max: MOST_KNOWN });
  const blocks = new LRUCache<number, Promise<readonly Hash[]>>({ max: MOST_BLOCKS });

  const leaves = (block: number) => {
    const found = blocks.get(block) ?? readLeaves(store, block);
    blocks.set(block, found);
    return found;
  };

  /** The root over the leaves from `start` to before `end`. The range must be a subtree of the tree. */
  const range = async (start: number, end: number): Promise<Hash> => {
    const key = `${start}-${end}`;
    const remembered = known.get(key);
    if (remembered !== undefined) return remembered;
    const hash = await compute(start, end);
    known.set(key, hash);
    return hash;
  };

  const compute = async (start: number, end: number): Promise<Hash> => {
    const size = end - start;
    const level = Math.log2(size);
    if (level > 0 && level % BLOCK_LEVEL === 0 && start % size === 0) {
      const stored = await readSubtree(store, level, start / size);
      if (stored !== undefined) return stored;
    }
    if (size <= BLOCK) {
      const within = start % BLOCK;
      return rootOfNodes((await leaves((start - within) / BLOCK)).slice(within, within + size));
    }
    const cut = start + splitOf(size);
    return nodeHash(await range(start, cut), await range(cut, end));
  };

  const path = async (position: number, start: number, end: number): Promise<Hash[]> => {
    if (end - start === 1) return [];
    const cut = start + splitOf(end - start);
    return position < cut
      ? [...(await path(position, start, cut)), await range(cut, end)]
      : [...(await path(position, cut, end)), await range(start, cut)];
  };

  /** RFC 6962, section 2.1.2, SUBPROOF; `isWhole` is its third argument. */
  const subproof = async (from: number, start: number, end: number, isWhole: boolean): Promise<Hash[]> => {
    const size = end - start;
    if (from === size) return isWhole ? [] : [await range(start, end)];
    const left = splitOf(size);
    const cut = start + left;
    return from <= left
      ? [...(await subproof(from, start, cut, isWhole)), await range(cut, end)]
      : [...(await subproof(from - left, cut, end, false)), await range(start, cut)];
  };

  return {
    root: (size) => (size === 0 ? Promise.resolve(rootOfNodes([])) : range(0, size)),
    inclusionProof: (position, size) => path(position, 0, size),
    consistencyProof: async (from, size) =>
      from < 1 || from > size ? [] : await subproof(from, 0, size, true),
    async growing(size) {
      const peaks: Hash[] = [];
      for (const { start, end } of peaksOf(size)) peaks.push(await range(start, end));
      return { size, peaks };
    },
  };
}

/**
 * The roots of the subtrees of one level that have become full since the last call, for `addSubtree`. The level below
 * must be written first.
 */
export async function fullSubtrees(
  { events, checkpoints }: TreeReaders,
  level: number,
  size: number,
): Promise<readonly Subtree[]> {
  const full: Subtree[] = [];
  const own = level * BLOCK_LEVEL;
  for (let place = await checkpoints.countSubtrees(own); (place + 1) * 2 ** own <= size; place += 1) {
    const below =
      level === 1
        ? await readLeaves({ events }, place)
        : (await checkpoints.subtrees(own - BLOCK_LEVEL, place * BLOCK, BLOCK)).map(fromHex);
    full.push({ level: own, place, hash: rootOfNodes(below).toString('hex') });
  }
  return full;
}

export interface Subtree {
  readonly level: number;
  readonly place: number;
  readonly hash: string;
}

/** The levels at which a log of this size has full subtrees. */
export function subtreeLevels(size: number): readonly number[] {
  const levels = size < BLOCK ? 0 : Math.floor(Math.log2(size) / BLOCK_LEVEL);
  return Array.from({ length: levels }, (_, index) => index + 1);
}

/** Writes the roots of the subtrees that have become full since the last call. */
export async function storeSubtrees(
  store: TreeReaders & {
    transaction(work: (tx: { readonly checkpoints: CheckpointsStore }) => Promise<void>): Promise<void>;
  },
  size: number,
): Promise<void> {
  for (const level of subtreeLevels(size)) {
    const full = await fullSubtrees(store, level, size);
    if (full.length === 0) continue;
    await store.transaction(async ({ checkpoints }) => {
      for (const { level, place, hash } of full) await checkpoints.addSubtree(level, place, hash);
    });
  }
}

export type TreeReaders = Pick<RecordReaders, 'events' | 'checkpoints'>;

const BLOCK_LEVEL = 8;
const BLOCK = 2 ** BLOCK_LEVEL;
/** Each of them is some 60 KB. */
const MOST_BLOCKS = 64;
const MOST_KNOWN = 20_000;

async function readLeaves({ events }: Pick<TreeReaders, 'events'>, block: number): Promise<readonly Hash[]> {
  const hashes = await events.hashes(block * BLOCK, (block + 1) * BLOCK);
  return hashes.map((hash) => leafOf(hash));
}

async function readSubtree(
  { checkpoints }: TreeReaders,
  level: number,
  place: number,
): Promise<Hash | undefined> {
  const [hash] = await checkpoints.subtrees(level, place, 1);
  return hash === undefined ? undefined : fromHex(hash);
}

function fromHex(hash: string): Hash {
  return Buffer.from(hash, 'hex');
}
