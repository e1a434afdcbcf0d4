import type { Kysely } from 'kysely';
import { LRUCache } from 'lru-cache';
import { type RecordingTables } from '../tables.ts';
import { type Hash, leafHash, nodeHash, rootOfNodes, splitOf } from './merkle.ts';

/** The Merkle tree over the log in the store. Positions and sizes count events. */
export interface LogTree {
  /** The root over the first `size` events. */
  root(size: number): Promise<Hash>;
  /** The sibling hashes of a leaf, upwards: RFC 6962's PATH(position, D[size]). */
  inclusionProof(position: number, size: number): Promise<readonly Hash[]>;
}

/**
 * Reads the tree of a log that only grows. Full subtrees of 256, 65,536, ... leaves come from
 * `recorded_subtree` as far as `storeSubtrees` has written them; what was read is remembered, bounded.
 */
export function logTree(database: Kysely<RecordingTables>): LogTree {
  const known = new LRUCache<string, Hash>({ max: MOST_KNOWN });
  const blocks = new LRUCache<number, Promise<readonly Hash[]>>({ max: MOST_BLOCKS });

  const leaves = (block: number) => {
    const found = blocks.get(block) ?? readLeaves(database, block);
    blocks.set(block, found);
    return found;
  };

  /** The root over the leaves from `start` up to `end`: a range that the tree has as a subtree. */
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
      const stored = await readSubtree(database, level, start / size);
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

  return {
    root: (size) => (size === 0 ? Promise.resolve(rootOfNodes([])) : range(0, size)),
    inclusionProof: (position, size) => path(position, 0, size),
  };
}

/** Writes the roots of the subtrees that have become full since the last time. */
export async function storeSubtrees(database: Kysely<RecordingTables>, size: number): Promise<void> {
  for (let level = BLOCK_LEVEL; 2 ** level <= size; level += BLOCK_LEVEL) {
    const { stored } = await database
      .selectFrom('recorded_subtree')
      .select((row) => row.fn.countAll<number>().as('stored'))
      .where('level', '=', level)
      .executeTakeFirstOrThrow();
    for (let place = stored; (place + 1) * 2 ** level <= size; place += 1) {
      const below =
        level === BLOCK_LEVEL
          ? await readLeaves(database, place)
          : await readSubtrees(database, level - BLOCK_LEVEL, place * BLOCK);
      await database
        .insertInto('recorded_subtree')
        .values({ level, place, hash: rootOfNodes(below).toString('hex') })
        .onConflict((conflict) => conflict.doNothing())
        .execute();
    }
  }
}

const BLOCK_LEVEL = 8;
const BLOCK = 2 ** BLOCK_LEVEL;
const MOST_BLOCKS = 256;
const MOST_KNOWN = 100_000;

async function readLeaves(database: Kysely<RecordingTables>, block: number): Promise<readonly Hash[]> {
  const rows = await database
    .selectFrom('recorded_event')
    .select('hash')
    .where('position', '>=', block * BLOCK)
    .where('position', '<', (block + 1) * BLOCK)
    .orderBy('position')
    .execute();
  return rows.map(({ hash }) => leafHash(Buffer.from(hash, 'hex')));
}

async function readSubtree(
  database: Kysely<RecordingTables>,
  level: number,
  place: number,
): Promise<Hash | undefined> {
  const row = await database
    .selectFrom('recorded_subtree')
    .select('hash')
    .where('level', '=', level)
    .where('place', '=', place)
    .executeTakeFirst();
  return row === undefined ? undefined : Buffer.from(row.hash, 'hex');
}

async function readSubtrees(
  database: Kysely<RecordingTables>,
  level: number,
  from: number,
): Promise<readonly Hash[]> {
  const rows = await database
    .selectFrom('recorded_subtree')
    .select('hash')
    .where('level', '=', level)
    .where('place', '>=', from)
    .where('place', '<', from + BLOCK)
    .orderBy('place')
    .execute();
  return rows.map(({ hash }) => Buffer.from(hash, 'hex'));
}
