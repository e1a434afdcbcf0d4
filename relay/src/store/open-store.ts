import type { StoreOptions } from './adapter.ts';
import type { StoreConfig } from './store-config.ts';
import type { StoreFiles } from './store-files.ts';
import type { ReadingOptions, ReadOnlyStore, Store } from './store.ts';

/** Opens the relay's database by the one driver that is for it, and brings it to the newest schema first. */
export async function openStore(
  config: StoreConfig,
  files: StoreFiles,
  options: StoreOptions,
): Promise<Store> {
  switch (config.kind) {
    case 'sqlite':
      return (await import('./sqlite/open-sqlite.ts')).openSqlite(files, options);
    case 'postgres':
      return (await import('./postgres/open-postgres.ts')).openPostgres(config, options);
    default:
      return config satisfies never;
  }
}

/** Opens it to look at: nothing in it is changed. */
export async function openStoreToRead(
  config: StoreConfig,
  files: StoreFiles,
  { frozen = false, patienceMs }: ReadingOptions = {},
): Promise<ReadOnlyStore> {
  switch (config.kind) {
    case 'sqlite':
      return (await import('./sqlite/open-sqlite.ts')).openSqliteToRead(files.database, frozen);
    case 'postgres':
      return (await import('./postgres/open-postgres.ts')).openPostgresToRead(config, { frozen, patienceMs });
    default:
      return config satisfies never;
  }
}
