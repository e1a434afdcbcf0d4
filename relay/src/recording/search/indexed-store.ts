import type { RecordReaders, RecordTransaction } from '../ports.ts';

/** What the indexer needs of the record. */
export type IndexedStore = Pick<RecordReaders, 'events' | 'terms'> & {
  transaction<T>(work: (tx: RecordTransaction) => Promise<T>): Promise<T>;
};
