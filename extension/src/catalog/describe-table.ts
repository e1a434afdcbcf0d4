import type { CatalogObjectView } from '@sluice/contract';
import { type CatalogClient, listTables } from './list-tables.ts';
import { partsOf } from './names.ts';

export type Described =
  | { readonly table: CatalogObjectView }
  /** There is not exactly one of that name: those that it may be. */
  | { readonly candidates: readonly string[] };

/** A table by a name as in SQL, looked for where the name does not say where it is. */
export async function describeTable(
  client: CatalogClient,
  name: string,
  signal: AbortSignal,
): Promise<Described> {
  const parts = partsOf(name);
  if (parts === null) return { candidates: [] };
  const [table, schema, database] = parts.toReversed();
  const { tables } = await listTables(client, { database, schema, part: table, most: 300 }, signal);
  const found = tables.filter((one) => one.name === table);
  if (found.length !== 1) return { candidates: found.map(({ shown }) => shown) };
  const [{ database: inDatabase, schema: inSchema, name: stored }] = found as [(typeof found)[number]];
  const query = { database: inDatabase, schema: inSchema, name: stored };
  return { table: await client.catalog.object({ query }, { signal }) };
}
