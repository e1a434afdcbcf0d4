import { formatIdentifier, tokenize } from '@sluice/snowflake-sql';
import { isReserved, knownFunctions, parseDraft } from '@sluice/snowflake-sql/editor';
import type { CatalogMemory } from './catalog.ts';
import { type KnownColumn, outputsOf, type Place } from './references.ts';
import { scopeAt, type Scope, type ScopedRelation } from './scope.ts';
import type { Span } from './script.ts';
import { isName, storedName, type Tokens } from './words-at.ts';
import { SQL_WORDS } from './words.ts';

export interface Completion {
  readonly label: string;
  /** What replaces `Completions.replace`. */
  readonly insert: string;
  readonly kind: 'column' | 'table' | 'view' | 'schema' | 'database' | 'alias' | 'function' | 'keyword';
  readonly detail: string;
  /** Less comes first. */
  readonly rank: number;
}

export interface Completions {
  readonly items: readonly Completion[];
  /** What of the text each of them is put in place of. */
  readonly replace: Span;
}

/**
 * What may be written at a place of one statement. What is possible there, the parser says; what there is, the catalog as the
 * person may know it. Without a catalog, words and functions alone.
 */
export async function completionsAt(
  sql: string,
  offset: number,
  place: Place,
  catalog: CatalogMemory | null,
): Promise<Completions> {
  const { tokens } = tokenize(sql);
  const at = tokens.starts.findIndex(
    (start, token) => tokens.ends[token]! >= offset && start < offset && isName(tokens, token),
  );
  const typed = at >= 0;
  const before = typed
    ? at
    : tokens.starts.filter((start, token) => start < offset && tokens.kinds[token] !== 'end').length;
  const replace = { start: typed ? tokens.starts[at]! : offset, end: offset };
  if (isInside(tokens, before, offset)) return { items: [], replace };
  const style = styleOf(tokens, sql);
  const ask: Asked = { sql, tokens, before, place, catalog, style };
  const items = tokens.kinds[before - 1] === '.' ? await behindDot(ask) : await anywhere(ask);
  return { items: unique(items), replace };
}

interface Asked {
  readonly sql: string;
  readonly tokens: Tokens;
  /** Tokens before the place; what is being typed is not one of them. */
  readonly before: number;
  readonly place: Place;
  readonly catalog: CatalogMemory | null;
  readonly style: (name: string) => string;
}

/** Inside a literal, a comment or a number: nothing is proposed there. */
function isInside({ text, kinds, starts, ends }: Tokens, before: number, offset: number): boolean {
  const last = before - 1;
  if (
    last >= 0 &&
    ends[last]! >= offset &&
    starts[last]! < offset &&
    /^(string|dollars|number|stage|url|variable)$/.test(kinds[last]!)
  )
    return true;
  const gap = text.slice(last < 0 ? 0 : ends[last], offset);
  return /--[^\n]*$|\/\/[^\n]*$|\/\*(?:(?!\*\/)[\s\S])*$/.test(gap);
}

/** People who write in small letters are helped in small letters. */
function styleOf({ kinds, keywords, starts, ends }: Tokens, sql: string): (name: string) => string {
  const words = kinds.flatMap((kind, at) =>
    kind === 'word' && keywords[at] !== '' ? [sql.slice(starts[at], ends[at])] : [],
  );
  const small = words.filter((word) => word === word.toLowerCase()).length;
  return small * 2 >= words.length ? (name) => name.toLowerCase() : (name) => name;
}

