import { formatObjectName, type Tree } from '@sluice/snowflake-sql';
import { type Bound } from '@sluice/snowflake-sql/execution';
import { snowflakeType } from './column-types.ts';
import { unsupported } from './errors.ts';
import { INFORMATION_SCHEMA } from './render/names.ts';
import { decodeNameSql, encodeName, quoteName, quoteString } from './render/quote.ts';
import { VIRTUAL_WAREHOUSE } from './virtual-warehouse.ts';
import type { SessionState } from '../session-state.ts';

const columnType = snowflakeType('data_type');
const columnTypeName = `regexp_replace(${columnType}, '[(].*', '')`;

/** The views that answer for a database's INFORMATION_SCHEMA, with Snowflake's columns as far as they have a meaning here. */
export function informationSchema(database: string): readonly string[] {
  const view = (name: string) => `CREATE VIEW ${quoteName(database)}.${INFORMATION_SCHEMA}.${name} AS`;
  const mine = `database_name = ${quoteString(database)} AND schema_name NOT IN ('main', '${INFORMATION_SCHEMA}')`;
  return [
    `CREATE SCHEMA ${quoteName(database)}.${INFORMATION_SCHEMA}`,
    `${view('TABLES')} SELECT ${decodeNameSql('database_name')} AS "TABLE_CATALOG", ${decodeNameSql('schema_name')} AS "TABLE_SCHEMA", ${decodeNameSql('table_name')} AS "TABLE_NAME",
       'BASE TABLE' AS "TABLE_TYPE", estimated_size AS "ROW_COUNT", CAST(NULL AS VARCHAR) AS "COMMENT"
       FROM duckdb_tables() WHERE ${mine}
       UNION ALL SELECT database_name, schema_name, view_name, 'VIEW', NULL, NULL FROM duckdb_views() WHERE ${mine}`,
    `${view('VIEWS')} SELECT ${decodeNameSql('database_name')} AS "TABLE_CATALOG", ${decodeNameSql('schema_name')} AS "TABLE_SCHEMA", ${decodeNameSql('view_name')} AS "TABLE_NAME"
       FROM duckdb_views() WHERE ${mine}`,
    `${view('SCHEMATA')} SELECT ${decodeNameSql('database_name')} AS "CATALOG_NAME", ${decodeNameSql('schema_name')} AS "SCHEMA_NAME"
       FROM duckdb_schemas() WHERE ${mine}`,
    `${view('COLUMNS')} SELECT ${decodeNameSql('database_name')} AS "TABLE_CATALOG", ${decodeNameSql('schema_name')} AS "TABLE_SCHEMA", ${decodeNameSql('table_name')} AS "TABLE_NAME",
       ${decodeNameSql('column_name')} AS "COLUMN_NAME", CAST(column_index AS BIGINT) AS "ORDINAL_POSITION",
       CASE WHEN is_nullable THEN 'YES' ELSE 'NO' END AS "IS_NULLABLE", ${columnTypeName} AS "DATA_TYPE",
       numeric_precision AS "NUMERIC_PRECISION", numeric_scale AS "NUMERIC_SCALE"
       FROM duckdb_columns() WHERE ${mine}`,
  ];
}

/** SHOW as a query whose columns are those that Snowflake answers with, as far as they have a meaning here. */
export function showQuery(show: Tree.Show, context: SessionState): string {
  const what = show.what.text;
  const source = showSources[what];
  if (source === undefined) throw unsupported(`SHOW ${what}`);
  const scope = show.scopes[0];
  const names = scope?.name && 'parts' in scope.name ? nameParts(scope.name) : [];
  const conditions = [
    show.like === null ? '' : `"name" ILIKE ${quoteString(show.like.value)}`,
    show.startsWith === null ? '' : `starts_with("name", ${quoteString(show.startsWith.value)})`,
    ...scopeConditions(scope, names, what, context),
  ].filter((condition) => condition !== '');
  const where = conditions.length === 0 ? '' : ` WHERE ${conditions.join(' AND ')}`;
  return `SELECT * FROM (${source}) AS s${where} ORDER BY ALL${show.limit === null ? '' : ` LIMIT ${show.limit.text}`}`;
}

function scopeConditions(
  scope: Tree.ShowScope | undefined,
  names: readonly string[],
  what: string,
  context: SessionState,
): readonly string[] {
  if (['DATABASES', 'WAREHOUSES', 'ROLES'].includes(what)) return [];
  if (what === 'COLUMNS' && names.length > 0) {
    const [table, schema = context.schema] = names.toReversed();
    return [`"table_name" = ${quoteString(table!)}`, `"schema_name" = ${quoteString(schema ?? '')}`];
  }
  const type = scope?.objectType?.text ?? (names.length > 0 ? 'SCHEMA' : undefined);
  if (type === 'ACCOUNT' || type === 'DATABASE' || what === 'SCHEMAS') return [];
  const schema = names.at(-1) ?? context.schema;
  return schema === null ? [] : [`"schema_name" = ${quoteString(schema)}`];
}

