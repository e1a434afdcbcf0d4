import type { IndexProgress } from '../ports.ts';
import type { IndexedStore } from './indexed-store.ts';
import { addPacked, noBits, offsetsOf, packOffsets } from './postings.ts';

/** Takes the events of a block that have no body any more out of the index, some of its rows a commit. */
export async function cleanBlock(
  store: IndexedStore,
  forgotten: NonNullable<IndexProgress['forgotten']>,
  signal: AbortSignal,
): Promise<void> {
  const { block } = forgotten;
  const removed = new Set(await store.terms.removed(block));
  let after = '';
  for (;;) {
    if (signal.aborted) return;
    const rows = await store.terms.postings(block, after, ROWS);
    const changed = rows.flatMap(({ term, offsets }) => {
      const bits = noBits();
      addPacked(bits, offsets);
      const all = offsetsOf(bits);
      const left = all.filter((offset) => !removed.has(offset));
      if (left.length === all.length) return [];
      return [{ term, offsets: left.length === 0 ? null : packOffsets(left) }];
    });
    if (changed.length > 0) await store.transaction((tx) => tx.terms.changePostings(block, changed));
    const last = rows.at(-1);
    if (last === undefined || rows.length < ROWS) break;
    after = last.term;
  }
  // What was removed meanwhile is cleaned in another round.
  await store.transaction((tx) => tx.terms.cleaned(forgotten));
}

const ROWS = 500;