async function behindDot(ask: Asked): Promise<readonly Completion[]> {
  const { tokens, before, place, catalog } = ask;
  const parts: string[] = [];
  let at = before - 2;
  for (; at >= 0 && isName(tokens, at); at -= 2) {
    parts.unshift(storedName(tokens, at));
    if (tokens.kinds[at - 1] !== '.') break;
  }
  const scope = scopeAt(tokens, before);
  const [only, second, third] = parts;
  if (only === undefined) return [];
  if (second === undefined) {
    const relation = scope.relations.find(({ name }) => name === only);
    const columns = relation === undefined ? [] : await columnsOf(ask, scope, relation);
    // What is being written is among the relations itself: `FROM shop.`.
    if (columns.length > 0) return columns;
  }
  if (catalog === null) return [];
  if (third !== undefined) return await columnsOf(ask, scope, { name: third, of: { parts } });
  const { database } = place;
  if (second !== undefined) {
    const objects = await objectsIn(ask, only, second, 1);
    return objects.length > 0 ? objects : await columnsOf(ask, scope, { name: second, of: { parts } });
  }
  const schemas = await catalog.schemas(only);
  if (schemas.length > 0) return schemas.map((name) => entry(ask, name, 'schema', only, 1));
  return database === null ? [] : await objectsIn(ask, database, only, 1);
}

async function anywhere(ask: Asked): Promise<readonly Completion[]> {
  const { tokens, before } = ask;
  const last = tokens.keywords[before - 1] ?? '';
  const prefix = ask.sql.slice(0, before === 0 ? 0 : tokens.ends[before - 1]);
  // The parser reads what is before once for each word that it is asked about.
  const accepts = prefix.length > LONGEST ? () => true : acceptorOf(prefix);
  const keywords = keywordsAt(accepts, ask.style);
  if (OBJECT_WORDS.has(last) || (tokens.kinds[before - 1] === ',' && isFromList(tokens, before)))
    return [...(await objectsFor(ask, last)), ...keywords];
  if (last === 'AS') return keywords;
  const scope = scopeAt(tokens, before);
  const isExpression = accepts('1');
  const columns = isExpression || isColumnList(tokens, before) ? await scopedColumns(ask, scope) : [];
  return [...columns, ...(isExpression ? functionsFor(ask) : []), ...keywords];
}

const LONGEST = 20_000;

/** Words that the name of an object stands behind. */
const OBJECT_WORDS: ReadonlySet<string> = new Set([
  'FROM',
  'JOIN',
  'INTO',
  'UPDATE',
  'TABLE',
  'VIEW',
  'DESCRIBE',
  'DESC',
  'DATABASE',
  'SCHEMA',
  'USING',
  'TRUNCATE',
  'USE',
]);

function isFromList({ kinds, keywords }: Tokens, before: number): boolean {
  let depth = 0;
  for (let at = before - 1; at >= 0; at -= 1) {
    if (kinds[at] === ')') depth += 1;
    else if (kinds[at] === '(' && depth > 0) depth -= 1;
    else if (kinds[at] === '(') return false;
    else if (depth === 0 && keywords[at] === 'FROM') return true;
    else if (
      depth === 0 &&
      ['SELECT', 'WHERE', 'BY', 'ON', 'SET', 'HAVING', 'VALUES'].includes(keywords[at]!)
    )
      return false;
  }
  return false;
}

/** `INSERT INTO t (`, `UPDATE t SET`: names of columns, and no expressions. */
function isColumnList({ kinds, keywords }: Tokens, before: number): boolean {
  if (keywords[before - 1] === 'SET') return true;
  const open = kinds.lastIndexOf('(', before - 1);
  return (
    open >= 0 &&
    kinds.indexOf(')', open) === -1 &&
    keywords.slice(0, open).includes('INTO') &&
    !keywords.slice(0, open).includes('SELECT')
  );
}

async function objectsFor(ask: Asked, word: string): Promise<readonly Completion[]> {
  const { catalog, place, tokens, before } = ask;
  const { ctes } = scopeAt(tokens, before);
  const known = ctes.map(({ name }) => entry(ask, name, 'alias', SQL_WORDS.completion.cte, 0));
  if (catalog === null) return known;
  const databases = (await catalog.databases()).map((name) => entry(ask, name, 'database', '', 3));
  if (word === 'DATABASE') return databases;
  const { database, schema } = place;
  const schemas =
    database === null
      ? []
      : (await catalog.schemas(database)).map((name) => entry(ask, name, 'schema', database, 2));
  if (word === 'SCHEMA' || word === 'USE') return [...schemas, ...databases];
  const objects = database === null || schema === null ? [] : await objectsIn(ask, database, schema, 1);
  return [...known, ...objects, ...schemas, ...databases];
}

