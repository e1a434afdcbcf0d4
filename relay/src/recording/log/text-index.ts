import type { IndexReader, IndexStore, RecordTransaction, TextPart } from '../ports.ts';

/**
 * Characters of a text that go into the search index at once. More of them would hold everybody up, so the rest of a
 * long text goes in part by part afterwards, each in a commit of its own; a search finds its words in one part.
 */
export const PART = 64 * 1024;
/** So that no word is cut in two. */
const OVERLAP = 512;

/** Writes each event's text into the index: all of it, or its first part. What is left is noted as due. */
export async function indexTexts(index: IndexStore, texts: readonly TextPart[]): Promise<void> {
  await index.addTexts(
    texts.map(({ position, text }) => ({ position, text: text.slice(0, PART + OVERLAP) })),
  );
  for (const { position, text } of texts) {
    if (text.length > PART) await index.addLongText(position, Math.ceil(text.length / PART));
  }
}

/** Indexes what is due, in the background; what a relay that stopped has left, the next one goes on with. */
export interface TextIndexer {
  /** There is something due, or there may be. */
  wake(): void;
  /** Stops after the part that is being written. */
  close(): Promise<void>;
}

export function createTextIndexer(options: {
  readonly store: {
    readonly index: IndexReader;
    transaction<T>(work: (tx: RecordTransaction) => Promise<T>): Promise<T>;
  };
  /** What is due stays due. */
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
