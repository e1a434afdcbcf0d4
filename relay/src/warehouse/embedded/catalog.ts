import type { DuckDBConnection } from '@duckdb/node-api';
import {
  type CatalogColumn,
  type CatalogObject,
  type CatalogTable,
  keyOfObject,
  type LoadedObject,
  type ObjectName,
} from '@sluice/snowflake-sql';
import { LRUCache } from 'lru-cache';
import type { ListedObject, Page, SchemaName } from '../catalog.ts';
import { registryOf } from './registry.ts';
import { INFORMATION_SCHEMA, renderObjectName } from './render/names.ts';
import { decodeName, encodeName, quoteString } from './render/quote.ts';

/** The one database there is. */
export const DATABASE = 'SHOP';

/** Objects that were read lately, by their version: what bears one never changes. For all sessions. */
export type KnownObjects = LRUCache<string, CatalogObject>;

export function createKnownObjects(): KnownObjects {
  return new LRUCache({ max: 5_000 });
}

/**
 * What a connection sees under some names, as of one moment.
 *
 * @param inTransaction - whether the connection is in one already.
 */
export async function loadObjects(
  connection: DuckDBConnection,
  known: KnownObjects,
  names: readonly ObjectName[],
  inTransaction: boolean,
): Promise<readonly LoadedObject[]> {
  const versions = await versionsOf(connection, names);
  if ([...versions.values()].every((version) => known.has(version))) return loaded(names, versions, known);
  if (inTransaction) return await readObjects(connection, known, names);
  // What is read in several questions is of one moment.
  await connection.run('BEGIN');
  try {
    return await readObjects(connection, known, names);
  } finally {
    await connection.run('ROLLBACK');
  }
}

/** The versions of those that there are, by `keyOfObject`. What hides them is not looked at. */
export async function versionsOf(
  connection: DuckDBConnection,
  names: readonly ObjectName[],
): Promise<ReadonlyMap<string, string>> {
  const versions = new Map<string, string>();
  for (const { schema, name, version } of await registered(connection, names, 'schema, name, version'))
    versions.set(keyOfObject({ database: DATABASE, schema, name }), version);
  return versions;
}

/** A temporary table of a session as it is now: its columns are asked of the session's own connection. */
export async function temporaryTable(
  connection: DuckDBConnection,
  name: ObjectName,
  renderedName: string,
  version: string,
): Promise<CatalogTable> {
  const [columns = []] = await columnsOf(connection, [renderedName]);
  return { type: 'table', name, version, columns, temporary: true };
}

export async function schemasIn(connection: DuckDBConnection, database: string): Promise<readonly string[]> {
  const rows = await rowsOf<{ name: string }>(
    connection,
    `SELECT schema_name AS name FROM duckdb_schemas()
     WHERE database_name = ${quoteString(encodeName(database))} AND schema_name NOT IN ('main', '${INFORMATION_SCHEMA}') AND NOT internal`,
  );
  return [
    ...rows.map(({ name }) => decodeName(name)),
    ...(database === DATABASE ? ['INFORMATION_SCHEMA'] : []),
  ].toSorted();
}

export async function objectsIn(
  connection: DuckDBConnection,
  { database, schema }: SchemaName,
  { after, most }: Page,
): Promise<readonly ListedObject[]> {
  if (database !== DATABASE) return [];
  const behind = after === null ? '' : ` AND name > ${quoteString(after)}`;
  const rows = await rowsOf<{ name: string; isView: boolean }>(
    connection,
    `SELECT name, definition IS NOT NULL AS "isView" FROM ${registryOf(DATABASE)}
     WHERE schema = ${quoteString(schema)}${behind} ORDER BY name LIMIT ${most}`,
  );
  return rows.map(({ name, isView }) => ({
    name: { database, schema, name },
    type: isView ? 'view' : 'table',
  }));
}