async function objectsIn(
  ask: Asked,
  database: string,
  schema: string,
  rank: number,
): Promise<readonly Completion[]> {
  const objects = (await ask.catalog?.objects(database, schema)) ?? [];
  return objects.map(({ name, type }) => entry(ask, name, type, `${type} in ${database}.${schema}`, rank));
}

async function scopedColumns(ask: Asked, scope: Scope): Promise<readonly Completion[]> {
  const found: Completion[] = [];
  for (const relation of scope.relations.slice(0, MOST_RELATIONS)) {
    found.push(...(await columnsOf(ask, scope, relation)));
    const of = 'query' in relation.of ? 'a query' : relation.of.parts.join('.');
    found.push(entry(ask, relation.name, 'alias', SQL_WORDS.completion.alias(of), 1));
  }
  return found;
}

const MOST_RELATIONS = 20;

async function columnsOf(ask: Asked, scope: Scope, { of }: ScopedRelation): Promise<readonly Completion[]> {
  const { catalog, place } = ask;
  if (catalog === null) return [];
  const load = catalog.object;
  const cte =
    'parts' in of && of.parts.length === 1 ? scope.ctes.find(({ name }) => name === of.parts[0]) : undefined;
  if (cte !== undefined || 'query' in of) {
    const earlier = scope.ctes.at(-1);
    const sql =
      cte !== undefined
        ? `${cte.until} SELECT * FROM ${formatIdentifier(cte.name)}`
        : `${earlier === undefined ? '' : earlier.until} SELECT * FROM (${'query' in of ? of.query : ''})`;
    const outputs = (await outputsOf(sql, place, load)) ?? [];
    return outputs.map(({ name, from }) => entry(ask, name, 'column', maskOf(from), 0));
  }
  const [name, schema = place.schema, database = place.database] = of.parts.toReversed();
  if (name === undefined || schema === null || database === null) return [];
  const object = await load({ database, schema, name });
  return (object?.columns ?? []).map((column) => {
    const masked = column.mask === null ? '' : ` · ${SQL_WORDS.completion.masked(column.mask.method)}`;
    return entry(ask, column.name, 'column', `${column.type}${masked}`, 0);
  });
}

function maskOf(from: readonly KnownColumn[]): string {
  const mask = from.find(({ column }) => column.mask !== null)?.column.mask ?? null;
  const type = from.length === 1 ? from[0]!.column.type : '';
  return [type, mask === null ? '' : SQL_WORDS.completion.masked(mask.method)]
    .filter((part) => part !== '')
    .join(' · ');
}

function functionsFor({ style }: Asked): readonly Completion[] {
  return knownFunctions()
    .filter(({ kind }) => kind !== 'outside' && kind !== 'table')
    .map(({ name, kind }) => ({
      label: style(name),
      insert: style(name),
      kind: 'function',
      detail: SQL_WORDS.hover.functionKind(kind),
      rank: 5,
    }));
}

/** Whether the parser reads on past a text that is put behind what is there. */
function acceptorOf(prefix: string): (text: string) => boolean {
  const reads = (text: string) => {
    const { problems } = parseDraft(`${prefix} ${text}`);
    return problems.every(({ range }) => range.start >= prefix.length + 1 + text.length);
  };
  return reads;
}

