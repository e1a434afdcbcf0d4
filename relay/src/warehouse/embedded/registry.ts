import { checkChange } from './change-of-type.ts';
import { randomUUID } from 'node:crypto';
import type { DuckDBConnection } from '@duckdb/node-api';
import { type CatalogColumn, formatObjectName, type ObjectName } from '@sluice/snowflake-sql';
import { snowflakeType } from './column-types.ts';
import { type Declared, type Key, type RememberedColumn, withDeclared } from './declared.ts';
import { describeColumns } from './describe.ts';
import { columnNotThere, objectNotThere } from './errors.ts';
import type { TemporaryChange } from './plan.ts';
import type { RegistryChange } from './registry-change.ts';
import { INFORMATION_SCHEMA, renderObjectName, renderTemporaryName } from './render/names.ts';
import { decodeNameSql, quoteString } from './render/quote.ts';
import { OWN_REGISTRY, registryOf } from './registry-place.ts';

const FIELDS =
  'schema VARCHAR, name VARCHAR, version VARCHAR, columns VARCHAR, definition VARCHAR, keys VARCHAR, made TIMESTAMPTZ, comment VARCHAR';

export function createRegistry(database: string): readonly string[] {
  const table = registryOf(database);
  return [`CREATE TABLE ${table} (${FIELDS})`, `CREATE INDEX "~OBJECT_NAME" ON ${table} (name)`];
}

/** To be called after the change, in the same transaction. */
export async function register(connection: DuckDBConnection, change: RegistryChange): Promise<void> {
  if (change.change === 'schema') {
    const where = `schema = ${quoteString(change.schema)}`;
    return void (await connection.run(`DELETE FROM ${registryOf(change.database)} WHERE ${where}`));
  }
  const { object } = change;
  const table = registryOf(object.database);
  const isThere = isObject(object);
  switch (change.change) {
    case 'made': {
      if (change.ifNew && (await remembered(connection, table, object)) !== null) return;
      const { declared, definition } = change;
      const before =
        declared.copyOf === null ? null : await copyOf(connection, declared.copyOf).then(asCopied);
      await connection.run(`DELETE FROM ${table} WHERE ${isThere}`);
      return await insert(connection, object, { definition, declared, before, version: randomUUID() });
    }
    case 'altered': {
      const before = await remembered(connection, table, object);
      // IF EXISTS: there may be none.
      if (before === null) return;
      await connection.run(`DELETE FROM ${table} WHERE ${isThere}`);
      const { declared } = change;
      return await insert(connection, object, { definition: null, declared, before, version: randomUUID() });
    }
    case 'renamed': {
      const set = `name = ${quoteString(change.to)}, version = ${quoteString(randomUUID())}`;
      return void (await connection.run(`UPDATE ${table} SET ${set} WHERE ${isThere}`));
    }
    case 'swapped': {
      // In one statement, so that neither is the other for a moment.
      const name = `CASE WHEN ${isThere} THEN ${quoteString(change.with.name)} ELSE ${quoteString(object.name)} END`;
      const version = `${quoteString(randomUUID())} || name`;
      return void (await connection.run(
        `UPDATE ${table} SET name = ${name}, version = ${version} WHERE (${isThere}) OR (${isObject(change.with)})`,
      ));
    }
    case 'dropped':
      return void (await connection.run(`DELETE FROM ${table} WHERE ${isThere}`));
    case 'commented':
      return await writeComments(connection, change);
    default:
      change satisfies never;
  }
}

/** Fails where a column cannot become of the type that is said: in Snowflake, only longer and of more digits. */
export async function checkRetyped(
  connection: DuckDBConnection,
  object: ObjectName,
  { columns, retyped }: Declared,
  isOwn: boolean,
): Promise<void> {
  if (retyped.length === 0) return;
  const before = await remembered(connection, isOwn ? OWN_REGISTRY : registryOf(object.database), object);
  // IF EXISTS: there may be none.
  if (before === null) return;
  for (const name of retyped) {
    const type = before.columns.find((one) => one.name === name)?.type;
    if (type === undefined) throw columnNotThere(name);
    checkChange(name, type, columns.find((one) => one.name === name)?.type ?? null);
  }
}

