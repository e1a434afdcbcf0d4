import type { ObjectName, Tree } from '@sluice/snowflake-sql';
import { functionNamed } from '@sluice/snowflake-sql/execution';
import { unsupported } from '../errors.ts';
import { functionNames } from '../render/calls.ts';
import { tableFunctionNames } from '../render/table-functions.ts';
import { INFORMATION_SCHEMA } from '../render/names.ts';
import { decodeNameSql, quoteString } from '../render/quote.ts';
import type { SessionState } from '../../session-state.ts';
import { schemaComments } from '../schema-comments.ts';
import type { StageObjectType } from '../stages/stages.ts';
import { fields } from './catalog-views.ts';
import { columnsSql, keysSql, objectsSql } from './objects.ts';
import { SHOWN, TERSE } from './shown.ts';

/** A listing, and what has to be there for it. */
export interface Listing {
  readonly sql: string;
  readonly needs: Needed;
}

/** What a listing is of: where it is not there, that is said, as Snowflake does. */
export type Needed =
  | { readonly what: 'database'; readonly name: string }
  | { readonly what: 'schema'; readonly database: string; readonly schema: string }
  | { readonly what: 'object' | 'sequence'; readonly object: ObjectName }
  | null;

/** What SHOW is planned under. */
export interface Showing {
  readonly state: SessionState;
  readonly database: string;
  /** Names of the session's variables. */
  readonly variables: readonly string[];
  readonly sessionId: string;
  /** Whether the session has tables of its own. */
  readonly withOwn: boolean;
}

/** SHOW as a query with Snowflake's columns (SQL reference, each SHOW's "Output"). */
export function showQuery(show: Tree.Show, showing: Showing): Listing {
  const what = show.what.text.replace(/^TERSE /, '');
  const source = sourceOf(what, showing);
  const shown = SHOWN[what];
  if (source === null || shown === undefined) throw unsupported(`SHOW ${what}`);
  const needs = scopeOf(show, what, showing);
  const named = nameOf(what);
  const conditions = [
    // Snowflake escapes with a backslash, and cares for no case.
    show.like === null ? [] : [`${named} ILIKE ${quoteString(show.like.value)} ESCAPE '\\'`],
    show.startsWith === null ? [] : [`starts_with(${named}, ${quoteString(show.startsWith.value)})`],
    show.from === null ? [] : [`${named} > ${quoteString(show.from.value)}`],
    conditionsOf(needs, what),
  ].flat();
  const isTerse = show.flags.some(({ text }) => text === 'TERSE') && TERSE[what] !== undefined;
  const columns = fields(isTerse ? TERSE[what]! : shown)
    .map(([column, value]) => `${value} AS "${column}"`)
    .join(', ');
  const where = conditions.length === 0 ? '' : ` WHERE ${conditions.join(' AND ')}`;
  const limit = show.limit === null ? '' : ` LIMIT ${show.limit.text}`;
  return {
    sql: `SELECT ${columns} FROM (${source})${where} ORDER BY ${ORDERS[what] ?? 'name'}${limit}`,
    needs,
  };
}

const IN_ORDER = 'database_name, schema_name, name';
const KEYS_IN_ORDER = 'database_name, schema_name, table_name, key_name, key_sequence';
const ORDERS: Readonly<Record<string, string>> = {
  TABLES: IN_ORDER,
  VIEWS: IN_ORDER,
  OBJECTS: IN_ORDER,
  STAGES: IN_ORDER,
  'FILE FORMATS': IN_ORDER,
  COLUMNS: 'database_name, schema_name, table_name, place',
  'PRIMARY KEYS': KEYS_IN_ORDER,
  'UNIQUE KEYS': KEYS_IN_ORDER,
  'IMPORTED KEYS': KEYS_IN_ORDER,
  'EXPORTED KEYS': KEYS_IN_ORDER,
};

function nameOf(what: string): string {
  if (what === 'COLUMNS') return 'column_name';
  return what.endsWith(' KEYS') ? 'key_name' : 'name';
}

function sourceOf(what: string, { state, database, withOwn, variables, sessionId }: Showing): string | null {
  const objects = objectsSql(database, withOwn);
  const isCurrent = (column: string, name: string | null) =>
    `${column} = ${name === null ? 'NULL' : quoteString(name)} AS is_current`;
  switch (what) {
    case 'TABLES':
      return `SELECT * FROM (${objects}) WHERE kind <> 'VIEW'`;
    case 'VIEWS':
      return `SELECT * FROM (${objects}) WHERE kind = 'VIEW'`;
    case 'OBJECTS':
      return objects;
    case 'COLUMNS':
      return columnsSql(objects);
    case 'PRIMARY KEYS':
    case 'UNIQUE KEYS':
      return `SELECT * FROM (${keysSql(objects)}) WHERE type = ${quoteString(what === 'UNIQUE KEYS' ? 'UNIQUE' : 'PRIMARY KEY')}`;
    case 'IMPORTED KEYS':
    case 'EXPORTED KEYS':
      return `SELECT * FROM (${keysSql(objects)}) WHERE type = 'FOREIGN KEY'`;
    case 'SCHEMAS':
      return `SELECT ${quoteString(database)} AS database_name, s.name, comment, ${isCurrent('s.name', state.schema)} FROM (
        SELECT ${decodeNameSql('schema_name')} AS name FROM duckdb_schemas()
        WHERE database_name = ${quoteString(database)} AND schema_name NOT IN ('main', '${INFORMATION_SCHEMA}') AND NOT internal
        UNION ALL SELECT 'INFORMATION_SCHEMA') AS s LEFT JOIN ${schemaComments(database)} AS c ON c.name = s.name`;
    case 'DATABASES':
      return `SELECT ${quoteString(database)} AS name, ${isCurrent(quoteString(database), state.database)}`;
    case 'WAREHOUSES':
    case 'ROLES':
      return `SELECT ${quoteString(what === 'ROLES' ? 'PUBLIC' : 'DEMO_WH')} AS name, ${what === 'ROLES' ? 'TRUE AS is_current' : isCurrent("'DEMO_WH'", state.warehouse)}`;
    case 'SEQUENCES':
      return SEQUENCES;
    case 'STAGES':
      return stagesSql('stage');
    case 'FILE FORMATS':
      return stagesSql('file_format');
    case 'FUNCTIONS':
      return FUNCTIONS;
    case 'VARIABLES':
      return `SELECT unnest(CAST([${variables.map(quoteString).join(', ')}] AS VARCHAR[])) AS name, ${quoteString(sessionId)} AS session_id`;
    default:
      return Object.hasOwn(SHOWN, what) ? NOTHING : null;
  }
}

