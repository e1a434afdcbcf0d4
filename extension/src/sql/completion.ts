import { formatIdentifier, tokenize } from '@sluice/snowflake-sql';
import { isReserved, knownFunctions } from '@sluice/snowflake-sql/editor';
import type { CatalogMemory } from './catalog.ts';
import { acceptorOf, keywordsAt } from './keywords-at.ts';
import { isColumnList, isFromList, isInside, OBJECT_WORDS } from './place-in-statement.ts';
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
  const keywords = keywordsAt(accepts).map((label) => keyword(ask, label));
  if (OBJECT_WORDS.has(last) || (tokens.kinds[before - 1] === ',' && isFromList(tokens, before)))
    return [...(await objectsFor(ask, last)), ...keywords];
  if (last === 'AS') return keywords;
  const scope = scopeAt(tokens, before);
  const isExpression = accepts('1');
  const columns = isExpression || isColumnList(tokens, before) ? await scopedColumns(ask, scope) : [];
  return [...columns, ...(isExpression ? functionsFor(ask) : []), ...keywords];
}

const LONGEST = 20_000;

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

function keyword({ style }: Asked, label: string): Completion {
  return { label: style(label), insert: style(label), kind: 'keyword', detail: '', rank: 4 };
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