/** A session's own table or view that has just been made or changed; its columns. */
export async function registerOwn(
  connection: DuckDBConnection,
  { is, object, declared }: Exclude<TemporaryChange, { is: 'dropped' }>,
  definition: string | null,
): Promise<readonly CatalogColumn[]> {
  await connection.run(`CREATE TEMPORARY TABLE IF NOT EXISTS "~OBJECT" (${FIELDS}, place VARCHAR)`);
  const known = is === 'made' ? null : await remembered(connection, OWN_REGISTRY, object);
  const before = declared.copyOf === null ? known : await copyOf(connection, declared.copyOf);
  await forgetOwn(connection, object);
  const [described = []] = await describeColumns(connection, [renderTemporaryName(object)]);
  const columns = withDeclared(described, before?.columns ?? [], declared);
  const keys = [...(before?.keys ?? []), ...declared.keys];
  const comment = commentNow(before, declared);
  await insertRow(connection, OWN_REGISTRY, [
    ...rowOf(object, randomUUID(), columns, definition, keys, comment),
    quoteString(formatObjectName(object)),
  ]);
  return columns;
}

export async function forgetOwn(connection: DuckDBConnection, object: ObjectName): Promise<void> {
  await connection.run(`DELETE FROM ${OWN_REGISTRY} WHERE ${isObject(object)}`);
}

/**
 * What is made when the warehouse starts: tables, and the views that answer for INFORMATION_SCHEMA, as tables. They are
 * the same at every start, so their versions are too: what was approved before a restart is approved after it.
 */
export function registerFirstTables(database: string): string {
  const own = `database_name = ${quoteString(database)} AND schema_name <> 'main'`;
  return `INSERT INTO ${registryOf(database)}
    SELECT schema, name, ${firstVersion('schema', 'name', "columns || coalesce(keys, '')")}, columns, NULL, coalesce(keys, '[]'), now(), NULL FROM (
      SELECT schema, name, CAST(to_json(list({'name': column_name, 'type': type, 'nullable': is_nullable} ORDER BY place)) AS VARCHAR) AS columns FROM (
        SELECT CASE schema_name WHEN ${quoteString(INFORMATION_SCHEMA)} THEN 'INFORMATION_SCHEMA' ELSE ${decodeNameSql('schema_name')} END AS schema,
          ${decodeNameSql('table_name')} AS name, ${decodeNameSql('column_name')} AS column_name, ${snowflakeType('data_type')} AS type, is_nullable, column_index AS place
        FROM duckdb_columns() WHERE ${own})
      GROUP BY schema, name)
    LEFT JOIN (${enforcedKeys(database)}) USING (schema, name)`;
}

/** The primary keys that DuckDB holds, each as the one `Key` of its table. */
function enforcedKeys(database: string): string {
  const columns = `list_transform(constraint_column_names, lambda column_name: ${decodeNameSql('column_name')})`;
  return `SELECT ${decodeNameSql('schema_name')} AS schema, ${decodeNameSql('table_name')} AS name,
      CAST(to_json([{'name': NULL, 'type': 'PRIMARY KEY', 'columns': ${columns}, 'to': NULL, 'enforced': true}]) AS VARCHAR) AS keys
    FROM duckdb_constraints() WHERE constraint_type = 'PRIMARY KEY' AND database_name = ${quoteString(database)}`;
}

/** The same of a view that has just been made. */
export async function registerFirstView(
  connection: DuckDBConnection,
  view: ObjectName,
  definition: string,
  declared: Declared,
): Promise<void> {
  const [schema, name, text] = [view.schema, view.name, definition].map(quoteString);
  const made = await connection.runAndReadAll(`SELECT ${firstVersion(schema!, name!, text!)}`);
  const version = String(made.getColumns()[0]![0]);
  await insert(connection, view, { definition, declared, before: null, version });
}

function firstVersion(schema: string, name: string, says: string): string {
  return `'first ' || ${schema} || '.' || ${name} || ' ' || sha256(${says})`;
}

/** What was there, or what it is a copy of. */
interface Remembered {
  readonly columns: readonly RememberedColumn[];
  readonly comment: string | null;
  readonly keys: readonly Key[];
}

async function insert(
  connection: DuckDBConnection,
  object: ObjectName,
  entry: {
    readonly definition: string | null;
    readonly declared: Declared;
    readonly before: Remembered | null;
    readonly version: string;
  },
): Promise<void> {
  const { definition, declared, before, version } = entry;
  const [described = []] = await describeColumns(connection, [renderObjectName(object, new Set())]);
  const columns = withDeclared(described, before?.columns ?? [], declared);
  const keys = [...(before?.keys ?? []), ...declared.keys];
  const comment = commentNow(before, declared);
  const row = rowOf(object, version, columns, definition, keys, comment);
  await insertRow(connection, registryOf(object.database), row);
}

