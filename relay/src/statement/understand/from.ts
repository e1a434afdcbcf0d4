import type { FromItem, Join, Relation as RelationNode, TableRelation } from '../tree/query.ts';
import { noteUses } from './expressions.ts';
import { resolveName } from './names.ts';
import { opaque, union } from './origin.ts';
import { matchRecognized, pivoted, unpivoted } from './pivots.ts';
import { noteCondition } from './predicates.ts';
import { Unresolvable } from './problem.ts';
import { relationOfQuery } from './queries.ts';
import { type Relation, renamed } from './relation.ts';
import { newScope, type Scope, type ScopedRelation } from './scope.ts';
import { relationOfTableFunction } from './table-functions.ts';
import { relationOfTable } from './tables.ts';
import { noteOpaque, noteUse, type Walk } from './walk.ts';

/** Adds an item of FROM, and the joins behind it, to what the query can name. */
export function addFrom(walk: Walk, scope: Scope, item: FromItem): void {
  const first = scope.relations.length;
  addRelation(walk, scope, item.relation);
  for (const join of item.joins) {
    const left = scope.relations.slice(first);
    addRelation(walk, scope, join.relation);
    addJoin(walk, scope, join, left, scope.relations.slice(first + left.length));
  }
}

function addRelation(walk: Walk, scope: Scope, node: RelationNode): void {
  if (node.sample !== null) noteUses(walk, scope, [node.sample.size], 'compare');
  if (node.kind === 'paren_relation') {
    addFrom(walk, scope, node.from);
    return;
  }
  const found = relationOf(walk, scope, node);
  const alias = node.alias?.name.name;
  const columns = node.alias?.columns.map(({ name }) => name) ?? [];
  scope.relations.push({
    relation: renamed(found, columns),
    qualifier: alias === undefined ? ownQualifier(walk, node) : [alias],
    hidden: new Set(),
  });
}

function relationOf(
  walk: Walk,
  scope: Scope,
  node: Exclude<RelationNode, { kind: 'paren_relation' }>,
): Relation {
  switch (node.kind) {
    case 'table':
      return tableOrCte(walk, scope, node);
    case 'derived':
      return relationOfQuery(walk, node.lateral ? scope : scope.parent, scope.ctes, node.query);
    case 'table_function':
      return relationOfTableFunction(walk, scope, node);
    case 'flow_result': {
      const step = walk.steps.at(-node.index);
      if (step === undefined)
        throw new Unresolvable('unsupported', `there is no step \`$${node.index}\` before this one`, node);
      return step;
    }
    case 'stage_relation':
      noteOpaque(walk, opaque('files of a stage', node));
      return { columns: [], open: opaque('files of a stage', node) };
    case 'semantic_view':
      noteOpaque(walk, opaque('a semantic view', node));
      return { columns: [], open: opaque('a semantic view', node) };
    case 'pivot':
      return pivoted(walk, ...inputOf(walk, scope, node.input), node);
    case 'unpivot':
      return unpivoted(inputOf(walk, scope, node.input)[1], node);
    case 'match_recognize':
      return matchRecognized(walk, ...inputOf(walk, scope, node.input), node);
    case 'resample':
      inputOf(walk, scope, node.input);
      noteOpaque(walk, opaque('rows made by RESAMPLE', node));
      return { columns: [], open: opaque('rows made by RESAMPLE', node) };
    default:
      return node satisfies never;
  }
}

/** What stands before PIVOT and its kin: a scope with that alone, and its columns. */
function inputOf(walk: Walk, scope: Scope, node: RelationNode): [Scope, Relation] {
  const inner = newScope(scope.parent, scope.ctes);
  addRelation(walk, inner, node);
  const columns = inner.relations.flatMap(({ relation }) => relation.columns);
  const open = inner.relations.find(({ relation }) => relation.open !== null)?.relation.open ?? null;
  return [inner, { columns, open }];
}

function tableOrCte(walk: Walk, scope: Scope, node: TableRelation): Relation {
  if (node.travel !== null) noteUses(walk, scope, [node.travel.argument], 'compare');
  const { name } = node;
  const bare =
    name.kind === 'qualified_name' && name.parts.length === 1 && !name.publicSchema
      ? name.parts[0]!.name
      : null;
  const cte = bare === null ? undefined : scope.ctes.get(bare);
  const found = cte ?? relationOfTable(walk, name);
  if (node.changes === null) return found;
  // CHANGES adds METADATA$ columns that are not named here.
  return { ...found, open: opaque('columns of CHANGES', node) };
}

function ownQualifier(walk: Walk, node: RelationNode): readonly string[] {
  if (node.kind === 'table') {
    const isCte = node.name.kind === 'qualified_name' && node.name.parts.length === 1;
    const { database, schema, name } = isCte ? safeName(walk, node) : resolveName(walk, node.name);
    return [database, schema, name];
  }
  if ((node.kind === 'pivot' || node.kind === 'unpivot') && node.input.alias)
    return [node.input.alias.name.name];
  if (node.kind === 'table_function' && node.call.name.kind === 'qualified_name')
    return [node.call.name.parts.at(-1)!.name];
  return [];
}

/** A CTE may be named where the session has no schema to resolve a table in. */
function safeName({ context }: Walk, node: TableRelation) {
  const name = node.name.kind === 'qualified_name' ? node.name.parts[0]!.name : '';
  return { database: context.database ?? '', schema: context.schema ?? '', name };
}

function addJoin(
  walk: Walk,
  scope: Scope,
  join: Join,
  left: readonly ScopedRelation[],
  right: readonly ScopedRelation[],
): void {
  if (join.match !== null) noteCondition(walk, scope, join.match);
  if (join.on !== null) noteCondition(walk, scope, join.on);
  const names = join.natural ? sharedNames(left, right, join) : join.using.map(({ name }) => name);
  for (const name of names) {
    const origin = union([columnOf(scope, left, name, join), columnOf(scope, right, name, join)]);
    noteUse(walk, origin, 'join', join);
    scope.merged.set(name, origin);
  }
  if (names.length === 0) return;
  const start = scope.relations.length - right.length;
  const hidden = new Set(names);
  right.forEach((scoped, index) => {
    scope.relations[start + index] = { ...scoped, hidden: new Set([...scoped.hidden, ...hidden]) };
  });
}

function sharedNames(
  left: readonly ScopedRelation[],
  right: readonly ScopedRelation[],
  join: Join,
): readonly string[] {
  if ([...left, ...right].some(({ relation }) => relation.open !== null)) {
    throw new Unresolvable('unsupported', 'a NATURAL join of columns that are not known', join);
  }
  const names = (side: readonly ScopedRelation[]) =>
    side.flatMap(({ relation }) => relation.columns.map(({ name }) => name));
  const others = new Set(names(right));
  return [...new Set(names(left).filter((name) => others.has(name)))];
}

function columnOf(scope: Scope, side: readonly ScopedRelation[], name: string, join: Join) {
  const found = side.flatMap(({ relation }) => relation.columns.filter((column) => column.name === name));
  if (found.length === 0) throw new Unresolvable('column_unknown', `invalid identifier \`${name}\``, join);
  return union([
    ...found.map(({ origin }) => origin),
    ...(scope.merged.has(name) ? [scope.merged.get(name)!] : []),
  ]);
}
