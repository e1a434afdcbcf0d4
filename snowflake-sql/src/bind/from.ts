import type { BoundExpression, BoundFrom, BoundJoin, BoundRelation, BoundSample } from '../bound/index.ts';
import type { FromItem, Join, Relation as RelationNode } from '../tree/query.ts';
import { type Binder, leave, nextRelation, noteOpaque, opaque, placeOf, visit } from './binder.ts';
import { bindExpression } from './expressions.ts';
import { bindMatchRecognize } from './match-recognize.ts';
import { resolveName } from './names.ts';
import { bindPivot, bindUnpivot } from './pivots.ts';
import { formatIdentifier } from '../object-name.ts';
import { ambiguousColumn, unknownColumn, Unresolvable } from '../problem.ts';
import { bindOptional, bindQuery } from './queries.ts';
import { addRelation, columnAt, newScope, type Scope, type ScopedRelation } from './scope.ts';
import { bindResample } from './resample.ts';
import { bindStageRelation } from './stages.ts';
import { bindTableFunction } from './table-functions.ts';
import { bindTableOrCte } from './tables.ts';

/** Binds the items of FROM and adds them to the scope; a comma is a cross join. */
export function bindFromItems(binder: Binder, scope: Scope, items: readonly FromItem[]): BoundFrom | null {
  let from: BoundFrom | null = null;
  for (const item of items) {
    const right = bindFromItem(binder, scope, item);
    from = from === null ? right : crossJoin(from, right);
  }
  return from;
}

function crossJoin(left: BoundFrom, right: BoundFrom): BoundJoin {
  return { kind: 'join', type: 'cross', left, right, on: null, equal: [], match: null, at: right.at };
}

/** One item of FROM with its joins. */
export function bindFromItem(binder: Binder, scope: Scope, item: FromItem): BoundFrom {
  visit(binder, item);
  const first = scope.relations.length;
  let from = bindOne(binder, scope, item.relation);
  for (const join of item.joins) {
    visit(binder, join);
    const left = scope.relations.slice(first);
    const right = bindOne(binder, scope, join.relation);
    from = bindJoin(binder, scope, join, from, right, left, scope.relations.slice(first + left.length));
  }
  return from;
}

function bindOne(binder: Binder, scope: Scope, node: RelationNode): BoundFrom {
  visit(binder, node);
  if (node.kind === 'paren_relation') {
    if (node.alias !== null || node.sample !== null)
      throw new Unresolvable('unsupported', 'a join in parentheses cannot have an alias or be sampled', node);
    return bindFromItem(binder, scope, node.from);
  }
  const relation = bindRelation(binder, scope, node);
  const given = node.alias?.columns.map(({ name }) => name) ?? [];
  if (given.length > relation.columns.length && relation.open === null)
    throw new Unresolvable('column_unknown', 'the alias lists more columns than there are', node);
  const alias = node.alias?.name.name;
  addRelation(
    scope,
    relation,
    alias === undefined ? ownQualifier(binder, node) : [alias],
    relation.columns.map(({ name }, index) => given[index] ?? name),
  );
  return relation;
}

function bindRelation(
  binder: Binder,
  scope: Scope,
  node: Exclude<RelationNode, { kind: 'paren_relation' }>,
): BoundRelation {
  const sample = bindSample(binder, scope, node);
  const base = { at: placeOf(binder, node), sample };
  switch (node.kind) {
    case 'table':
      return bindTableOrCte(binder, scope, node, sample);
    case 'derived': {
      const outer = node.lateral ? scope : scope.parent;
      const query = bindQuery(binder, outer, scope.ctes, node.query);
      const { columns, open } = query;
      return {
        kind: 'derived',
        ...base,
        id: nextRelation(binder),
        columns,
        open,
        lateral: node.lateral,
        query,
      };
    }
    case 'table_function':
      return bindTableFunction(binder, scope, node, sample);
    case 'flow_result': {
      const step = binder.steps.length - node.index;
      const columns = binder.steps[step];
      if (columns === undefined)
        throw new Unresolvable('unsupported', `there is no step \`$${node.index}\` before this one`, node);
      const open = columns === null ? opaque('a step that is not understood', base.at) : null;
      return {
        kind: 'earlier',
        ...base,
        id: nextRelation(binder),
        columns: columns ?? [],
        open,
        of: { step },
      };
    }
    case 'stage_relation': {
      const files = bindStageRelation(binder, node, sample);
      return files ?? notKnown(binder, node, 'files of a stage', base);
    }
    case 'semantic_view':
      return notKnown(binder, node, 'a semantic view', base);
    case 'pivot':
      return bindPivot(binder, ...inputOf(binder, scope, node.input), node, sample);
    case 'unpivot':
      return bindUnpivot(binder, ...inputOf(binder, scope, node.input), node, sample);
    case 'resample':
      return bindResample(binder, ...inputOf(binder, scope, node.input), node, sample);
    case 'match_recognize':
      return bindMatchRecognize(binder, ...inputOf(binder, scope, node.input), node, sample);
    default:
      return node satisfies never;
  }
}

