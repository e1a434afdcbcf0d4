export {
  type DataLock,
  isDataLocked,
  lockData,
  lockDataAfterExport,
  tryLock,
  tryLockData,
} from './data-lock.ts';
export type { MigrationProgress } from './migrate.ts';
export { openStore, openStoreToRead } from './open-store.ts';
export { storeAt, storeConfig, type StoreConfig } from './store-config.ts';
export { StoreError, type StoreProblem } from './store-error.ts';
export type {
  ReadingOptions,
  ReadOnlyStore,
  Store,
  StorePorts,
  StoreReaders,
  StoreTransaction,
} from './store.ts';
export type { StoreOptions } from './adapter.ts';
