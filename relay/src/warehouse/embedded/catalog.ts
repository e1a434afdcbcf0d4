import type { DuckDBConnection } from '@duckdb/node-api';
import {
  type Catalog,
  type CatalogColumn,
  type CatalogObject,
  formatObjectName,
  type ObjectName,
} from '@sluice/snowflake-sql';
import { INFORMATION_SCHEMA } from './render/names.ts';
import { decodeName } from './render/quote.ts';

/** A snapshot of what one connection sees; its temporary tables hide others of their name. */
export async function readCatalog(
  connection: DuckDBConnection,
  version: string,
  /** The session's temporary tables, by what DuckDB knows them by. */
  temporary: ReadonlyMap<string, ObjectName>,
): Promise<Catalog> {
  const objects = new Map<string, CatalogObject>();
  const columns = await columnsByObject(connection);
  for (const { database, schema, name, definition } of await tablesAndViews(connection)) {
    const object: ObjectName | undefined =
      database === 'temp'
        ? temporary.get(decodeName(name))
        : {
            database: decodeName(database),
            schema: schema === INFORMATION_SCHEMA ? 'INFORMATION_SCHEMA' : decodeName(schema),
            name: decodeName(name),
          };
    if (object === undefined) continue;
    const own = columns.get(`${database}.${schema}.${name}`) ?? [];
    objects.set(
      formatObjectName(object),
      definition === null
        ? {
            type: 'table',
            name: object,
            columns: own,
            ...(database === 'temp' ? { temporary: true as const } : {}),
          }
        : { type: 'view', name: object, columns: own, definition },
    );
  }
  return { version, find: (name) => objects.get(formatObjectName(name)) };
}

interface Row {
  readonly database: string;
  readonly schema: string;
  readonly name: string;
  /** The view's text in Snowflake's SQL. */
  readonly definition: string | null;
}

async function tablesAndViews(connection: DuckDBConnection): Promise<readonly Row[]> {
  // Temporary tables come last: they hide the ones of their name.
  const reader = await connection.runAndReadAll(`
    SELECT o.database, o.schema, o.name, d.definition FROM (
      SELECT database_name AS database, schema_name AS schema, table_name AS name FROM duckdb_tables()
      UNION ALL SELECT database_name, schema_name, view_name FROM duckdb_views() WHERE NOT internal) o
    LEFT JOIN memory.main.view_definition d ON d.database = o.database AND d.schema = o.schema AND d.name = o.name
    WHERE o.database <> 'memory' ORDER BY o.database = 'temp'`);
  return reader.getRowObjectsJS() as unknown as Row[];
}

async function columnsByObject(connection: DuckDBConnection): Promise<Map<string, CatalogColumn[]>> {
  const reader = await connection.runAndReadAll(`
    SELECT database_name || '.' || schema_name || '.' || table_name AS object, column_name AS name, data_type AS type
    FROM duckdb_columns() WHERE database_name <> 'memory' ORDER BY object, column_index`);
  const columns = new Map<string, CatalogColumn[]>();
  for (const { object, name, type } of reader.getRowObjectsJS() as unknown as {
    object: string;
    name: string;
    type: string;
  }[]) {
    const list = columns.get(object);
    const column = { name: decodeName(name), type };
    if (list) list.push(column);
    else columns.set(object, [column]);
  }
  return columns;
}
