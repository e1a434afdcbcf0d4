import type { ObjectName } from '@sluice/snowflake-sql';
import { INFORMATION_SCHEMA } from './render/names.ts';
import { decodeNameSql, quoteName, quoteString } from './render/quote.ts';

/**
 * What the embedded warehouse remembers of each table and view beside what DuckDB does: a version, which is new with
 * every change of it, and a view's text in Snowflake's SQL. It lies in the database of the objects, in a schema and
 * under a name that no statement can say, so that one transaction changes both or neither; and it is indexed by name,
 * where DuckDB's own listings go through every object there is.
 *
 * Texts alone: what a statement changes of it is part of its plan.
 */
export function registryOf(database: string): string {
  return `${quoteName(database)}.main."~OBJECT"`;
}

export function createRegistry(database: string): readonly string[] {
  const table = registryOf(database);
  return [
    `CREATE TABLE ${table} (schema VARCHAR, name VARCHAR, version VARCHAR, definition VARCHAR)`,
    `CREATE INDEX "~OBJECT_NAME" ON ${table} (name)`,
  ];
}

/**
 * What is made when the warehouse starts: tables, and the views that answer for INFORMATION_SCHEMA, as tables. They are
 * the same at every start, so their versions are too: what was approved before a restart is approved after it.
 */
export function registerFirstTables(database: string): readonly string[] {
  const own = `database_name = ${quoteString(database)} AND schema_name <> 'main'`;
  return [
    `INSERT INTO ${registryOf(database)}
     SELECT schema, name, ${firstVersion('schema', 'name', "string_agg(type, ',' ORDER BY place)")}, NULL FROM (
       SELECT CASE schema_name WHEN ${quoteString(INFORMATION_SCHEMA)} THEN 'INFORMATION_SCHEMA' ELSE ${decodeNameSql('schema_name')} END AS schema,
         ${decodeNameSql('table_name')} AS name, column_name || ' ' || data_type AS type, column_index AS place
       FROM duckdb_columns() WHERE ${own})
     GROUP BY schema, name`,
  ];
}

/** The same of a view, with its text. */
export function registerFirstView(view: ObjectName, definition: string): string {
  const [schema, name, text] = [view.schema, view.name, definition].map(quoteString);
  return `${insertInto(view)} SELECT ${schema}, ${name}, ${firstVersion(schema!, name!, text!)}, ${text}`;
}

function firstVersion(schema: string, name: string, says: string): string {
  return `'first ' || ${schema} || '.' || ${name} || ' ' || sha256(${says})`;
}

/** A table, or a view with its text, that has just been made, in the place of whatever had its name. */
export function register(object: ObjectName, definition: string | null): readonly string[] {
  return [unregister(object), `${insertInto(object)} SELECT ${values(object, definition)}`];
}

/** The same after IF NOT EXISTS: what is there stays what it is. */
export function registerIfNew(object: ObjectName, definition: string | null): readonly string[] {
  const isThere = `SELECT 1 FROM ${registryOf(object.database)} WHERE ${isNamed(object)}`;
  return [`${insertInto(object)} SELECT ${values(object, definition)} WHERE NOT EXISTS (${isThere})`];
}

/** An object that has just been changed. */
export function registerChange(object: ObjectName): string {
  return `UPDATE ${registryOf(object.database)} SET version = ${NEW_VERSION} WHERE ${isNamed(object)}`;
}

export function registerName(object: ObjectName, name: string): string {
  const set = `name = ${quoteString(name)}, version = ${NEW_VERSION}`;
  return `UPDATE ${registryOf(object.database)} SET ${set} WHERE ${isNamed(object)}`;
}

export function unregister(object: ObjectName): string {
  return `DELETE FROM ${registryOf(object.database)} WHERE ${isNamed(object)}`;
}

/** A schema that has gone, or has been made anew, and all that was in it. */
export function unregisterSchema({ database, name }: Pick<ObjectName, 'database' | 'name'>): string {
  return `DELETE FROM ${registryOf(database)} WHERE schema = ${quoteString(name)}`;
}

/** Never one that was there before, of any object. */
const NEW_VERSION = 'CAST(uuid() AS VARCHAR)';

function insertInto({ database }: ObjectName): string {
  return `INSERT INTO ${registryOf(database)} (schema, name, version, definition)`;
}

function values({ schema, name }: ObjectName, definition: string | null): string {
  const text = definition === null ? 'NULL' : quoteString(definition);
  return `${quoteString(schema)}, ${quoteString(name)}, ${NEW_VERSION}, ${text}`;
}

function isNamed({ schema, name }: ObjectName): string {
  return `schema = ${quoteString(schema)} AND name = ${quoteString(name)}`;
}
