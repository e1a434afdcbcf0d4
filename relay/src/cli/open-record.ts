import type { RelayFiles } from '../composition/files.ts';
import {
  openStore,
  openStoreToRead,
  type ReadingOptions,
  type ReadOnlyStore,
  type Store,
  type StoreConfig,
} from '../store/index.ts';
import type { StorePlace } from './commands/store-options.ts';

/** The part of a place that is needed to read it. */
export interface ReadPlace {
  readonly store: StoreConfig;
  readonly files: Pick<RelayFiles, 'database'>;
}

/** Opens a store for reading, and closes it when the work is done. */
export async function readingStore<T>(
  { store: config, files }: ReadPlace,
  work: (store: ReadOnlyStore) => Promise<T>,
  options: ReadingOptions = {},
): Promise<T> {
  return await closing(await openStoreToRead(config, files, options), work);
}

/** Opens a store for writing, whether or not the relay is running, and closes it when the work is done. */
export async function writingStore<T>(
  { store: config, files }: StorePlace,
  work: (store: Store, files: RelayFiles) => Promise<T>,
): Promise<T> {
  const store = await openStore(config, files, { now: Date.now, onError: () => {} });
  return await closing(store, (opened) => work(opened, files));
}

async function closing<Opened extends { close(): Promise<void> }, T>(
  opened: Opened,
  work: (opened: Opened) => Promise<T>,
): Promise<T> {
  try {
    return await work(opened);
  } finally {
    await opened.close();
  }
}
