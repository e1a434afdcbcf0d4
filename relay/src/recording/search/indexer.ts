import type { EventBody } from '@sluice/contract';
import { isLong, termsOfPart, weightOf } from '../log/index-events.ts';
import type { AuthoredEvent, RecordTransaction } from '../ports.ts';
import type { IndexedStore } from './indexed-store.ts';
import { makeBlock, MOST_POSTINGS } from './block-maker.ts';
import { cleanBlock } from './clean-block.ts';
import { BLOCK } from './postings.ts';

/**
 * Keeps the search index: the further parts of long texts, blocks of what is not recent any more, and blocks that
 * retention has taken events out of. In steps that hold nobody up; what a relay has left when it stops, the next one does.
 */
export interface Indexer {
  /** To be told of each event that was recorded. */
  recorded(body: EventBody): void;
  /**
   * Begins if there may be something to do, cleaning too. Resolves when it is done, or has failed. What was recorded begins
   * all but the cleaning: beside retention, a block would be cleaned over and over.
   */
  wake(): Promise<void>;
  /** Stops after the current step. */
  close(): Promise<void>;
}

export function createIndexer(options: {
  readonly store: IndexedStore;
  /** Told with each block that is made of events that an earlier version has recorded, how many have one now, and of how many. */
  readonly onCaughtUp?: ((indexed: number, of: number) => void) | undefined;
  /** Told when a step fails. It is tried again with the next event that needs the index to be worked on. */
  readonly onFailed: (error: unknown) => void;
}): Indexer {
  const { store, onCaughtUp, onFailed } = options;
  const closing = new AbortController();
  let running: Promise<void> | null = null;
  let again = false;
  let cleans = false;
  /** Since the index was last looked at; what was before that may be much. */
  let [events, weight] = [0, MOST_POSTINGS];
  const indexNextPart = createPartIndexer(store);

  /** One step; whether there may be more. */
  const step = async (isHeavy: boolean): Promise<boolean> => {
    const progress = await store.terms.progress();
    if (progress.longText !== null) {
      await indexNextPart(progress.longText);
      return true;
    }
    if (await makeBlock(store, progress, { isHeavy, signal: closing.signal })) {
      const of = progress.recentFrom ?? progress.size;
      if (of > progress.end) onCaughtUp?.((await store.terms.progress()).end, of);
      return true;
    }
    if (progress.forgotten === null || !cleans) return false;
    await cleanBlock(store, progress.forgotten, closing.signal);
    return true;
  };
  const run = async () => {
    do {
      again = false;
      const isHeavy = weight >= MOST_POSTINGS;
      if (isHeavy) weight = 0;
      events = 0;
      while (!closing.signal.aborted && (await step(isHeavy)));
      if (!again) cleans = false;
    } while (again && !closing.signal.aborted);
  };
  const begin = () => {
    if (closing.signal.aborted) return Promise.resolve();
    again = true;
    running ??= run()
      .catch(onFailed)
      .finally(() => (running = null));
    return running;
  };
  return {
    wake() {
      cleans = true;
      return begin();
    },
    recorded(body) {
      events += 1;
      weight += weightOf(body);
      if (events >= WAKE_EVERY || weight >= MOST_POSTINGS || isLong(body)) void begin();
    },
    async close() {
      closing.abort();
      await running;
    },
  };
}

/** Events. */
const WAKE_EVERY = BLOCK / 8;

/** Indexes the next part of the long text of that event. */
function createPartIndexer(store: IndexedStore): (position: number) => Promise<void> {
  /** The last one: reading a text of a megabyte anew for each of its parts would hold the event loop up. */
  let last: (Pick<AuthoredEvent, 'position' | 'session' | 'at'> & { readonly body: EventBody }) | null = null;

  const eventAt = async (tx: RecordTransaction, position: number): Promise<typeof last> => {
    if (last?.position === position) return last;
    const [event] = await tx.events.afterPosition({ after: position - 1, limit: 1 });
    if (event === undefined || event.position !== position || event.body === null) return null;
    const { session, at, body } = event;
    return { position, session, at, body: JSON.parse(body) as EventBody };
  };
  return (position) =>
    store.transaction(async (tx) => {
      const part = await tx.terms.nextPart(position);
      // Nothing, when retention has removed it meanwhile: its parts are forgotten with its text.
      last = part === null ? null : await eventAt(tx, position);
      if (part === null || last === null) return;
      const { session, at, body } = last;
      await tx.terms.addRecent([{ position, part, session, at, terms: termsOfPart(body, part) }]);
    });
}
