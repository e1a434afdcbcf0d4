import type { CatalogObjectView } from '@sluice/contract';
import {
  type CatalogObject,
  type ColumnRef,
  loadedCatalog,
  type LoadedObject,
  namesIn,
  type ObjectName,
  objectsNamed,
  split,
  tokenize,
} from '@sluice/snowflake-sql';
import { type Analysis, analyzeScript } from '@sluice/snowflake-sql/analysis';
import {
  addBoundChildren,
  type AnyBoundNode,
  type BoundBody,
  type BoundExpression,
  type BoundRelation,
  indexRelations,
  type RelationId,
  walkBound,
} from '@sluice/snowflake-sql/execution';
import type { Span } from './script.ts';
import { nameAt } from './words-at.ts';

/** Where names are looked up. */
export interface Place {
  readonly database: string | null;
  readonly schema: string | null;
}

export type LoadObject = (name: ObjectName) => Promise<CatalogObjectView | null>;

/** A name in a statement, and what it means there. */
export type Reference = Span &
  (
    | { readonly what: 'object'; readonly object: CatalogObjectView }
    /** The columns of tables and views that its value is made of; several where an expression, a join or a CTE is between. */
    | { readonly what: 'column'; readonly name: string; readonly from: readonly KnownColumn[] }
  );

export interface KnownColumn {
  readonly object: CatalogObjectView;
  readonly column: CatalogObjectView['columns'][number];
}

/** A statement that names more is not looked at: each of them is a question to the relay. */
const MOST_OBJECTS = 40;

/**
 * What the names of one statement mean, as the relay's own binder has it. Empty where it is not understood, as while it is
 * being written.
 */
export async function referencesIn(
  sql: string,
  place: Place,
  load: LoadObject,
): Promise<readonly Reference[]> {
  const read = await readStatement(sql, place, load);
  if (read === null || read.analysis.bound === null) return [];
  const { bound } = read.analysis;
  const { tokens } = tokenize(sql);
  const relations = indexRelations(bound.statement);
  const references = new Map<string, Reference>();
  for (const { name, range, through } of bound.objects) {
    const object = through === undefined ? read.find(name) : null;
    if (object !== null)
      references.set(`${range.start} ${range.end}`, { what: 'object', object, ...spanOf(range) });
  }
  for (const node of walkBound(bound.statement, { views: false })) {
    if (node.kind === 'table') {
      // Each time that it is read; what is only named is among the objects.
      const [path, object] = [nameAt(tokens, node.at.start), read.find(node.object)];
      const end = path === null ? undefined : tokens.ends[path.last];
      if (path === null || end === undefined || object === null) continue;
      references.set(`${node.at.start} ${end}`, { what: 'object', object, start: node.at.start, end });
    }
    if (node.kind !== 'column') continue;
    const path = nameAt(tokens, node.at.end);
    // A `*` stands for columns that are not written.
    if (path === null || path.start < node.at.start) continue;
    const from = columnsOf(node, relations).flatMap((ref) => read.column(ref) ?? []);
    const key = `${path.start} ${path.end}`;
    const before = references.get(key);
    const all = before?.what === 'column' ? [...before.from, ...from] : from;
    references.set(key, {
      what: 'column',
      name: node.name,
      from: different(all),
      start: path.start,
      end: path.end,
    });
  }
  return [...references.values()].toSorted((one, other) => one.start - other.start);
}

/** The columns that a query returns, each with what it is made of; null where that is not known. */
export async function outputsOf(
  sql: string,
  place: Place,
  load: LoadObject,
): Promise<readonly { readonly name: string; readonly from: readonly KnownColumn[] }[] | null> {
  const read = await readStatement(sql, place, load);
  if (read === null || !read.analysis.understanding.understood) return null;
  return read.analysis.understanding.outputs.map(({ name, sources }) => ({
    name,
    from: sources.flatMap(({ column }) => read.column(column) ?? []),
  }));
}

interface Read {
  readonly analysis: Analysis;
  find(name: ObjectName): CatalogObjectView | null;
  column(ref: ColumnRef): KnownColumn | null;
}

async function readStatement(
  sql: string,
  { database, schema }: Place,
  load: LoadObject,
): Promise<Read | null> {
  const script = split(sql);
  if (script.failure !== null || script.statements.length !== 1) return null;
  const session = {
    ...(database === null ? {} : { database }),
    ...(schema === null ? {} : { schema }),
    variables: new Map(),
    results: new Map(),
  };
  const named = objectsNamed(namesIn(script), session).filter(
    ({ type }) => type === 'table' || type === 'view',
  );
  if (named.length > MOST_OBJECTS) return null;
  const views = new Map<string, CatalogObjectView>();
  const loaded: LoadedObject[] = [];
  for (const { name } of named) {
    const view = await load(name);
    if (view !== null) views.set(keyOf(name), view);
    loaded.push({ name, object: view === null ? null : objectOf(name, view) });
  }
  const [analysis] = analyzeScript(script, loadedCatalog(loaded), session);
  if (analysis === undefined) return null;
  const find = (name: ObjectName) => views.get(keyOf(name)) ?? null;
  return {
    analysis,
    find,
    column({ object: name, column: wanted }) {
      const object = find(name);
      const column = object?.columns.find((one) => one.name === wanted);
      return object === null || column === undefined ? null : { object, column };
    },
  };
}

/** As the relay shows it: what a view is made of, its columns' own tags and masks say. */
function objectOf(name: ObjectName, { type, columns }: CatalogObjectView): CatalogObject {
  return {
    name,
    type,
    version: '1',
    columns: columns.map(({ name, type, nullable }) => ({ name, type, nullable })),
  };
}

/** The base columns below a reference, through queries of FROM and WITH. */
function columnsOf(
  root: AnyBoundNode,
  relations: ReadonlyMap<RelationId, BoundRelation>,
): readonly ColumnRef[] {
  const found: ColumnRef[] = [];
  const seen = new Set<unknown>();
  const waiting: AnyBoundNode[] = [root];
  for (let node = waiting.pop(); node !== undefined && seen.size < MOST_STEPS; node = waiting.pop()) {
    if (seen.has(node)) continue;
    seen.add(node);
    if (node.kind !== 'column') {
      addBoundChildren(node, waiting);
      continue;
    }
    const relation = relations.get(node.relation);
    if (relation?.kind === 'table') found.push({ object: relation.object, column: node.name });
    else if (relation?.kind === 'cte')
      waiting.push(...expressionsAt(relation.cte.query, node.index).toReversed());
    else if (relation?.kind === 'derived')
      waiting.push(...expressionsAt(relation.query, node.index).toReversed());
  }
  return found;
}

const MOST_STEPS = 2_000;

function expressionsAt(body: BoundBody, index: number): readonly BoundExpression[] {
  switch (body.kind) {
    case 'query':
      return expressionsAt(body.body, index);
    case 'select':
      return [body.outputs[index]?.expression ?? []].flat();
    case 'set_operation':
      return body.operands.flatMap((operand, at) => {
        const place = body.places[index]?.[at] ?? -1;
        return place < 0 ? [] : expressionsAt(operand, place);
      });
    case 'values':
      return [];
    default:
      return body satisfies never;
  }
}

function different(columns: readonly KnownColumn[]): readonly KnownColumn[] {
  return [...new Map(columns.map((one) => [`${keyOf(one.object)} ${one.column.name}`, one])).values()];
}

function spanOf({ start, end }: Span): Span {
  return { start, end };
}

function keyOf({ database, schema, name }: ObjectName): string {
  return JSON.stringify([database, schema, name]);
}
