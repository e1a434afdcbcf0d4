import type { RelayClient } from '@sluice/contract';
import { namesOf } from './names.ts';

export type CatalogClient = Pick<RelayClient, 'catalog'>;

export interface TableList {
  readonly database?: string | undefined;
  readonly schema?: string | undefined;
  /** Only those with this in their name. */
  readonly part?: string | undefined;
  readonly most: number;
}

export interface ListedTable {
  readonly database: string;
  readonly schema: string;
  readonly name: string;
  readonly type: 'table' | 'view';
  /** As a statement writes it. */
  readonly shown: string;
}

/** Tables and views that the person may know of, by name. The information schema is left out unless it is named. */
export async function listTables(
  client: CatalogClient,
  { database, schema, part = '', most }: TableList,
  signal: AbortSignal,
): Promise<{ readonly tables: readonly ListedTable[]; readonly isAll: boolean }> {
  const tables: ListedTable[] = [];
  const { databases } = await client.catalog.databases({}, { signal });
  const wanted = part.toUpperCase();
  for (const one of databases.filter((name) => isNamed(name, database))) {
    const { schemas } = await client.catalog.schemas({ query: { database: one } }, { signal });
    for (const each of schemas.filter((name) => isSchemaNamed(name, schema))) {
      let after: string | null = null;
      do {
        const { objects, next }: Awaited<ReturnType<CatalogClient['catalog']['objects']>> =
          await client.catalog.objects(
            { query: { database: one, schema: each, ...(after === null ? {} : { after }) } },
            { signal },
          );
        for (const { name, type } of objects) {
          if (!name.toUpperCase().includes(wanted)) continue;
          if (tables.length === most) return { tables, isAll: false };
          tables.push({ database: one, schema: each, name, type, shown: namesOf([one, each, name]) });
        }
        after = next;
      } while (after !== null);
    }
  }
  return { tables, isAll: true };
}

/** To the letter, or as it is stored when it is written without quotation marks. */
function isNamed(name: string, wanted: string | undefined): boolean {
  return wanted === undefined || name === wanted || name === wanted.toUpperCase();
}

function isSchemaNamed(name: string, wanted: string | undefined): boolean {
  return wanted === undefined ? name !== 'INFORMATION_SCHEMA' : isNamed(name, wanted);
}
