import type {
  BoundColumn,
  BoundCte,
  BoundExpression,
  BoundOutput,
  BoundRelation,
  LambdaId,
  RelationId,
} from '../bound/index.ts';
import type { SourceRange } from '../source-range.ts';
import { type Binder, nextReference, placeOf } from './binder.ts';
import { formatIdentifier } from '../object-name.ts';
import { ambiguousColumn, Unresolvable } from '../problem.ts';
import { columnOfFile, metadataOfFile } from './stages.ts';

/** The meaning of names at one place in a query. */
export interface Scope {
  readonly relations: ScopedRelation[];
  /** Relations by the last part of their qualifier. */
  readonly byQualifier: Map<string, ScopedRelation[]>;
  /** Relations by column name. */
  readonly byColumn: Map<string, ScopedRelation[]>;
  /** Columns that USING or NATURAL merged. */
  readonly merged: Map<string, BoundExpression>;
  /** The joins that did, inner ones first. */
  readonly merges: Merge[];
  /** Items of the select list by alias, which later items and clauses may use. */
  readonly aliases: Map<string, BoundOutput>;
  /** In ORDER BY: columns of the result by name. */
  results: ReadonlyMap<string, readonly number[]> | null;
  /** Whether LEVEL has a meaning: under CONNECT BY. */
  readonly hierarchical: boolean;
  /** The parameters of a lambda, in its own scope. */
  readonly lambdas: ReadonlyMap<string, LambdaId>;
  readonly ctes: Ctes;
  /** The enclosing query, whose columns a correlated or lateral query may refer to. */
  readonly parent: Scope | null;
}

/** A join by USING or NATURAL. */
export interface Merge {
  readonly names: readonly string[];
  /** What is on its left. */
  readonly left: readonly ScopedRelation[];
}

/** Common table expressions, innermost first. */
export interface Ctes {
  readonly known: Map<string, BoundCte>;
  readonly outer: Ctes | null;
}

export const NO_CTES: Ctes = { known: new Map(), outer: null };

export function findCte(ctes: Ctes, name: string): BoundCte | undefined {
  for (let at: Ctes | null = ctes; at !== null; at = at.outer) {
    const found = at.known.get(name);
    if (found !== undefined) return found;
  }
  return undefined;
}

export interface ScopedRelation {
  readonly relation: BoundRelation;
  /** The names of the columns in this scope, which may come from an alias. */
  readonly names: readonly string[];
  readonly places: ReadonlyMap<string, readonly number[]>;
  /** The alias, or the parts of the table's full name, outermost first; empty if it cannot be referred to. */
  readonly qualifier: readonly string[];
  /** Columns that a join has merged into those of another relation, and that `*` therefore omits here. */
  readonly hidden: Set<string>;
}

export function newScope(parent: Scope | null, ctes: Ctes, hierarchical = false): Scope {
  return {
    relations: [],
    byQualifier: new Map(),
    byColumn: new Map(),
    merged: new Map(),
    merges: [],
    aliases: new Map(),
    results: null,
    hierarchical,
    lambdas: new Map(),
    ctes,
    parent,
  };
}

/** More would make every clause slow, and nobody writes that many. */
const MOST_RELATIONS = 1_000;

export function addRelation(
  scope: Scope,
  relation: BoundRelation,
  qualifier: readonly string[],
  names: readonly string[] = relation.columns.map(({ name }) => name),
): ScopedRelation {
  if (scope.relations.length >= MOST_RELATIONS)
    throw new Unresolvable('too_complex', `more than ${MOST_RELATIONS} relations in one FROM`, relation.at);
  const places = new Map<string, number[]>();
  names.forEach((name, index) => {
    const known = places.get(name);
    if (known === undefined) places.set(name, [index]);
    else known.push(index);
  });
  const scoped = { relation, names, places, qualifier, hidden: new Set<string>() };
  scope.relations.push(scoped);
  const last = qualifier.at(-1);
  if (last !== undefined) push(scope.byQualifier, last, scoped);
  for (const name of places.keys()) push(scope.byColumn, name, scoped);
  return scoped;
}

function push<Value>(map: Map<string, Value[]>, key: string, value: Value): void {
  const known = map.get(key);
  if (known === undefined) map.set(key, [value]);
  else known.push(value);
}

/** Resolves `name` or `qualifier.name` here; null if there is no such column. Throws `ambiguous`. */
export function lookUp(
  binder: Binder,
  scope: Scope,
  names: readonly string[],
  at: SourceRange,
): BoundExpression | null {
  const column = names.at(-1)!;
  const qualifier = names.slice(0, -1);
  for (let here: Scope | null = scope; here !== null; here = here.parent) {
    const found =
      qualifier.length === 0
        ? bareName(binder, here, column, at)
        : columnAmong(binder, relationsNamed(here, qualifier), column, at);
    if (found !== null) return found;
  }
  return null;
}

/**
 * Resolves a bare name: a lambda's parameter, or else a column. If an alias has the same name, Snowflake's documentation
 * does not always say which one is meant: then both readings are kept. In ORDER BY, columns of the result count as well.
 */
