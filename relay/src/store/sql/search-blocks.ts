import {
  addPacked,
  type Bits,
  keepCommon,
  noBits,
  offsetsOf,
  type TermSearch,
} from '../../recording/index.ts';
import type { Database } from '../connection.ts';
import type { Tables } from '../tables.ts';
import type { Candidates, Steps } from './search-steps.ts';

/** Looks through the blocks, the newest first, more and more of them at a time. */
export async function* searchBlocks(
  db: Database,
  search: TermSearch,
  {
    below,
    steps,
  }: {
    /** Only positions below. */
    readonly below: number;
    readonly steps: Steps;
  },
): AsyncGenerator<Candidates> {
  let before = Number.MAX_SAFE_INTEGER;
  for (let count = FEWEST; ; count = Math.min(MOST, count * 4)) {
    const blocks: readonly Block[] = await db
      .selectFrom('recorded_block')
      .selectAll()
      .where('start_position', '<', below)
      .where('block', '<', before)
      .orderBy('block', 'desc')
      .limit(count)
      .execute();
    const last = blocks.at(-1);
    if (last === undefined) return;
    steps.take(blocks.length);
    const possible = blocks.filter((block) => mayBeOf(block, search));
    for await (const { block, offsets } of matching(db, search, possible, steps)) {
      const positions = offsets.map((offset) => block.start_position + offset);
      yield {
        positions: positions.filter((position) => position < below).toReversed(),
        searchedTo: block.start_position,
      };
    }
    yield { positions: [], searchedTo: last.start_position };
    before = last.block;
  }
}

export async function lastBlock(db: Database): Promise<Block | undefined> {
  return db.selectFrom('recorded_block').selectAll().orderBy('block', 'desc').limit(1).executeTakeFirst();
}

const FEWEST = 4;
const MOST = 32;
const STEPS_A_LOOK = 2;
/** Rows that are read at a time of more than one block. */
const MOST_ROWS = 2_000;

type Block = Tables['recorded_block'];

interface InBlock {
  readonly block: Block;
  /** Ascending. */
  readonly offsets: readonly number[];
}

function mayBeOf({ earliest, latest }: Block, { since, before }: TermSearch): boolean {
  return (since === undefined || latest >= since) && (before === undefined || earliest < before);
}

/** In the order of the blocks; those without a match are left out. */
async function* matching(
  db: Database,
  { all, beginning }: TermSearch,
  blocks: readonly Block[],
  steps: Steps,
): AsyncGenerator<InBlock> {
  const withAll = all.length === 0 ? null : await havingAll(db, all, blocks);
  steps.take(blocks.length * all.length * STEPS_A_LOOK);
  const left = withAll === null ? blocks : blocks.filter(({ block }) => withAll.has(block));
  if (beginning === null) {
    for (const block of left) {
      const bits = withAll?.get(block.block);
      yield { block, offsets: bits === undefined ? everyOffset(block) : offsetsOf(bits) };
    }
    return;
  }
  let count = FEWEST;
  for (let at = 0; at < left.length;) {
    const some = left.slice(at, at + count);
    const read = await beginningWith(db, beginning, some);
    // Fewer blocks have fewer terms; what one of them has is read, however much it is.
    count = read === null ? Math.ceil(count / 4) : Math.min(MOST, count * 2);
    if (read === null) continue;
    at += some.length;
    steps.take(read.rows + some.length * STEPS_A_LOOK);
    for (const block of some) {
      const bits = read.found.get(block.block);
      const others = withAll?.get(block.block);
      if (bits === undefined) continue;
      if (others !== undefined) keepCommon(bits, others);
      const offsets = offsetsOf(bits);
      if (offsets.length > 0) yield { block, offsets };
    }
    if (steps.areTaken()) yield { block: some.at(-1)!, offsets: [] };
  }
}

function everyOffset({ start_position: start, end_position: end }: Block): readonly number[] {
  return Array.from({ length: end - start }, (_, offset) => offset);
}

async function havingAll(
  db: Database,
  all: readonly string[],
  blocks: readonly Block[],
): Promise<ReadonlyMap<number, Bits>> {
  const found = new Map<number, Bits>();
  if (blocks.length === 0) return found;
  const rows = await db
    .selectFrom('recorded_term')
    .selectAll()
    .where('block', 'in', numbersOf(blocks))
    .where('term', 'in', all)
    .execute();
  const seen = new Map<number, number>();
  for (const { block, offsets } of rows) {
    seen.set(block, (seen.get(block) ?? 0) + 1);
    const bits = noBits();
    addPacked(bits, offsets);
    const others = found.get(block);
    if (others !== undefined) keepCommon(bits, others);
    found.set(block, bits);
  }
  for (const [block, bits] of found) {
    if (seen.get(block) !== all.length || bits.every((byte) => byte === 0)) found.delete(block);
  }
  return found;
}

/** Null when they have too many such terms for all these blocks at once. */
async function beginningWith(
  db: Database,
  beginning: string,
  blocks: readonly Block[],
): Promise<{ readonly rows: number; readonly found: ReadonlyMap<number, Bits> } | null> {
  const isOne = blocks.length === 1;
  const rows = await db
    .selectFrom('recorded_term')
    .select(['block', 'offsets'])
    .where('block', 'in', numbersOf(blocks))
    .where('term', '>=', beginning)
    .where('term', '<', `${beginning}\u{10ffff}`)
    .$if(!isOne, (query) => query.limit(MOST_ROWS + 1))
    .execute();
  if (!isOne && rows.length > MOST_ROWS) return null;
  const found = new Map<number, Bits>();
  for (const { block, offsets } of rows) {
    const bits = found.get(block) ?? noBits();
    addPacked(bits, offsets);
    found.set(block, bits);
  }
  return { rows: rows.length, found };
}

function numbersOf(blocks: readonly Block[]): readonly number[] {
  return blocks.map(({ block }) => block);
}
