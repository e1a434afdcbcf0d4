import { type EventSearch, type RecordReaders, searchEvents } from '../relay/src/recording/index.ts';
import { EVERYWHERE, HALF, ONCE, OTHER_HALF, PERSON_WITH_MOST, RARE_RULE } from './made-up-record.ts';
import { processorOfOthers } from './threads-time.ts';

/** The searches of the benchmark by their names: what is everywhere, what is rare, and what is not there at all. */
export const searches: Readonly<Record<string, Omit<EventSearch, 'limit' | 'olderThan'>>> = {
  wordEverywhere: { text: 'customers' },
  wordRare: { text: ONCE },
  wordNowhere: { text: 'nosuchword' },
  wordsNeverTogether: { text: `${HALF} ${OTHER_HALF}` },
  wordsManyNeverTogether: { text: `select from where ${HALF} ${OTHER_HALF} order` },
  prefixOfOneLetter: { text: 'v' },
  prefixNeverWithWord: { text: `${ONCE}s v` },
  personWithMost: { person: PERSON_WITH_MOST },
  personAndWord: { person: PERSON_WITH_MOST, text: 'japan' },
  objectEverywhere: { object: EVERYWHERE },
  objectNeverOfPerson: { object: EVERYWHERE, person: 'https://issuer.example|nobody' },
  ruleRare: { rule: RARE_RULE },
  everything: {},
};

export interface SearchTimes {
  /** Of single calls, in milliseconds. */
  readonly calls: Readonly<Record<string, readonly number[]>>;
  /** The processor time of the threads that do not decide, of every single call, in milliseconds. */
  readonly processor: readonly number[];
  /** How many calls it took to get to the first page's worth, or to the end of the record. */
  readonly pages: Readonly<Record<string, number>>;
}

/**
 * Times each search from the newest event on and from places far back, and at three lengths of time, each to a full page
 * or the end of the record: every call counts by itself.
 */
export async function timeSearches(
  store: Pick<RecordReaders, 'terms'>,
  { size, from, to }: { readonly size: number; readonly from: number; readonly to: number },
): Promise<SearchTimes> {
  const calls: Record<string, number[]> = {};
  const processor: number[] = [];
  const pages: Record<string, number> = {};
  const day = 24 * 3_600_000;
  const middle = (from + to) / 2;
  const spans = [{}, { since: iso(middle), before: iso(middle + day) }, { before: iso(from + day) }];
  for (const [name, search] of Object.entries(searches)) {
    const times: number[] = [];
    for (const start of [undefined, Math.floor(size / 2), 1_000]) {
      for (const span of start === undefined ? spans : [{}]) {
        let olderThan: number | null | undefined = start;
        let found = 0;
        let count = 0;
        while (olderThan !== null && found < LIMIT) {
          const before = performance.now();
          const used = processorOfOthers();
          const page: Awaited<ReturnType<typeof searchEvents>> = await searchEvents(store, {
            ...search,
            ...span,
            ...(olderThan === undefined ? {} : { olderThan }),
            limit: LIMIT,
          });
          times.push(performance.now() - before);
          processor.push(processorOfOthers() - used);
          found += page.found.length;
          olderThan = page.searchedTo;
          count += 1;
        }
        pages[name] = Math.max(pages[name] ?? 0, count);
      }
    }
    calls[name] = times;
  }
  return { calls, processor, pages };
}

const LIMIT = 50;

function iso(time: number): string {
  return new Date(time).toISOString();
}