function bareName(binder: Binder, scope: Scope, name: string, at: SourceRange): BoundExpression | null {
  const place = placeOf(binder, at);
  const lambda = scope.lambdas.get(name);
  if (lambda !== undefined) return { kind: 'local', lambda, name, at: place };
  const own = scope.merged.get(name) ?? columnAmong(binder, withFiles(scope, name), name, at);
  const alias = scope.aliases.get(name);
  const outputs: BoundExpression[] = [
    ...(scope.results?.get(name) ?? []).map((index) => ({ kind: 'result', index, at: place }) as const),
    ...(alias === undefined || scope.results !== null
      ? []
      : [{ kind: 'output', output: alias, at: place } as const]),
  ];
  const column = own ?? (outputs.length === 0 ? openColumn(binder, scope.relations, name, at) : null);
  const readings = column === null ? outputs : [column, ...outputs];
  const [only] = readings;
  if (only === undefined) return null;
  return readings.length === 1 ? only : { kind: 'either', readings, at: place };
}

/** Those that have a column of this name: columns of files are not known before they are referred to. */
function withFiles({ byColumn, relations }: Scope, name: string): readonly ScopedRelation[] {
  const known = byColumn.get(name) ?? [];
  if (!name.startsWith('METADATA$')) return known;
  return [...known, ...relations.filter(({ relation }) => relation.kind === 'staged')];
}

function columnAmong(
  binder: Binder,
  candidates: readonly ScopedRelation[],
  column: string,
  at: SourceRange,
): BoundExpression | null {
  const matches = candidates.flatMap(({ relation, places }) => {
    const metadata = metadataOfFile(binder, relation, column);
    const indexes = metadata === null ? (places.get(column) ?? []) : [metadata];
    return indexes.map((index) => ({ relation: relation.id, index }));
  });
  if (matches.length > 1) throw ambiguousColumn(formatIdentifier(column), at);
  const [match] = matches;
  if (match !== undefined) return columnAt(binder, match.relation, match.index, column, at);
  return openColumn(binder, candidates, column, at);
}

/** It can only be one of the columns that are not known. */
function openColumn(
  binder: Binder,
  candidates: readonly ScopedRelation[],
  name: string,
  at: SourceRange,
): BoundExpression | null {
  const open = candidates.find(({ relation }) => relation.open !== null);
  if (open === undefined) return null;
  const reference = nextReference(binder);
  return { kind: 'open_column', relation: open.relation.id, name, reference, at: placeOf(binder, at) };
}

/** A reference to the column at an index of a relation. */
export function columnAt(
  binder: Binder,
  relation: RelationId,
  index: number,
  name: string,
  at: SourceRange,
): BoundExpression {
  return {
    kind: 'column',
    relation,
    index,
    name,
    reference: nextReference(binder),
    at: placeOf(binder, at),
  };
}

/** `t` names an alias or a table's last part; `s.t` and `d.s.t` more of its full name. */
export function relationsNamed(scope: Scope, qualifier: readonly string[]): readonly ScopedRelation[] {
  const candidates = scope.byQualifier.get(qualifier.at(-1)!) ?? [];
  return qualifier.length === 1 ? candidates : candidates.filter((scoped) => qualifies(qualifier, scoped));
}

function qualifies(qualifier: readonly string[], scoped: ScopedRelation): boolean {
  const own = scoped.qualifier.slice(-qualifier.length);
  return own.length === qualifier.length && own.every((part, index) => part === qualifier[index]);
}

/** The column at a position (from 1) of the only relation. */
export function lookUpPosition(
  binder: Binder,
  scope: Scope,
  qualifier: readonly string[],
  index: number,
  at: SourceRange,
): BoundExpression {
  for (let here: Scope | null = scope; here !== null; here = here.parent) {
    const candidates = qualifier.length === 0 ? here.relations : relationsNamed(here, qualifier);
    const [only] = candidates;
    if (only === undefined) continue;
    if (candidates.length > 1)
      throw new Unresolvable('ambiguous', `ambiguous column position \`$${index}\``, at);
    const { relation } = only;
    if (relation.kind === 'staged' && relation.what === 'rows') {
      const field = columnOfFile(binder, relation, index, at);
      return columnAt(binder, relation.id, field.index, field.name, at);
    }
    const name = only.names[index - 1];
    if (name !== undefined) return columnAt(binder, only.relation.id, index - 1, name, at);
    const open = openColumn(binder, [only], `$${index}`, at);
    if (open !== null) return open;
    break;
  }
  throw new Unresolvable('column_unknown', `there is no column \`$${index}\``, at);
}

/** The scope inside a lambda: its parameters, then everything visible around it. */
export function withLambda(scope: Scope, parameters: readonly string[], lambda: LambdaId): Scope {
  const lambdas = new Map(parameters.map((name) => [name, lambda]));
  return { ...newScope(scope, scope.ctes), lambdas };
}

/** All visible relations: what an unknown value may be computed from. */
export function inSight(scope: Scope): readonly RelationId[] {
  const here = scope.relations.map(({ relation }) => relation.id);
  return scope.parent === null ? here : [...here, ...inSight(scope.parent)];
}

export function boundColumns(names: readonly string[]): readonly BoundColumn[] {
  return names.map((name) => ({ name, named: true }));
}
