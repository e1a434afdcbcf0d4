import { formatObjectName, type ObjectName } from '@sluice/snowflake-sql';
import { quoteString, decodeNameSql } from '../render/quote.ts';
import { OWN_REGISTRY, registryOf } from '../registry-place.ts';

/** Set for a statement that shows definitions: the full names of the objects that whoever asks may know of. Unset: none. */
export const KNOWN = '~known';

/** Whose everything is: there is one owner. */
export const OWNER = 'SYSADMIN';

const HERE = "schema <> 'INFORMATION_SCHEMA'";

/**
 * The tables and views of a database: `database_name`, `schema_name`, `name`, `kind`, `columns`, `keys`, `definition` (NULL for a table, and
 * where the asker may not know of the view), `known`, whether they may know of it, `comment` (NULL where not), `made`, `row_count`. With a session's own tables, which hide others of their names.
 */
export function objectsSql(database: string, withOwn: boolean): string {
  const fields = 'schema, name, columns, keys, definition, made, comment';
  const shared = `SELECT ${fields}, '' AS place FROM ${registryOf(database)} WHERE ${HERE}`;
  const hidden = `(schema, name) NOT IN (SELECT (schema, name) FROM ${OWN_REGISTRY})`;
  const all = withOwn
    ? `${shared} AND ${hidden} UNION ALL SELECT ${fields}, place FROM ${OWN_REGISTRY}`
    : shared;
  const isKnown = `list_contains(getvariable('${KNOWN}'), [o.schema, o.name])`;
  return `SELECT ${quoteString(database)} AS database_name, o.schema AS schema_name, o.name,
    CASE WHEN definition IS NOT NULL THEN 'VIEW' WHEN place <> '' THEN 'TEMPORARY' ELSE 'TABLE' END AS kind,
    columns, keys, CASE WHEN ${isKnown} THEN 'CREATE VIEW ' || o.name || ' AS ' || definition END AS definition,
    coalesce(${isKnown}, FALSE) OR place <> '' AS known, CASE WHEN coalesce(${isKnown}, FALSE) OR place <> '' THEN comment END AS comment, made, CAST(t.size AS DECIMAL(38, 0)) AS row_count
    FROM (${all}) AS o LEFT JOIN (${sizes(database)}) AS t
    ON CASE WHEN o.place = '' THEN t.schema = o.schema AND t.name = o.name ELSE t.schema = '' AND t.name = o.place END`;
}

/** Of one object, as `objectsSql` has them, without its size. */
export function oneObject(object: ObjectName, temporary: ReadonlySet<string>): string {
  const registry = temporary.has(formatObjectName(object)) ? OWN_REGISTRY : registryOf(object.database);
  return `SELECT ${quoteString(object.database)} AS database_name, schema AS schema_name, name, definition, '' AS kind, columns, keys, made, TRUE AS known, comment
    FROM ${registry} WHERE schema = ${quoteString(object.schema)} AND name = ${quoteString(object.name)}`;
}

/** DuckDB's own count of a table's rows. */
function sizes(database: string): string {
  return `SELECT CASE database_name WHEN 'temp' THEN '' ELSE ${decodeNameSql('schema_name')} END AS schema,
    ${decodeNameSql('table_name')} AS name, estimated_size AS size
    FROM duckdb_tables() WHERE database_name IN (${quoteString(database)}, 'temp') AND table_name <> '~OBJECT'`;
}

/** One row for each column: `column_name`, `place` from 1, `type` as DESCRIBE names it, `nullable`, `by_default`, `comment`. */
export function columnsSql(objects: string): string {
  const shape =
    '[{"name": "VARCHAR", "type": "VARCHAR", "nullable": "BOOLEAN", "byDefault": "VARCHAR", "comment": "VARCHAR"}]';
  return `SELECT database_name, schema_name, name AS table_name, kind, made, keys, c.name AS column_name, place,
    c.type AS type, regexp_replace(c.type, '[(].*', '') AS type_name,
    TRY_CAST(regexp_extract(c.type, '[(](\\d+)', 1) AS INTEGER) AS first_number,
    TRY_CAST(regexp_extract(c.type, ',(\\d+)', 1) AS INTEGER) AS second_number,
    c.nullable AS nullable,
    c.byDefault AS by_default,
    CASE WHEN known THEN c.comment END AS comment
    FROM (SELECT *, unnest(from_json(columns, '${shape}')) AS c, generate_subscripts(from_json(columns, '${shape}'), 1) AS place FROM (${objects}))`;
}

/**
 * One row for each column of each key: `type`, `key_name`, `key_sequence` from 1, `column_name`; of a foreign key also what it leads to.
 */
export function keysSql(objects: string): string {
  const shape =
    '[{"name": "VARCHAR", "type": "VARCHAR", "columns": ["VARCHAR"], "to": {"object": {"database": "VARCHAR", "schema": "VARCHAR", "name": "VARCHAR"}, "columns": ["VARCHAR"]}}]';
  return `SELECT database_name, schema_name, table_name, made, k.type AS type,
    coalesce(k.name, 'SYS_CONSTRAINT_' || md5(schema_name || '.' || table_name || '.' || CAST(n AS VARCHAR))) AS key_name,
    CAST(i AS DECIMAL(38, 0)) AS key_sequence, k.columns[i] AS column_name,
    k."to".object."database" AS to_database, k."to".object."schema" AS to_schema, k."to".object.name AS to_table, k."to".columns[i] AS to_column
    FROM (SELECT *, unnest(range(1, len(k.columns) + 1)) AS i FROM (
      SELECT database_name, schema_name, name AS table_name, made, unnest(from_json(keys, '${shape}')) AS k,
        generate_subscripts(from_json(keys, '${shape}'), 1) AS n FROM (${objects}))) AS keys`;
}
