import type { DuckDBConnection } from '@duckdb/node-api';
import {
  type CatalogObject,
  keyOfObject,
  type LoadedObject,
  type ObjectName,
  schemaNamed,
} from '@sluice/snowflake-sql';
import { LRUCache } from 'lru-cache';
import type { ListedObject, Page, SchemaName } from '../catalog.ts';
import { readColumns, readEnforcedKey } from './registry.ts';
import { DATABASE, registryOf } from './registry-place.ts';
import { INFORMATION_SCHEMA } from './render/names.ts';
import { readSchema } from './schema-contents.ts';
import { decodeName, encodeName, quoteString } from './render/quote.ts';

/** Objects that were read lately, by their version: what bears one never changes. For all sessions. */
export type KnownObjects = LRUCache<string, CatalogObject>;

export function createKnownObjects(): KnownObjects {
  return new LRUCache({ max: 5_000 });
}

/** What a connection sees under some names, as of one moment. */
export async function loadObjects(
  connection: DuckDBConnection,
  known: KnownObjects,
  names: readonly ObjectName[],
): Promise<readonly LoadedObject[]> {
  const schemas = names.filter((name) => schemaNamed(name) !== null);
  if (schemas.length > 0) {
    const others = names.filter((name) => schemaNamed(name) === null);
    const found: LoadedObject[] = [];
    for (const name of schemas)
      found.push({ name, object: await readSchema(connection, schemaNamed(name)!) });
    return others.length === 0 ? found : [...found, ...(await loadObjects(connection, known, others))];
  }
  const versions = await versionsOf(connection, names);
  if ([...versions.values()].every((version) => known.has(version))) return loaded(names, versions, known);
  const found = new Map<string, CatalogObject>();
  const current = new Map<string, string>();
  for (const { schema, name, version, columns, keys, definition } of await registered(
    connection,
    names,
    ALL,
  )) {
    const object = { database: DATABASE, schema, name };
    const base = { name: object, version, columns: readColumns(columns) };
    const key = readEnforcedKey(keys);
    const made: CatalogObject =
      definition === null
        ? { type: 'table', ...base, ...(key === null ? {} : { key }) }
        : { type: 'view', ...base, definition };
    current.set(keyOfObject(object), version);
    found.set(version, made);
    known.set(version, made);
  }
  return loaded(names, current, found);
}

const ALL = 'schema, name, version, columns, keys, definition';

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
  { after, most, names }: Page,
): Promise<readonly ListedObject[]> {
  if (database !== DATABASE || names.length === 0) return [];
  const behind = after === null ? '' : ` AND name > ${quoteString(after)}`;
  const rows = await rowsOf<{ name: string; isView: boolean }>(
    connection,
    `SELECT name, definition IS NOT NULL AS "isView" FROM ${registryOf(DATABASE)}
     WHERE schema = ${quoteString(schema)}${behind} AND (${names.map(nameIs).join(' OR ')}) ORDER BY name LIMIT ${most}`,
  );
  return rows.map(({ name, isView }) => ({
    name: { database, schema, name },
    type: isView ? 'view' : 'table',
  }));
}

function nameIs(literals: readonly string[]): string {
  const pattern = literals.map((text) => text.replaceAll(/[%_!]/g, '!$&')).join('%');
  return `name LIKE ${quoteString(pattern)} ESCAPE '!'`;
}

/** Names in one question: its text stays within what DuckDB reads at once. */
const NAMES_AT_ONCE = 500;

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
  readonly columns: string;
  readonly keys: string;
  /** A view's text in Snowflake's SQL; null for a table. */
  readonly definition: string | null;
}

async function registered(
  connection: DuckDBConnection,
  names: readonly ObjectName[],
  fields: string,
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

async function rowsOf<Row>(connection: DuckDBConnection, sql: string): Promise<readonly Row[]> {
  return (await connection.runAndReadAll(sql)).getRowObjectsJS() as unknown as readonly Row[];
}
