import type { IndexReader, IndexStore, RecordTransaction, TextPart } from '../ports.ts';

/**
 * Number of characters of a text that are indexed at once. Indexing more would delay other commits, so the rest of a
 * long text is indexed afterwards, part by part, each in its own commit. A search matches when one part holds all its
 * words.
 */
export const PART = 64 * 1024;
/** Number of characters by which parts overlap, so that no word is split. */
const OVERLAP = 512;

/** Indexes each event's text, or its first part if it is long. The remaining parts are marked as due. */
export async function indexTexts(index: IndexStore, texts: readonly TextPart[]): Promise<void> {
  await index.addTexts(
    texts.map(({ position, text }) => ({ position, text: text.slice(0, PART + OVERLAP) })),
  );
  for (const { position, text } of texts) {
    if (text.length > PART) await index.addLongText(position, Math.ceil(text.length / PART));
  }
}

/** Indexes due parts in the background. Parts left over when a relay stops are indexed by the next one. */
export interface TextIndexer {
  /** Starts indexing if parts may be due. */
  wake(): void;
  /** Stops after the part being written. */
  close(): Promise<void>;
}

export function createTextIndexer(options: {
  readonly store: {
    readonly index: IndexReader;
    transaction<T>(work: (tx: RecordTransaction) => Promise<T>): Promise<T>;
  };
  /** Called when indexing fails. Due parts stay due. */
  readonly onFailed: (error: unknown) => void;
}): TextIndexer {
  const { store } = options;
  let running: Promise<void> | null = null;
  const closing = new AbortController();

  const run = async () => {
    while (!closing.signal.aborted) {
      const due = await store.index.longTextDue();
      if (due === null) return;
      await store.transaction((tx) => tx.index.addNextPart(due, { step: PART, length: PART + OVERLAP }));
    }
  };
  return {
    wake() {
      if (closing.signal.aborted) return;
      running ??= run()
        .catch(options.onFailed)
        .finally(() => (running = null));
    },
    async close() {
      closing.abort();
      await running;
    },
  };
}
