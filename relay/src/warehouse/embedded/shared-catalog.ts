import type { DuckDBConnection } from '@duckdb/node-api';
import type { LoadedObject, ObjectName } from '@sluice/snowflake-sql';
import type { WarehouseCatalog } from '../catalog.ts';
import { createKnownObjects, type KnownObjects, loadObjects, objectsIn, schemasIn } from './catalog.ts';
import { type Commits, createCommits } from './commits.ts';
import { oneAtATime } from './one-at-a-time.ts';
import { DATABASE } from './registry-place.ts';

/** What every session sees: what has been committed. It has a connection of its own, so that no result is in its way. */
export interface SharedCatalog {
  load(names: readonly ObjectName[]): Promise<readonly LoadedObject[]>;
  readonly listings: Pick<WarehouseCatalog, 'databases' | 'schemas' | 'objects'>;
  readonly known: KnownObjects;
  readonly commits: Commits;
  close(): Promise<void>;
}

export function createSharedCatalog(connection: DuckDBConnection): SharedCatalog {
  const known = createKnownObjects();
  const turns = oneAtATime();
  return {
    known,
    commits: createCommits(),
    close: async () => await turns.close(connection),
    load: (names) => turns.during(() => loadObjects(connection, known, names)),
    listings: {
      databases: async () => [DATABASE],
      schemas: (database) => turns.during(() => schemasIn(connection, database)),
      objects: (schema, page) => turns.during(() => objectsIn(connection, schema, page)),
    },
  };
}
