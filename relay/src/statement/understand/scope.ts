import type { SourceRange } from '../source-range.ts';
import type { Identifier } from '../tree/names.ts';
import { NOTHING, type Origin, union, unresolvedOrigin } from './origin.ts';
import { Unresolvable } from './problem.ts';
import type { Relation } from './relation.ts';

/** What names mean at one place of a query. */
export interface Scope {
  readonly relations: ScopedRelation[];
  /** Columns that USING or NATURAL made one of two. */
  readonly merged: Map<string, Origin>;
  /** Names of select items, which later items and clauses may use when no column has the name. */
  readonly aliases: Map<string, Origin>;
  /** Parameters of lambdas, variables of scripting. */
  readonly locals: ReadonlyMap<string, Origin>;
  readonly ctes: Ctes;
  /** The query around this one, whose columns a correlated or lateral query may name. */
  readonly parent: Scope | null;
}

export type Ctes = ReadonlyMap<string, Relation>;

export interface ScopedRelation {
  readonly relation: Relation;
  /** The alias, or the parts of the table's full name, outermost first; empty when it cannot be named. */
  readonly qualifier: readonly string[];
  /** Columns that a join has merged into another relation's, and that `*` leaves out here. */
  readonly hidden: ReadonlySet<string>;
}

export function newScope(parent: Scope | null, ctes: Ctes): Scope {
  const locals = parent?.locals ?? new Map();
  return { relations: [], merged: new Map(), aliases: new Map(), locals, ctes, parent };
}

/** The origin of `name` or `qualifier.name`. Throws `column_unknown` or `ambiguous`. */
export function lookUp(scope: Scope, parts: readonly Identifier[], range: SourceRange): Origin {
  const names = parts.map(({ name }) => name);
  const column = names.at(-1)!;
  const qualifier = names.slice(0, -1);
  for (let at: Scope | null = scope; at !== null; at = at.parent) {
    const found = find(at, qualifier, column, range);
    if (found !== null) return found;
  }
  throw new Unresolvable('column_unknown', `invalid identifier \`${names.join('.')}\``, range);
}

function find(scope: Scope, qualifier: readonly string[], column: string, range: SourceRange): Origin | null {
  if (qualifier.length === 0) {
    const local = scope.locals.get(column) ?? scope.merged.get(column);
    if (local !== undefined) return local;
  }
  const candidates = scope.relations.filter((scoped) => qualifies(qualifier, scoped));
  const matches = candidates.flatMap(({ relation }) =>
    relation.columns.filter(({ name }) => name === column),
  );
  if (matches.length > 1) throw new Unresolvable('ambiguous', `ambiguous column name \`${column}\``, range);
  const alias = qualifier.length === 0 ? scope.aliases.get(column) : undefined;
  const [match] = matches;
  if (match !== undefined) return match.origin;
  if (alias !== undefined) return alias;
  const open = candidates.find(({ relation }) => relation.open !== null);
  if (open === undefined) return null;
  // It can only be one of the columns that cannot be told.
  return unresolvedOrigin(open.relation.open!.reason, range, [allOf(open.relation)]);
}

/** `t` names an alias or a table's last part; `s.t` and `d.s.t` more of its full name. */
export function qualifies(qualifier: readonly string[], scoped: ScopedRelation): boolean {
  const own = scoped.qualifier.slice(-qualifier.length);
  return (
    qualifier.length === 0 ||
    (own.length === qualifier.length && own.every((part, index) => part === qualifier[index]))
  );
}

/** Everything that may be in a row of it. */
export function allOf(relation: Relation): Origin {
  const all = union(relation.columns.map(({ origin }) => origin));
  return relation.open === null ? all : { ...all, unresolved: relation.open };
}

/** The column at a position, from 1, of the one relation that is meant. */
export function lookUpPosition(
  scope: Scope,
  qualifier: readonly string[],
  index: number,
  range: SourceRange,
): Origin {
  for (let at: Scope | null = scope; at !== null; at = at.parent) {
    const candidates = at.relations.filter((scoped) => qualifies(qualifier, scoped));
    const [only] = candidates;
    if (only === undefined) continue;
    if (candidates.length > 1)
      throw new Unresolvable('ambiguous', `ambiguous column position \`$${index}\``, range);
    const column = only.relation.columns[index - 1];
    if (column !== undefined) return column.origin;
    if (only.relation.open !== null)
      return unresolvedOrigin(only.relation.open.reason, range, [allOf(only.relation)]);
    break;
  }
  throw new Unresolvable('column_unknown', `there is no column \`$${index}\``, range);
}

export function withLocals(scope: Scope, locals: ReadonlyMap<string, Origin>): Scope {
  return { ...scope, locals: new Map([...scope.locals, ...locals]) };
}

export function localNothing(names: readonly string[]): ReadonlyMap<string, Origin> {
  return new Map(names.map((name) => [name, NOTHING]));
}
