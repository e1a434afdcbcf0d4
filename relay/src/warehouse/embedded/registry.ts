import { randomUUID } from 'node:crypto';
import type { DuckDBConnection } from '@duckdb/node-api';
import type { CatalogColumn, ObjectName } from '@sluice/snowflake-sql';
import { snowflakeType } from './column-types.ts';
import { describeColumns } from './describe.ts';
import type { RegistryChange } from './registry-change.ts';
import { INFORMATION_SCHEMA, renderObjectName } from './render/names.ts';
import { decodeNameSql, quoteName, quoteString } from './render/quote.ts';

/**
 * What the embedded warehouse remembers of each table and view beside what DuckDB does: a version, which is new with
 * every change of it; its columns, which DuckDB does not tell of a view whose tables have gone; and a view's text in
 * Snowflake's SQL. It lies in the database of the objects, in a schema and under a name that no statement can say, so
 * that one transaction changes both or neither; and it is indexed by name, where DuckDB's own listings go through every
 * object there is.
 */
export function registryOf(database: string): string {
  return `${quoteName(database)}.main."~OBJECT"`;
}

export function createRegistry(database: string): readonly string[] {
  const table = registryOf(database);
  return [
    `CREATE TABLE ${table} (schema VARCHAR, name VARCHAR, version VARCHAR, columns VARCHAR, definition VARCHAR)`,
    `CREATE INDEX "~OBJECT_NAME" ON ${table} (name)`,
  ];
}

/** To be called after the change, in the same transaction. */
export async function register(connection: DuckDBConnection, change: RegistryChange): Promise<void> {
  if (change.change === 'schema') {
    const where = `schema = ${quoteString(change.schema)}`;
    return void (await connection.run(`DELETE FROM ${registryOf(change.database)} WHERE ${where}`));
  }
  const { object } = change;
  const table = registryOf(object.database);
  const isThere = `schema = ${quoteString(object.schema)} AND name = ${quoteString(object.name)}`;
  const isRegistered = async () =>
    (await connection.runAndReadAll(`SELECT 1 FROM ${table} WHERE ${isThere}`)).currentRowCount > 0;
  switch (change.change) {
    case 'made':
      if (change.ifNew && (await isRegistered())) return;
      await connection.run(`DELETE FROM ${table} WHERE ${isThere}`);
      return await insert(connection, object, change.definition, randomUUID());
    case 'altered': {
      // IF EXISTS: there may be none.
      if (!(await isRegistered())) return;
      await connection.run(`DELETE FROM ${table} WHERE ${isThere}`);
      return await insert(connection, object, null, randomUUID());
    }
    case 'renamed': {
      const set = `name = ${quoteString(change.to)}, version = ${quoteString(randomUUID())}`;
      return void (await connection.run(`UPDATE ${table} SET ${set} WHERE ${isThere}`));
    }
    case 'dropped':
      return void (await connection.run(`DELETE FROM ${table} WHERE ${isThere}`));
    default:
      change satisfies never;
  }
}

/**
 * What is made when the warehouse starts: tables, and the views that answer for INFORMATION_SCHEMA, as tables. They are
 * the same at every start, so their versions are too: what was approved before a restart is approved after it.
 */
export function registerFirstTables(database: string): string {
  const own = `database_name = ${quoteString(database)} AND schema_name <> 'main'`;
  return `INSERT INTO ${registryOf(database)}
    SELECT schema, name, ${firstVersion('schema', 'name', 'columns')}, columns, NULL FROM (
      SELECT schema, name, CAST(to_json(list({'name': column_name, 'type': type, 'nullable': is_nullable} ORDER BY place)) AS VARCHAR) AS columns FROM (
        SELECT CASE schema_name WHEN ${quoteString(INFORMATION_SCHEMA)} THEN 'INFORMATION_SCHEMA' ELSE ${decodeNameSql('schema_name')} END AS schema,
          ${decodeNameSql('table_name')} AS name, ${decodeNameSql('column_name')} AS column_name, ${snowflakeType('data_type')} AS type, is_nullable, column_index AS place
        FROM duckdb_columns() WHERE ${own})
      GROUP BY schema, name)`;
}

/** The same of a view that has just been made. */
export async function registerFirstView(
  connection: DuckDBConnection,
  view: ObjectName,
  definition: string,
): Promise<void> {
  const [schema, name, text] = [view.schema, view.name, definition].map(quoteString);
  const version = await connection.runAndReadAll(`SELECT ${firstVersion(schema!, name!, text!)}`);
  await insert(connection, view, definition, String(version.getColumns()[0]![0]));
}

function firstVersion(schema: string, name: string, says: string): string {
  return `'first ' || ${schema} || '.' || ${name} || ' ' || sha256(${says})`;
}

async function insert(
  connection: DuckDBConnection,
  object: ObjectName,
  definition: string | null,
  version: string,
): Promise<void> {
  const [columns = []] = await describeColumns(connection, [renderObjectName(object, new Set())]);
  const values = [object.schema, object.name, version, writeColumns(columns), definition].map((value) =>
    value === null ? 'NULL' : quoteString(value),
  );
  await connection.run(
    `INSERT INTO ${registryOf(object.database)} (schema, name, version, columns, definition) VALUES (${values.join(', ')})`,
  );
}

function writeColumns(columns: readonly CatalogColumn[]): string {
  return JSON.stringify(columns);
}

export function readColumns(text: string): readonly CatalogColumn[] {
  return JSON.parse(text) as readonly CatalogColumn[];
}
