import { createHash } from 'node:crypto';
import {
  type CatalogColumn,
  type CatalogObject,
  keyOfObject,
  type LoadedObject,
  type ObjectName,
  parse,
  quotedIdentifier,
  stringLiteral,
} from '@sluice/snowflake-sql';
import type { Ask, Row } from '../ask.ts';
import { rowsAbout } from './information-schema.ts';

/** Objects by their version: what bears one never changes. */
export interface KnownObjects {
  has(version: string): boolean;
  get(version: string): CatalogObject | undefined;
  set(version: string, object: CatalogObject): unknown;
}

/**
 * The tables and views under some names, as the session's role sees them now. Two steps: which there are and in which
 * version; then columns and texts of those whose version nobody knows yet.
 */
export async function readObjects(
  ask: Ask,
  names: readonly ObjectName[],
  known: KnownObjects,
): Promise<readonly LoadedObject[]> {
  if (names.length === 0) return [];
  const rows = await rowsAbout(ask, names, { view: 'TABLES', columns: LISTED });
  const byName = Map.groupBy(
    rows.map(listedOf).filter((found) => found !== null),
    ({ name }) => keyOfObject(name),
  );
  const listed = new Map<string, Listed>();
  for (const [key, found] of byName) {
    const meant = oneMeant(found);
    if (meant !== null) listed.set(key, meant);
  }
  const fresh = [...listed.values()].filter(({ version }) => version === null || !known.has(version));
  const read = await readContents(ask, fresh);
  return names.map((name) => {
    const found = listed.get(keyOfObject(name));
    if (found === undefined) return { name, object: null };
    const made = read.get(keyOfObject(name));
    if (made !== undefined) {
      if (found.version !== null) known.set(found.version, made);
      return { name, object: made };
    }
    return { name, object: (found.version === null ? undefined : known.get(found.version)) ?? null };
  });
}

const LISTED = ['TABLE_SCHEMA', 'TABLE_NAME', 'TABLE_TYPE', 'CREATED', 'LAST_DDL'];

interface Listed {
  readonly name: ObjectName;
  readonly isView: boolean;
  readonly isTemporary: boolean;
  /** Whether it hides another of its name: COLUMNS then tells of both, and not which are whose. */
  readonly hides: boolean;
  /** Null where Snowflake does not say when it was changed: then its contents are looked at each time. */
  readonly version: string | null;
}

/** A temporary table of the session is what its name means in it, whatever else has the name. */
function oneMeant(found: readonly Listed[]): Listed | null {
  const [only, ...others] = found;
  if (only === undefined || others.length === 0) return only ?? null;
  const [temporary, ...more] = found.filter(({ isTemporary, isView }) => isTemporary && !isView);
  // Which of them a statement would read, nobody tells: it is taken for none.
  if (temporary === undefined || more.length > 0) return null;
  const { version } = temporary;
  return { ...temporary, hides: true, version: version === null ? null : `${version} over another` };
}

function listedOf(row: Row & { readonly DATABASE: string }): Listed | null {
  const { DATABASE: database, TABLE_SCHEMA: schema, TABLE_NAME: name, TABLE_TYPE: type } = row;
  if (schema == null || name == null) return null;
  const { CREATED: created, LAST_DDL: lastDdl } = row;
  const object = { database, schema, name };
  // What is told of the database itself has no text that anybody could read, and hides nothing.
  const isView = /VIEW/.test(type ?? '') && schema !== 'INFORMATION_SCHEMA';
  const isDated = created != null && lastDdl != null;
  return {
    name: object,
    isView,
    isTemporary: /TEMPORARY/.test(type ?? ''),
    hides: false,
    version: isDated ? JSON.stringify([database, schema, name, type, created, lastDdl]) : null,
  };
}

