import type { RelayFiles } from '../composition/files.ts';
import {
  openStore,
  openStoreToRead,
  type ReadOnlyStore,
  type Store,
  type StoreConfig,
} from '../store/index.ts';
import type { StorePlace } from './commands/store-options.ts';

/** As much of a place as is needed to look at it. */
export interface ReadPlace {
  readonly store: StoreConfig;
  readonly files: Pick<RelayFiles, 'database'>;
}

/** Opens a store to look at, for as long as the work takes. */
export async function readingStore<T>(
  { store: config, files }: ReadPlace,
  work: (store: ReadOnlyStore) => Promise<T>,
): Promise<T> {
  return await closing(await openStoreToRead(config, files), work);
}

/** Opens a store to write to it, beside the relay or without one. */
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
