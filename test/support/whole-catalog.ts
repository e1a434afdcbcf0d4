import { type Catalog, type ObjectName, wholeCatalog } from '@sluice/snowflake-sql';
import type { WarehouseCatalog } from '@sluice/relay/warehouse';

/** All there is of a small warehouse, page by page: for tests that go through many statements. */
export async function readWhole(catalog: WarehouseCatalog): Promise<Catalog> {
  const names: ObjectName[] = [];
  for (const database of await catalog.databases()) {
    for (const schema of await catalog.schemas(database)) {
      for (let after: string | null = null, more = true; more;) {
        const page = await catalog.objects({ database, schema }, { after, most: MOST, names: [['', '']] });
        names.push(...page.map(({ name }) => name));
        after = page.at(-1)?.name.name ?? null;
        more = page.length === MOST;
      }
    }
  }
  const loaded = await catalog.load(names.map((name) => ({ name, type: 'table' })));
  return wholeCatalog(loaded.flatMap(({ object }) => object ?? []));
}

const MOST = 100;