async function readContents(
  ask: Ask,
  listed: readonly Listed[],
): Promise<ReadonlyMap<string, CatalogObject>> {
  if (listed.length === 0) return new Map();
  const names = listed.map(({ name }) => name);
  const views = listed.filter(({ isView }) => isView).map(({ name }) => name);
  const columns = Map.groupBy(await rowsAbout(ask, names, { view: 'COLUMNS', columns: COLUMNS }), keyOfRow);
  const described = new Map<string, readonly CatalogColumn[]>();
  for (const { name, hides } of listed)
    if (hides) described.set(keyOfObject(name), await describe(ask, name));
  const texts = new Map(
    views.length === 0
      ? []
      : (await rowsAbout(ask, views, { view: 'VIEWS', columns: TEXTS })).map(
          (row) => [keyOfRow(row), row['VIEW_DEFINITION'] ?? null] as const,
        ),
  );
  const made = new Map<string, CatalogObject>();
  for (const { name, isView, version } of listed) {
    const key = keyOfObject(name);
    const own =
      described.get(key) ??
      (columns.get(key) ?? [])
        .toSorted((one, other) => Number(one['ORDINAL_POSITION']) - Number(other['ORDINAL_POSITION']))
        .map(columnOf);
    const text = texts.get(key) ?? null;
    const base = { name, columns: own, version: version ?? versionOfContents(own, text) };
    const definition = text === null ? null : queryOf(text);
    made.set(
      key,
      !isView
        ? { type: 'table', ...base }
        : // What cannot be read, as of a secure view, is not understood: its columns are of unknown origin.
          { type: 'view', ...base, ...(definition === null ? {} : { definition }) },
    );
  }
  return made;
}

/** What the name means in the session, column by column: a temporary table before all others. */
async function describe(ask: Ask, { database, schema, name }: ObjectName): Promise<readonly CatalogColumn[]> {
  const object = [database, schema, name].map(quotedIdentifier).join('.');
  const rows = await ask(`DESCRIBE TABLE ${object}`);
  return rows
    .filter((row) => (row['KIND'] ?? 'COLUMN') === 'COLUMN')
    .map((row) => ({ name: row['NAME'] ?? '', type: row['TYPE'] ?? '', nullable: row['NULL?'] !== 'N' }));
}

const COLUMNS = [
  'TABLE_SCHEMA',
  'TABLE_NAME',
  'COLUMN_NAME',
  'ORDINAL_POSITION',
  'IS_NULLABLE',
  'DATA_TYPE',
  'CHARACTER_MAXIMUM_LENGTH',
  'NUMERIC_PRECISION',
  'NUMERIC_SCALE',
  'DATETIME_PRECISION',
  'COLLATION_NAME',
];
const TEXTS = ['TABLE_SCHEMA', 'TABLE_NAME', 'VIEW_DEFINITION'];

function keyOfRow({ DATABASE, TABLE_SCHEMA, TABLE_NAME }: Row): string {
  return keyOfObject({ database: DATABASE ?? '', schema: TABLE_SCHEMA ?? '', name: TABLE_NAME ?? '' });
}

function versionOfContents(columns: readonly CatalogColumn[], text: string | null): string {
  return createHash('sha256')
    .update(JSON.stringify([columns, text]))
    .digest('hex');
}

function columnOf(row: Row): CatalogColumn {
  const nullable = row['IS_NULLABLE'];
  return {
    name: row['COLUMN_NAME'] ?? '',
    type: typeOf(row),
    ...(nullable == null ? {} : { nullable: nullable === 'YES' }),
  };
}

/** As it would be written in DDL: blanks are made in it. */
function typeOf(row: Row): string {
  const type = row['DATA_TYPE'] ?? '';
  const {
    CHARACTER_MAXIMUM_LENGTH: length,
    NUMERIC_PRECISION: precision,
    NUMERIC_SCALE: scale,
    DATETIME_PRECISION: digits,
    COLLATION_NAME: collation,
  } = row;
  if (type === 'TEXT') {
    const text = length == null ? 'VARCHAR' : `VARCHAR(${length})`;
    // Texts that are not the same are equal by it: they have no tokens.
    return collation == null || collation === '' ? text : `${text} COLLATE ${stringLiteral(collation)}`;
  }
  if (type === 'NUMBER') return `NUMBER(${precision ?? '38'},${scale ?? '0'})`;
  if (type === 'BINARY') return length == null ? 'BINARY' : `BINARY(${length})`;
  if (type.startsWith('TIME') && digits != null) return `${type}(${digits})`;
  return type;
}

/** Of a view's text, which Snowflake keeps with its CREATE VIEW: the query; null where that cannot be told. */
function queryOf(text: string): string | null {
  const parsed = parse(text);
  if (parsed.outcome !== 'parsed') return null;
  const { statement, source } = parsed;
  if (statement.kind === 'create') {
    const { query } = statement;
    return query === null ? null : source.slice(query.start, query.end);
  }
  return parsed.kind.family === 'query' ? source : null;
}