/** What is proposed, and a beginning by which the parser tells it from a name. */
const KEYWORDS: readonly (readonly [label: string, probe: string])[] = [
  ...[
    'SELECT 1',
    'WITH q AS (SELECT 1) SELECT 1',
    'INSERT INTO t VALUES (1)',
    'UPDATE t SET a = 1',
    'DELETE FROM t',
  ].map((probe) => [/^(INSERT INTO|DELETE FROM|\w+)/.exec(probe)![0], probe] as const),
  ['MERGE INTO', 'MERGE INTO t USING u ON 1 = 1 WHEN MATCHED THEN DELETE'],
  ['CREATE TABLE', 'CREATE TABLE t (a INT)'],
  ['CREATE OR REPLACE TABLE', 'CREATE OR REPLACE TABLE t (a INT)'],
  ['CREATE VIEW', 'CREATE VIEW v AS SELECT 1'],
  ['DROP TABLE', 'DROP TABLE t'],
  ['TRUNCATE TABLE', 'TRUNCATE TABLE t'],
  ['USE SCHEMA', 'USE SCHEMA s'],
  ['USE DATABASE', 'USE DATABASE s'],
  ['SHOW TABLES', 'SHOW TABLES'],
  ['DESCRIBE TABLE', 'DESCRIBE TABLE t'],
  ['SET', 'SET a = 1'],
  ['FROM', 'FROM t'],
  ['JOIN', 'JOIN t ON 1 = 1'],
  ['LEFT JOIN', 'LEFT JOIN t ON 1 = 1'],
  ['FULL JOIN', 'FULL JOIN t ON 1 = 1'],
  ['CROSS JOIN', 'CROSS JOIN t'],
  ['ON', 'ON 1 = 1'],
  ['USING', 'USING (a)'],
  ['WHERE', 'WHERE 1 = 1'],
  ['GROUP BY', 'GROUP BY 1'],
  ['GROUP BY ALL', 'GROUP BY ALL'],
  ['HAVING', 'HAVING 1 = 1'],
  ['QUALIFY', 'QUALIFY 1 = 1'],
  ['ORDER BY', 'ORDER BY 1'],
  ['LIMIT', 'LIMIT 1'],
  ['UNION ALL', 'UNION ALL SELECT 1'],
  ['EXCEPT', 'EXCEPT SELECT 1'],
  ['INTERSECT', 'INTERSECT SELECT 1'],
  ['DISTINCT', 'DISTINCT 1'],
  ['AS', 'AS a'],
  ['AND', 'AND 1 = 1'],
  ['OR', 'OR 1 = 1'],
  ['NOT', 'NOT 1 = 1'],
  ['IN', 'IN (1)'],
  ['BETWEEN', 'BETWEEN 1 AND 2'],
  ['LIKE', "LIKE 'a'"],
  ['ILIKE', "ILIKE 'a'"],
  ['IS NULL', 'IS NULL'],
  ['IS NOT NULL', 'IS NOT NULL'],
  ['EXISTS', 'EXISTS (SELECT 1)'],
  ['CASE', 'CASE WHEN 1 = 1 THEN 1 END'],
  ['WHEN', 'WHEN 1 = 1 THEN 1'],
  ['THEN', 'THEN 1'],
  ['ELSE', 'ELSE 1'],
  ['OVER', 'OVER (ORDER BY 1)'],
  ['PARTITION BY', 'PARTITION BY 1'],
  ['VALUES', 'VALUES (1)'],
  ['SET', 'SET a = 1'],
  ['NULL', 'NULL'],
  ['TRUE', 'TRUE'],
  ['FALSE', 'FALSE'],
];

function keywordsAt(
  accepts: (text: string) => boolean,
  style: (name: string) => string,
): readonly Completion[] {
  return KEYWORDS.filter(([, probe]) => accepts(probe)).map(([label]) => ({
    label: style(label),
    insert: style(label),
    kind: 'keyword',
    detail: '',
    rank: 4,
  }));
}

function entry(
  { style }: Asked,
  name: string,
  kind: Completion['kind'],
  detail: string,
  rank: number,
): Completion {
  const written = isReserved(name) ? `"${name}"` : formatIdentifier(name);
  const insert = written.startsWith('"') ? written : style(written);
  return { label: name, insert, kind, detail, rank };
}

function unique(items: readonly Completion[]): readonly Completion[] {
  return [...new Map(items.map((item) => [`${item.kind} ${item.label} ${item.detail}`, item])).values()];
}
