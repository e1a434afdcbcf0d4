import { setImmediate as nextTurn } from 'node:timers/promises';
import type { IndexProgress, TermsStore } from '../ports.ts';
import type { IndexedStore } from './indexed-store.ts';
import { addPacked, BLOCK, noBits, offsetsOf, packOffsets } from './postings.ts';

/** Takes the events of a block that have no body any more out of the index, some of its rows a commit. */
export async function cleanBlock(
  store: IndexedStore,
  forgotten: NonNullable<IndexProgress['forgotten']>,
  signal: AbortSignal,
): Promise<void> {
  const { block } = forgotten;
  const removed = new Set<number>();
  for (let from = 0; from < BLOCK; from += EVENTS) {
    for (const offset of await store.terms.removed(block, from, from + EVENTS)) removed.add(offset);
    await nextTurn();
  }
  for (let after: string | null = ''; after !== null;) {
    if (signal.aborted) return;
    const from: string = after;
    after = await store.transaction(async ({ terms }) => {
      const began = performance.now();
      let last: string | null = from;
      do last = await cleanSome(terms, { block, after: last, removed });
      while (last !== null && performance.now() - began < SHORT_MS);
      return last;
    });
    await nextTurn();
  }
  // What was removed meanwhile is cleaned in another round.
  await store.transaction((tx) => tx.terms.cleaned(forgotten));
}

/** Events that are looked at, and rows that are read and written, at once. */
const EVENTS = 1_024;
const ROWS = 100;
/** A transaction begins no more after so many milliseconds. */
const SHORT_MS = 5;

/**
 * Read and written in one transaction: a row that was changed in between would be written over.
 * @returns the last term; null when there are no more.
 */
async function cleanSome(
  terms: TermsStore,
  {
    block,
    after,
    removed,
  }: { readonly block: number; readonly after: string; readonly removed: ReadonlySet<number> },
): Promise<string | null> {
  const rows = await terms.postings(block, after, ROWS);
  const left = rows.map(({ term, offsets }) => {
    const bits = noBits();
    addPacked(bits, offsets);
    const all = offsetsOf(bits);
    const kept = all.filter((offset) => !removed.has(offset));
    return { term, isChanged: kept.length < all.length, kept };
  });
  const changed = left.filter(({ isChanged }) => isChanged);
  const [fewer, none] = [
    changed.filter(({ kept }) => kept.length > 0),
    changed.filter(({ kept }) => kept.length === 0),
  ];
  await terms.putPostings(
    block,
    fewer.map(({ term, kept }) => ({ term, offsets: packOffsets(kept) })),
  );
  await terms.dropPostings(
    block,
    none.map(({ term }) => term),
  );
  return rows.length < ROWS ? null : rows.at(-1)!.term;
}
