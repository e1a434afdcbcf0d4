import type { Cte, Query, QueryBody, SetOperation, Values } from '../tree/query.ts';
import { noteUses, originOf } from './expressions.ts';
import { mentionsTable } from './mentions.ts';
import { opaque, NOTHING, sameOrigin, union } from './origin.ts';
import { Unresolvable } from './problem.ts';
import { relation, type Relation, renamed } from './relation.ts';
import { type Ctes, newScope, type Scope } from './scope.ts';
import { noteOrder, relationOfSelect } from './selects.ts';
import { noteUse, type Walk } from './walk.ts';

/** What a query makes: its columns in order. Its predicates, joins and orders are noted on the way. */
export function relationOfQuery(walk: Walk, parent: Scope | null, ctes: Ctes, query: Query): Relation {
  const known =
    query.with === null ? ctes : withCtes(walk, parent, ctes, query.with.ctes, query.with.recursive);
  const { body, orderBy, limit } = query;
  const { result, scope } = relationOfBody(walk, parent, known, body);
  if (orderBy !== null) noteOrder(walk, scope, result, orderBy);
  noteUses(
    walk,
    scope,
    [limit?.count, limit?.offset].filter((expression) => expression != null),
    'compare',
  );
  return result;
}

interface Body {
  readonly result: Relation;
  /** What ORDER BY may name beside the result's own columns. */
  readonly scope: Scope;
}

function relationOfBody(walk: Walk, parent: Scope | null, ctes: Ctes, body: QueryBody): Body {
  switch (body.kind) {
    case 'select':
      return relationOfSelect(walk, parent, ctes, body);
    case 'values':
      return onlyResult(relationOfValues(walk, newScope(parent, ctes), body), parent, ctes);
    case 'paren_query':
      return onlyResult(relationOfQuery(walk, parent, ctes, body.query), parent, ctes);
    case 'set_operation':
      return onlyResult(relationOfSetOperation(walk, parent, ctes, body), parent, ctes);
    default:
      return body satisfies never;
  }
}

function onlyResult(result: Relation, parent: Scope | null, ctes: Ctes): Body {
  const scope = newScope(parent, ctes);
  scope.relations.push({ relation: result, qualifier: [], hidden: new Set() });
  return { result, scope };
}

function relationOfValues(walk: Walk, scope: Scope, { rows }: Values): Relation {
  const width = Math.max(...rows.map(({ items }) => items.length));
  return relation(
    Array.from({ length: width }, (_, index) => ({
      name: `COLUMN${index + 1}`,
      origin: union(rows.flatMap(({ items }) => (items[index] ? [originOf(walk, scope, items[index])] : []))),
    })),
  );
}

/** Columns meet by their place, or by name. All but UNION ALL compare values: a row more or less is an answer. */
function relationOfSetOperation(
  walk: Walk,
  parent: Scope | null,
  ctes: Ctes,
  operation: SetOperation,
): Relation {
  const results = operation.operands.map((operand) => relationOfBody(walk, parent, ctes, operand).result);
  const byName = operation.operators.some((operator) => operator.byName);
  const combined = byName ? byNames(results) : byPlace(results, operation);
  const compares = operation.operators.some(({ operator, all }) => operator !== 'UNION' || !all);
  if (compares) for (const { origin } of combined.columns) noteUse(walk, origin, 'compare', operation);
  return combined;
}

function byPlace(results: readonly Relation[], operation: SetOperation): Relation {
  const [first] = results;
  const open = results.find((result) => result.open !== null)?.open ?? null;
  if (open === null && results.some(({ columns }) => columns.length !== first!.columns.length)) {
    throw new Unresolvable(
      'column_unknown',
      'the queries of the set operation have different numbers of columns',
      operation,
    );
  }
  return {
    open,
    columns: first!.columns.map(({ name }, index) => ({
      name,
      origin: union(results.flatMap(({ columns }) => (columns[index] ? [columns[index].origin] : []))),
    })),
  };
}

function byNames(results: readonly Relation[]): Relation {
  const names = [...new Set(results.flatMap(({ columns }) => columns.map(({ name }) => name)))];
  return {
    open: results.find((result) => result.open !== null)?.open ?? null,
    columns: names.map((name) => ({
      name,
      origin: union(
        results.flatMap(({ columns }) =>
          columns.filter((column) => column.name === name).map(({ origin }) => origin),
        ),
      ),
    })),
  };
}

function withCtes(
  walk: Walk,
  parent: Scope | null,
  outer: Ctes,
  ctes: readonly Cte[],
  recursive: boolean,
): Ctes {
  const known = new Map(outer);
  for (const cte of ctes) known.set(cte.name.name, relationOfCte(walk, parent, known, cte, recursive));
  return known;
}

function relationOfCte(
  walk: Walk,
  parent: Scope | null,
  known: Ctes,
  cte: Cte,
  recursive: boolean,
): Relation {
  const names = cte.columns.map(({ name }) => name);
  const once = (ctes: Ctes) => renamed(relationOfQuery(walk, parent, ctes, cte.query), names);
  if (!mentionsTable(cte.query, cte.name.name)) return once(known);
  if (!recursive) {
    // Without the keyword, whether the name means itself or a table is read differently by different readers.
    if (cte.query.body.kind === 'set_operation') {
      throw new Unresolvable(
        'ambiguous',
        `\`${cte.name.name}\` names itself; write WITH RECURSIVE, or name it otherwise`,
        cte,
      );
    }
    return once(known);
  }
  return fixpoint(walk, cte, known, once);
}

/** More steps than columns can feed each other; then something is not as it seems. */
const MOST_STEPS = 100;

/** A recursive query's columns come from its anchor, and from whatever its own columns come from. */
function fixpoint(walk: Walk, cte: Cte, known: Ctes, once: (ctes: Ctes) => Relation): Relation {
  const width = cte.columns.length > 0 ? cte.columns.map(({ name }) => name) : anchorNames(walk, cte, known);
  let current: Relation = relation(width.map((name) => ({ name, origin: NOTHING })));
  for (let step = 0; step < MOST_STEPS; step += 1) {
    const next = once(new Map(known).set(cte.name.name, current));
    const stable =
      next.columns.length === current.columns.length &&
      next.columns.every(({ origin }, index) => sameOrigin(origin, current.columns[index]!.origin));
    if (stable) return next;
    current = next;
  }
  return { ...current, open: opaque('a recursive query that does not settle', cte) };
}

function anchorNames(walk: Walk, { query, name }: Cte, known: Ctes): readonly string[] {
  if (query.body.kind !== 'set_operation') {
    throw new Unresolvable('unsupported', `the recursive query \`${name.name}\` has no anchor`, query);
  }
  const { result } = relationOfBody(walk, null, known, query.body.operands[0]!);
  return result.columns.map((column) => column.name);
}