/** Names in one question, and tables whose columns are: the texts stay within what DuckDB reads at once. */
const NAMES_AT_ONCE = 500;
const TABLES_AT_ONCE = 100;

async function readObjects(
  connection: DuckDBConnection,
  known: KnownObjects,
  names: readonly ObjectName[],
): Promise<readonly LoadedObject[]> {
  const versions = new Map<string, string>();
  const fresh: Registered[] = [];
  for (const row of await registered(connection, names, 'schema, name, version, definition')) {
    versions.set(keyOfObject({ database: DATABASE, schema: row.schema, name: row.name }), row.version);
    if (!known.has(row.version)) fresh.push(row);
  }
  const found = new Map<string, CatalogObject>();
  for (let from = 0; from < fresh.length; from += TABLES_AT_ONCE) {
    const some = fresh.slice(from, from + TABLES_AT_ONCE);
    const objects = some.map(({ schema, name }) => ({ database: DATABASE, schema, name }));
    const columns = await columnsOf(
      connection,
      objects.map((object) => renderObjectName(object, new Set())),
    );
    for (const [index, { version, definition }] of some.entries()) {
      const base = { name: objects[index]!, version, columns: columns[index] ?? [] };
      const object: CatalogObject =
        definition === null ? { type: 'table', ...base } : { type: 'view', ...base, definition };
      found.set(version, object);
      known.set(version, object);
    }
  }
  return loaded(names, versions, { get: (version) => found.get(version) ?? known.get(version) });
}

function loaded(
  names: readonly ObjectName[],
  versions: ReadonlyMap<string, string>,
  objects: { get(version: string): CatalogObject | undefined },
): readonly LoadedObject[] {
  return names.map((name) => {
    const version = versions.get(keyOfObject(name));
    return { name, object: (version === undefined ? undefined : objects.get(version)) ?? null };
  });
}

interface Registered {
  readonly schema: string;
  readonly name: string;
  readonly version: string;
  /** A view's text in Snowflake's SQL; null for a table. */
  readonly definition: string | null;
}

async function registered<Fields extends string>(
  connection: DuckDBConnection,
  names: readonly ObjectName[],
  fields: Fields,
): Promise<readonly Registered[]> {
  const here = names.filter(({ database }) => database === DATABASE);
  const wanted = new Set(here.map(keyOfObject));
  const rows: Registered[] = [];
  for (let from = 0; from < here.length; from += NAMES_AT_ONCE) {
    const list = here.slice(from, from + NAMES_AT_ONCE).map(({ name }) => quoteString(name));
    rows.push(
      ...(await rowsOf<Registered>(
        connection,
        `SELECT ${fields} FROM ${registryOf(DATABASE)} WHERE name IN (${[...new Set(list)].join(', ')})`,
      )),
    );
  }
  // The same name in another schema is another object.
  return rows.filter(({ schema, name }) => wanted.has(keyOfObject({ database: DATABASE, schema, name })));
}

/** The columns of each table or view, which are there; one question for all. */
async function columnsOf(
  connection: DuckDBConnection,
  tables: readonly string[],
): Promise<readonly (readonly CatalogColumn[])[]> {
  const columns: CatalogColumn[][] = tables.map(() => []);
  // `pragma_table_info` takes a name as a text, and reads a quote in it as the end of the name.
  const questions = tables.map(
    (table, place) =>
      `SELECT ${place} AS place, row_number() OVER () AS cid, column_name AS name, column_type AS type FROM (DESCRIBE ${table})`,
  );
  const rows = await rowsOf<{ place: number; name: string; type: string }>(
    connection,
    `${questions.join(' UNION ALL ')} ORDER BY place, cid`,
  );
  for (const { place, name, type } of rows) columns[place]!.push({ name: decodeName(name), type });
  return columns;
}

async function rowsOf<Row>(connection: DuckDBConnection, sql: string): Promise<readonly Row[]> {
  return (await connection.runAndReadAll(sql)).getRowObjectsJS() as unknown as readonly Row[];
}
