import { setImmediate as nextTurn } from 'node:timers/promises';
import type { EventBody } from '@sluice/contract';
import { termsInParts } from '../log/index-events.ts';
import type { IndexEntry, IndexProgress } from '../ports.ts';
import type { IndexedStore } from './indexed-store.ts';
import { BLOCK, packOffsets } from './postings.ts';
import { sortedInSteps } from './sorted-in-steps.ts';
import { withOpener } from './terms.ts';

/**
 * Makes the next block of the search index when there are enough events for one, from their own entries, or from the
 * events themselves where an earlier version has written them.
 *
 * @param isHeavy that there may be enough for a block though its events are few: their texts were long.
 * @returns whether it has.
 */
export async function makeBlock(
  store: IndexedStore,
  { blocks: block, end: start, recentFrom, size }: IndexProgress,
  { isHeavy, signal }: { readonly isHeavy: boolean; readonly signal: AbortSignal },
): Promise<boolean> {
  const isRecent = recentFrom === start;
  const until = isRecent ? size : (recentFrom ?? size);
  if (until === start || (isRecent && until - start < BLOCK && !isHeavy)) return false;
  const entries = isRecent ? recentEntries(store, start, until) : entriesOfEvents(store, start, until);
  const { isFull, end, earliest, latest, postings } = await gather(store, start, entries);
  if (end === start || (isRecent && !isFull)) return false;
  // Sorted, so that they are written one beside the other.
  for await (const terms of sortedInSteps([...postings.keys()], ROWS)) {
    if (signal.aborted) return false;
    const rows = terms.map((term) => ({ term, offsets: packOffsets([postings.get(term)!].flat()) }));
    await store.transaction((tx) => tx.terms.putPostings(block, rows));
  }
  await store.transaction((tx) => tx.terms.seal({ block, start, end, earliest, latest }));
  while (await store.transaction((tx) => tx.terms.dropSealed()));
  return true;
}

/** Rows that are written in one commit. */
const ROWS = 500;
/** Entries that are read at a time: each may be a part of a long text, with thousands of terms. */
const PAGE = 16;
/** Pairs of an event and a term that are taken in before others have their turn. */
const AT_ONCE = 2_000;
/** Events that are read and taken apart at a time. */
const EVENTS = 50;
/** A block is closed when it has so many pairs of an event and a term. */
export const MOST_POSTINGS = 200_000;

interface Gathered {
  readonly isFull: boolean;
  readonly end: number;
  readonly earliest: string;
  readonly latest: string;
  readonly postings: Postings;
}

/** By term, the offsets of its events: one alone as it is, since most words of a long text are in no other. */
type Postings = Map<string, number | number[]>;

/** @returns false where it is known already. */
function addOffset(postings: Postings, term: string, offset: number): boolean {
  const known = postings.get(term);
  if (known === undefined) postings.set(term, offset);
  else if (typeof known === 'number') {
    if (known === offset) return false;
    postings.set(term, [known, offset]);
  } else {
    if (known.at(-1) === offset) return false;
    known.push(offset);
  }
  return true;
}

async function gather(
  store: IndexedStore,
  start: number,
  pages: AsyncIterable<readonly IndexEntry[]>,
): Promise<Gathered> {
  const postings: Postings = new Map();
  let [end, count, earliest, latest] = [start, 0, '', ''];
  const gathered = () => ({ end, earliest, latest, postings });
  for await (const page of pages) {
    const openers = await store.terms.openers([...new Set(page.map(({ session }) => session))]);
    for (const { position, session, at, terms } of page) {
      const isNext = position >= end;
      if (isNext && (position - start >= BLOCK || count >= MOST_POSTINGS))
        return { ...gathered(), isFull: true };
      end = position + 1;
      if (earliest === '' || at < earliest) earliest = at;
      if (at > latest) latest = at;
      for (const term of withOpener(terms, openers.get(session))) {
        if (!addOffset(postings, term, position - start)) continue;
        count += 1;
        if (count % AT_ONCE === 0) await nextTurn();
      }
    }
    await nextTurn();
  }
  return { ...gathered(), isFull: end - start >= BLOCK };
}

async function* recentEntries(
  store: IndexedStore,
  start: number,
  before: number,
): AsyncGenerator<readonly IndexEntry[]> {
  let after: Pick<IndexEntry, 'position' | 'part'> = { position: start, part: -1 };
  for (;;) {
    const page = await store.terms.recent({ after, before, limit: PAGE });
    yield page;
    if (page.length < PAGE) return;
    after = page.at(-1)!;
  }
}

async function* entriesOfEvents(
  store: IndexedStore,
  start: number,
  until: number,
): AsyncGenerator<readonly IndexEntry[]> {
  for (let after = start - 1; after + 1 < until;) {
    const page = await store.events.afterPosition({ after, within: until, limit: EVENTS });
    if (page.length === 0) return;
    for (const { position, session, at, body } of page) {
      if (body === null) {
        yield [{ position, part: 0, session, at, terms: [] }];
        continue;
      }
      let part = 0;
      for (const terms of termsInParts(JSON.parse(body) as EventBody)) {
        yield [{ position, part, session, at, terms }];
        part += 1;
      }
    }
    after = page.at(-1)!.position;
  }
}