function notKnown(
  binder: Binder,
  node: RelationNode,
  reason: string,
  base: Pick<BoundRelation, 'at' | 'sample'>,
): BoundRelation {
  noteOpaque(binder, opaque(reason, node));
  leave(binder, node);
  const id = nextRelation(binder);
  return {
    kind: 'opaque_relation',
    ...base,
    id,
    columns: [],
    open: opaque(reason, base.at),
    reason,
    arguments: [],
  };
}

function bindSample(binder: Binder, scope: Scope, { sample }: RelationNode): BoundSample | null {
  if (sample === null) return null;
  const outside = newScope(scope.parent, scope.ctes);
  const { method, rows } = sample;
  const seed = bindOptional(binder, outside, sample.seed);
  return { method, rows, size: bindExpression(binder, outside, sample.size), seed };
}

/** The input of PIVOT and similar clauses, and a scope that contains only it. */
function inputOf(binder: Binder, scope: Scope, node: RelationNode): [Scope, BoundFrom] {
  const inner = newScope(scope.parent, scope.ctes);
  return [inner, bindOne(binder, inner, node)];
}

/** The name of a relation without an alias. */
function ownQualifier(binder: Binder, node: RelationNode): readonly string[] {
  if (node.kind === 'table') {
    const { name } = node;
    const isBare = name.kind === 'qualified_name' && name.parts.length === 1 && !name.publicSchema;
    const bare = isBare ? name.parts[0]!.name : null;
    // A CTE can be referenced even if the session has no schema to resolve tables in.
    if (bare !== null) return [...sessionSchema(binder), bare];
    const { database, schema, name: own } = resolveName(binder, name);
    return [database, schema, own];
  }
  if ((node.kind === 'pivot' || node.kind === 'unpivot') && node.input.alias)
    return [node.input.alias.name.name];
  if (node.kind === 'table_function' && node.call.name.kind === 'qualified_name')
    return [node.call.name.parts.at(-1)!.name];
  return [];
}

function sessionSchema({ context }: Binder): readonly string[] {
  return [context.database ?? '', context.schema ?? ''];
}

function bindJoin(
  binder: Binder,
  scope: Scope,
  join: Join,
  left: BoundFrom,
  right: BoundFrom,
  leftRelations: readonly ScopedRelation[],
  rightRelations: readonly ScopedRelation[],
): BoundJoin {
  const names = join.natural
    ? sharedNames(leftRelations, rightRelations, join)
    : join.using.map(({ name }) => name);
  const at = placeOf(binder, join);
  if (names.length > 0) scope.merges.push({ names, left: leftRelations });
  const equal = names.map((name) => {
    const pair = {
      left: scope.merged.get(name) ?? columnOf(binder, leftRelations, name, join),
      right: columnOf(binder, rightRelations, name, join),
    };
    scope.merged.set(name, { kind: 'merged', join: join.type, ...pair, at });
    for (const { hidden } of rightRelations) hidden.add(name);
    return pair;
  });
  return {
    kind: 'join',
    type: join.type,
    left,
    right,
    on: bindOptional(binder, scope, join.on),
    equal,
    match: bindOptional(binder, scope, join.match),
    at,
  };
}

function sharedNames(
  left: readonly ScopedRelation[],
  right: readonly ScopedRelation[],
  join: Join,
): readonly string[] {
  if ([...left, ...right].some(({ relation }) => relation.open !== null)) {
    throw new Unresolvable('unsupported', 'a NATURAL join whose columns are not known', join);
  }
  const others = new Set(right.flatMap(({ names }) => names));
  return [...new Set(left.flatMap(({ names }) => names).filter((name) => others.has(name)))];
}

/** The column of one side that USING refers to. */
function columnOf(
  binder: Binder,
  side: readonly ScopedRelation[],
  name: string,
  join: Join,
): BoundExpression {
  const found = side.flatMap(({ relation, places, hidden }) =>
    hidden.has(name) ? [] : (places.get(name) ?? []).map((index) => ({ relation, index })),
  );
  const [only, ...more] = found;
  if (only === undefined) throw unknownColumn(formatIdentifier(name), join);
  if (more.length > 0) throw ambiguousColumn(formatIdentifier(name), join);
  return columnAt(binder, only.relation.id, only.index, name, join);
}
