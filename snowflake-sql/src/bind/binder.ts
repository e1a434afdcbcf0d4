import type { LambdaId, RelationId, CteId, BoundView } from '../bound/index.ts';
import type { Catalog, CatalogObject, ResolutionContext } from '../catalog.ts';
import { keyOfObject, type ObjectName } from '../object-name.ts';
import type { ParsedStatement } from '../parse.ts';
import type { ParseFailure } from '../failure.ts';
import type { SourceRange } from '../source-range.ts';
import type { Bind, Name } from '../tree/names.ts';
import type { Option } from '../tree/options.ts';
import type { Statement } from '../tree/statements.ts';
import type {
  FunctionUse,
  ObjectAccess,
  ObjectType,
  ObjectUse,
  OpaquePart,
  SessionEffect,
} from '../understanding.ts';
import type { BoundColumn } from '../bound/index.ts';
import { type Budget, spend as spendOf } from '../budget.ts';

/** The input of binding one statement, and what is collected on the way. */
export interface Binder {
  readonly catalog: Catalog;
  readonly context: ResolutionContext;
  /** The text that the tree's offsets refer to. */
  readonly source: string;
  readonly budget: Budget;
  readonly noted: Noted;
  /** Parsed definitions of views, shared within a request. */
  readonly parsedViews: Map<string, ParsedStatement | ParseFailure>;
  /** Set while a view's definition is bound: the place in the text where the view is named. */
  readonly through: { readonly view: ObjectName; readonly range: SourceRange } | null;
  /** In a flow (`->>`): the columns of the previous steps; null for one that is not understood. */
  readonly steps: readonly (readonly BoundColumn[] | null)[];
  /** Of the COPY around a query, which say how the files that it reads are to be read. */
  readonly copying: readonly Option[];
  /** Inside a block, names after a colon are its variables. */
  readonly inBlock: boolean;
}

/** What is collected while binding one statement. */
export interface Noted {
  readonly objects: Map<string, ObjectUse>;
  readonly functions: FunctionUse[];
  readonly opaque: Map<string, OpaquePart>;
  readonly sessionEffects: SessionEffect[];
  readonly names: Map<Name, ObjectName>;
  readonly views: Map<string, BoundView>;
  /** The columns of tables, by name: computed once. */
  readonly columns: Map<CatalogObject, TableColumns>;
  /** Nodes of the tree that have been bound. */
  readonly visited: Set<object>;
  /** Nodes that are bound separately, or recorded as unknown with everything in them. */
  readonly apart: Set<object>;
  /** The columns of files, which are added as they are referred to. */
  readonly staged: Map<RelationId, BoundColumn[]>;
  /** Counters for consecutive ids. */
  relations: number;
  ctes: number;
  lambdas: number;
  references: number;
  /** The statement. */
  root: Statement | null;
  /** Its `?` placeholders, once one is met. */
  places: ReadonlyMap<Bind, number> | null;
  /** Aggregate calls in the query that is being bound. */
  aggregates: number;
}

export interface TableColumns {
  readonly columns: readonly BoundColumn[];
  readonly types: readonly string[];
  readonly required: readonly boolean[];
  readonly key: readonly string[] | null;
}

export function newNoted(): Noted {
  return {
    objects: new Map(),
    functions: [],
    opaque: new Map(),
    sessionEffects: [],
    names: new Map(),
    views: new Map(),
    columns: new Map(),
    visited: new Set(),
    apart: new Set(),
    staged: new Map(),
    relations: 0,
    ctes: 0,
    lambdas: 0,
    references: 0,
    root: null,
    places: null,
    aggregates: 0,
  };
}

/** Counts visited nodes and created columns. Throws `TooComplex`. */
export function spend({ budget }: Binder, steps: number): void {
  spendOf(budget, steps);
}

export function nextRelation({ noted }: Binder): RelationId {
  return noted.relations++ as RelationId;
}

export function nextCte({ noted }: Binder): CteId {
  return noted.ctes++ as CteId;
}

export function nextLambda({ noted }: Binder): LambdaId {
  return noted.lambdas++ as LambdaId;
}

export function nextReference({ noted }: Binder): number {
  return noted.references++;
}

/** Inside a view's definition, offsets do not refer to the statement's text. */
export function placeOf({ through }: Binder, { start, end }: SourceRange): SourceRange {
  return through ? through.range : { start, end };
}

export function visit({ noted }: Binder, node: object): void {
  noted.visited.add(node);
}

/** Nothing inside the node has to be bound here: it is bound separately, or recorded as unknown. */
export function leave({ noted }: Binder, node: object): void {
  noted.apart.add(node);
}

export function opaque(reason: string, { start, end }: SourceRange): OpaquePart {
  return { opaque: true, reason, range: { start, end } };
}

export function noteOpaque(binder: Binder, part: OpaquePart): void {
  const range = placeOf(binder, part.range);
  const key = `${range.start} ${part.reason}`;
  if (!binder.noted.opaque.has(key)) binder.noted.opaque.set(key, { ...part, range });
}

export function noteFunction(binder: Binder, name: ObjectName, builtIn: boolean, at: SourceRange): void {
  binder.noted.functions.push({ name, builtIn, range: placeOf(binder, at) });
}

export function noteObject(
  binder: Binder,
  type: ObjectType,
  name: ObjectName,
  access: ObjectAccess,
  at: SourceRange,
): void {
  const key = `${access} ${type} ${keyOfObject(name)}`;
  if (binder.noted.objects.has(key)) return;
  const { through } = binder;
  const use = { type, name, access, range: placeOf(binder, at) };
  binder.noted.objects.set(key, through === null ? use : { ...use, through: through.view });
}