function commentNow(before: Remembered | null, { comment }: Declared): string | null {
  return comment ?? before?.comment ?? null;
}

function rowOf(
  { schema, name }: ObjectName,
  version: string,
  columns: readonly RememberedColumn[],
  definition: string | null,
  keys: readonly Key[],
  comment: string | null,
): readonly string[] {
  const texts = [schema, name, version, JSON.stringify(columns), definition, JSON.stringify(keys)];
  return [...texts.map(orNull), 'now()', orNull(comment)];
}

function orNull(text: string | null): string {
  return text === null ? 'NULL' : quoteString(text);
}

async function insertRow(
  connection: DuckDBConnection,
  table: string,
  values: readonly string[],
): Promise<void> {
  await connection.run(`INSERT INTO ${table} VALUES (${values.join(', ')})`);
}

/** Whether it is there for everybody. */
export async function isRegistered(connection: DuckDBConnection, object: ObjectName): Promise<boolean> {
  return (await remembered(connection, registryOf(object.database), object)) !== null;
}

async function remembered(
  connection: DuckDBConnection,
  table: string,
  object: ObjectName,
): Promise<Remembered | null> {
  const found = await connection.runAndReadAll(
    `SELECT columns, keys, comment FROM ${table} WHERE ${isObject(object)}`,
  );
  const [row] = found.getRowObjectsJS() as unknown as readonly Registered[];
  if (row === undefined) return null;
  const { columns, keys, comment } = row;
  return { columns: readRemembered(columns), keys: JSON.parse(keys) as readonly Key[], comment };
}

interface Registered {
  readonly columns: string;
  readonly keys: string;
  readonly comment: string | null;
}

/** What is said of an object makes no other of it. Errors: `object_unknown`, `column_unknown`. */
async function writeComments(
  connection: DuckDBConnection,
  { object, comments, own, ifThere }: Extract<RegistryChange, { change: 'commented' }>,
): Promise<void> {
  const table = own ? OWN_REGISTRY : registryOf(object.database);
  const before = await remembered(connection, table, object);
  if (before === null && ifThere) return;
  if (before === null) throw objectNotThere(object);
  let { columns, comment } = before;
  for (const { column, text } of comments) {
    if (column === null) comment = text;
    else if (!columns.some(({ name }) => name === column)) throw columnNotThere(column);
    else columns = columns.map((one) => (one.name === column ? { ...one, comment: text } : one));
  }
  await connection.run(
    `UPDATE ${table} SET columns = ${quoteString(JSON.stringify(columns))}, comment = ${orNull(comment)} WHERE ${isObject(object)}`,
  );
}

/** A session's own table hides another of its name. */
async function copyOf(connection: DuckDBConnection, object: ObjectName): Promise<Remembered | null> {
  const own = await connection.runAndReadAll(
    `SELECT 1 FROM duckdb_tables() WHERE database_name = 'temp' AND table_name = '~OBJECT'`,
  );
  const found = own.currentRowCount === 0 ? null : await remembered(connection, OWN_REGISTRY, object);
  return found ?? (await remembered(connection, registryOf(object.database), object));
}

/** Nothing holds a key in a copy. */
function asCopied(before: Remembered | null): Remembered | null {
  return (
    before && {
      ...before,
      keys: before.keys.map(({ name, type, columns, to }) => ({ name, type, columns, to })),
    }
  );
}

function isObject({ schema, name }: ObjectName): string {
  return `schema = ${quoteString(schema)} AND name = ${quoteString(name)}`;
}

/** The columns of the primary key, if DuckDB holds one. */
export function readEnforcedKey(text: string): readonly string[] | null {
  const keys = JSON.parse(text) as readonly Key[];
  return keys.find(({ type, enforced }) => type === 'PRIMARY KEY' && enforced === true)?.columns ?? null;
}

export function readColumns(text: string): readonly CatalogColumn[] {
  return readRemembered(text).map(({ name, type, nullable }) => ({ name, type, nullable }));
}

function readRemembered(text: string): readonly RememberedColumn[] {
  return JSON.parse(text) as readonly RememberedColumn[];
}