/** Set for a statement that lists them: stages and file formats, which DuckDB knows nothing of. */
export const STAGES = '~stages';

function stagesSql(type: StageObjectType): string {
  const shape =
    '[{"type": "VARCHAR", "name": {"database": "VARCHAR", "schema": "VARCHAR", "name": "VARCHAR"}, "format": "JSON", "comment": "VARCHAR", "temporary": "BOOLEAN"}]';
  return `SELECT s.name."database" AS database_name, s.name."schema" AS schema_name, s.name.name AS name, CAST(s.format AS VARCHAR) AS format, s.comment AS comment, s.temporary AS temporary
    FROM (SELECT unnest(from_json(getvariable('${STAGES}'), '${shape}')) AS s) WHERE s.type = ${quoteString(type)}`;
}

/** But for those behind columns that count. Where the next value starts is all that DuckDB says of it. */
export const SEQUENCES = `SELECT ${decodeNameSql('database_name')} AS database_name, ${decodeNameSql('schema_name')} AS schema_name,
  ${decodeNameSql('sequence_name')} AS name, CAST(regexp_extract(sql, 'START (-?[0-9]+)', 1) AS DECIMAL(38, 0)) AS next_value,
  CAST(increment_by AS DECIMAL(38, 0)) AS step FROM duckdb_sequences() WHERE schema_name <> 'main' AND NOT temporary`;

/** Every function that can be called here. */
const FUNCTIONS = `SELECT f[1] AS name, f[2] AS kind, f[3] AS fewest, f[4] AS most FROM (SELECT unnest([${[
  ...functionNames,
  ...tableFunctionNames,
]
  .flatMap((name) => functionNamed(name) ?? [])
  .map(({ name, kind, fewest, most }) => {
    const parts = [name, kind, String(fewest), most === null ? null : String(most)];
    return `[${parts.map((part) => (part === null ? 'NULL' : quoteString(part))).join(', ')}]`;
  })
  .join(', ')}]) AS f)`;

/** Of what cannot be made here there is none. */
const NOTHING =
  'SELECT CAST(NULL AS VARCHAR) AS database_name, CAST(NULL AS VARCHAR) AS schema_name, CAST(NULL AS VARCHAR) AS name WHERE FALSE';

/** Where it is looked for: what is named, or else the schema or the database that the session is in. */
function scopeOf(show: Tree.Show, what: string, { state }: Showing): Needed {
  if (['DATABASES', 'WAREHOUSES', 'ROLES', 'FUNCTIONS', 'VARIABLES'].includes(what)) return null;
  const [scope] = show.scopes;
  const names = scope?.name && 'parts' in scope.name ? nameParts(scope.name) : [];
  if (scope?.name && names.length === 0) throw unsupported('names that a value gives, here');
  const type = scope?.objectType?.text ?? null;
  if (type === 'ACCOUNT') return null;
  const [last, beforeLast = null, first = null] = names.toReversed();
  const isOfTable = what === 'COLUMNS' || what.endsWith(' KEYS');
  if (last !== undefined && (type === 'TABLE' || type === 'VIEW' || (isOfTable && type === null))) {
    const [schema, database] = [beforeLast ?? state.schema, first ?? state.database];
    return schema === null || database === null
      ? null
      : { what: 'object', object: { database, schema, name: last } };
  }
  if (what === 'SCHEMAS' || type === 'DATABASE') {
    const database = last ?? state.database;
    return database === null ? null : { what: 'database', name: database };
  }
  const [schema, database] = [last ?? state.schema, beforeLast ?? state.database];
  return schema === null || database === null ? null : { what: 'schema', database, schema };
}

function conditionsOf(needs: Needed, what: string): readonly string[] {
  const is = (column: string, value: string) => `${column} = ${quoteString(value)}`;
  switch (needs?.what) {
    case 'database':
      return [is('database_name', needs.name)];
    case 'schema':
      return [is('database_name', needs.database), is('schema_name', needs.schema)];
    case 'object': {
      const { database, schema, name } = needs.object;
      if (what === 'EXPORTED KEYS')
        return [is('to_database', database), is('to_schema', schema), is('to_table', name)];
      return [is('database_name', database), is('schema_name', schema), is('table_name', name)];
    }
    default:
      return [];
  }
}

/** A name as it is written: which schema a listing is of is no secret, and no object is read by it. */
function nameParts(name: Tree.Name): readonly string[] {
  if (name.kind !== 'qualified_name') throw unsupported('names that a value gives, here');
  return name.parts.map((part) => part.name);
}