const visible = `schema_name NOT IN ('main', '${INFORMATION_SCHEMA}', 'information_schema', 'pg_catalog') AND database_name NOT IN ('memory', 'system', 'temp')`;
const showSources: Readonly<Record<string, string>> = {
  TABLES: `SELECT now() AS "created_on", ${decodeNameSql('table_name')} AS "name", ${decodeNameSql('database_name')} AS "database_name", ${decodeNameSql('schema_name')} AS "schema_name",
    'TABLE' AS "kind", '' AS "comment", estimated_size AS "rows" FROM duckdb_tables() WHERE ${visible}`,
  VIEWS: `SELECT now() AS "created_on", ${decodeNameSql('view_name')} AS "name", ${decodeNameSql('database_name')} AS "database_name", ${decodeNameSql('schema_name')} AS "schema_name",
    '' AS "comment" FROM duckdb_views() WHERE ${visible}`,
  OBJECTS: `SELECT now() AS "created_on", name AS "name", ${decodeNameSql('database_name')} AS "database_name", ${decodeNameSql('schema_name')} AS "schema_name", kind AS "kind" FROM (
    SELECT table_name AS name, database_name, schema_name, 'TABLE' AS kind FROM duckdb_tables() WHERE ${visible}
    UNION ALL SELECT view_name, database_name, schema_name, 'VIEW' FROM duckdb_views() WHERE ${visible})`,
  SCHEMAS: `SELECT now() AS "created_on", ${decodeNameSql('schema_name')} AS "name", ${decodeNameSql('database_name')} AS "database_name" FROM duckdb_schemas() WHERE ${visible}`,
  DATABASES: `SELECT now() AS "created_on", ${decodeNameSql('database_name')} AS "name", 'STANDARD' AS "kind" FROM duckdb_databases()
    WHERE NOT internal AND database_name <> 'memory'`,
  COLUMNS: `SELECT ${decodeNameSql('table_name')} AS "table_name", ${decodeNameSql('schema_name')} AS "schema_name", ${decodeNameSql('column_name')} AS "column_name", ${decodeNameSql('column_name')} AS "name",
    ${columnType} AS "data_type", is_nullable AS "null?", ${decodeNameSql('database_name')} AS "database_name" FROM duckdb_columns() WHERE ${visible}`,
  WAREHOUSES: `SELECT ${quoteString(VIRTUAL_WAREHOUSE)} AS "name", 'STARTED' AS "state", 'STANDARD' AS "type", 'X-Small' AS "size"`,
  ROLES: `SELECT now() AS "created_on", 'PUBLIC' AS "name"`,
};

/** DESCRIBE TABLE or VIEW, as a query. */
export function describeQuery(bound: Bound, describe: Tree.Describe, temporary: ReadonlySet<string>): string {
  const { name, objectType } = describe;
  if (name === null || !(name.kind === 'qualified_name' || name.kind === 'dynamic_name'))
    throw unsupported('this form of DESCRIBE');
  if (objectType !== null && objectType !== 'table' && objectType !== 'view')
    throw unsupported(`DESCRIBE ${objectType}`);
  const object = bound.names.get(name);
  if (object === undefined) throw unsupported('this form of DESCRIBE');
  const full = formatObjectName(object);
  const [database, schema, table] = temporary.has(full)
    ? ['temp', 'main', encodeName(full)]
    : [
        encodeName(object.database),
        object.schema === 'INFORMATION_SCHEMA' ? INFORMATION_SCHEMA : encodeName(object.schema),
        encodeName(object.name),
      ];
  return `SELECT ${decodeNameSql('column_name')} AS "name", ${columnType} AS "type", 'COLUMN' AS "kind",
    CASE WHEN is_nullable THEN 'Y' ELSE 'N' END AS "null?", column_default AS "default", 'N' AS "primary key", 'N' AS "unique key",
    CAST(NULL AS VARCHAR) AS "check", CAST(NULL AS VARCHAR) AS "expression", CAST(NULL AS VARCHAR) AS "comment"
    FROM duckdb_columns() WHERE table_name = ${quoteString(table)} AND schema_name = ${quoteString(schema)}
    AND database_name = ${quoteString(database)} ORDER BY column_index`;
}

/** A name as it is written: which schema a listing is of is no secret, and no object is read by it. */
function nameParts(name: Tree.Name): readonly string[] {
  if (name.kind !== 'qualified_name') throw unsupported('names that a value gives, here');
  return name.parts.map((part) => part.name);
}
