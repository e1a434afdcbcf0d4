import type { CatalogColumn } from '../catalog.ts';
import { formatObjectName, type ObjectName } from '../object-name.ts';
import type { SourceRange } from '../source-range.ts';
import type { Name } from '../tree/names.ts';
import type {
  Assignment,
  ChangedTable,
  Delete,
  DmlStatement,
  Insert,
  Merge,
  MultiInsert,
  Update,
} from '../tree/dml.ts';
import type { Expression } from '../tree/query.ts';
import { originOf } from './expressions.ts';
import { addFrom } from './from.ts';
import { findObject } from './names.ts';
import type { Origin } from './origin.ts';
import { noteCondition } from './predicates.ts';
import { Unresolvable } from './problem.ts';
import { relationOfQuery } from './queries.ts';
import { newScope, type Scope } from './scope.ts';
import { relationOfObject } from './tables.ts';
import { noteFlow } from './flows.ts';
import { noteObject, type Walk } from './walk.ts';

/** What a statement that changes rows reads, and what flows where. Answers whether it has no WHERE. */
export function walkDml(walk: Walk, statement: DmlStatement): { readonly missingWhere: boolean } {
  switch (statement.kind) {
    case 'insert':
      walkInsert(walk, statement);
      return { missingWhere: false };
    case 'multi_insert':
      walkMultiInsert(walk, statement);
      return { missingWhere: false };
    case 'update':
      walkUpdate(walk, statement);
      return { missingWhere: statement.where === null };
    case 'delete':
      walkDelete(walk, statement);
      return { missingWhere: statement.where === null && statement.using.length === 0 };
    case 'merge':
      walkMerge(walk, statement);
      return { missingWhere: false };
    case 'truncate':
      changedTable(walk, statement.target);
      return { missingWhere: true };
    default:
      return statement satisfies never;
  }
}

interface Changed {
  readonly name: ObjectName;
  readonly columns: readonly CatalogColumn[];
}

function changedTable(walk: Walk, name: Name): Changed {
  const found = findObject(walk, name);
  if (found.type === 'function')
    throw new Unresolvable('object_unknown', `\`${formatObjectName(found.name)}\` is no table`, name);
  noteObject(walk, found.type, found.name, 'write', name);
  return found;
}

function walkInsert(walk: Walk, { target, columns, source }: Insert): void {
  const table = changedTable(walk, target);
  const made = relationOfQuery(walk, null, new Map(), source);
  const names = columns.length > 0 ? columns.map(({ name }) => name) : table.columns.map(({ name }) => name);
  made.columns.forEach(({ origin }, index) => flowInto(walk, table, names[index], origin, source));
  if (made.open !== null)
    for (const name of names) flowInto(walk, table, name, { sources: [], unresolved: made.open }, source);
}

function walkMultiInsert(walk: Walk, { branches, source }: MultiInsert): void {
  const scope = newScope(null, new Map());
  const made = relationOfQuery(walk, null, new Map(), source);
  scope.relations.push({ relation: made, qualifier: [], hidden: new Set() });
  for (const { condition, targets } of branches) {
    if (condition !== null) noteCondition(walk, scope, condition);
    for (const { target, columns, values } of targets) {
      const table = changedTable(walk, target);
      const names =
        columns.length > 0 ? columns.map(({ name }) => name) : table.columns.map(({ name }) => name);
      const origins =
        values === null
          ? made.columns.map(({ origin }) => origin)
          : values.map((value) => originOf(walk, scope, value));
      origins.forEach((origin, index) => flowInto(walk, table, names[index], origin, target));
    }
  }
}

function walkUpdate(walk: Walk, { target, assignments, from, where }: Update): void {
  const { table, scope } = scopeOfChanged(walk, target);
  for (const item of from) addFrom(walk, scope, item);
  walkAssignments(walk, scope, table, assignments);
  if (where !== null) noteCondition(walk, scope, where);
}

function walkDelete(walk: Walk, { target, using, where }: Delete): void {
  const { scope } = scopeOfChanged(walk, target);
  for (const item of using) addFrom(walk, scope, item);
  if (where !== null) noteCondition(walk, scope, where);
}

function walkMerge(walk: Walk, { target, source, on, clauses }: Merge): void {
  const { table, scope } = scopeOfChanged(walk, target);
  const others = scope.relations.length;
  addFrom(walk, scope, {
    kind: 'from_item',
    start: source.start,
    end: source.end,
    relation: source,
    joins: [],
  });
  noteCondition(walk, scope, on);
  const sourceOnly: Scope = { ...scope, relations: scope.relations.slice(others) };
  for (const { condition, action } of clauses) {
    if (condition !== null) noteCondition(walk, scope, condition);
    if (action.kind === 'merge_update') walkAssignments(walk, scope, table, action.assignments);
    if (action.kind === 'merge_insert')
      walkMergeInsert(
        walk,
        sourceOnly,
        table,
        action.columns.map(({ name }) => name),
        action.values,
      );
    if (action.kind !== 'merge_delete' && action.allByName) flowByName(walk, sourceOnly, table, action);
  }
}

function walkMergeInsert(
  walk: Walk,
  scope: Scope,
  table: Changed,
  columns: readonly string[],
  values: readonly Expression[],
): void {
  const names = columns.length > 0 ? columns : table.columns.map(({ name }) => name);
  values.forEach((value, index) => flowInto(walk, table, names[index], originOf(walk, scope, value), value));
}

function flowByName(walk: Walk, scope: Scope, table: Changed, at: SourceRange): void {
  for (const { relation } of scope.relations) {
    for (const { name, origin } of relation.columns) flowInto(walk, table, name, origin, at);
  }
}

function walkAssignments(walk: Walk, scope: Scope, table: Changed, assignments: readonly Assignment[]): void {
  for (const { column, value } of assignments) {
    flowInto(walk, table, column.parts.at(-1)!.name, originOf(walk, scope, value), value);
  }
}

function scopeOfChanged(walk: Walk, { name, alias }: ChangedTable): { table: Changed; scope: Scope } {
  const table = changedTable(walk, name);
  const found = findObject(walk, name);
  const scope = newScope(null, new Map());
  if (found.type !== 'function') {
    const qualifier =
      alias === null ? [found.name.database, found.name.schema, found.name.name] : [alias.name.name];
    scope.relations.push({ relation: relationOfObject(walk, found, name), qualifier, hidden: new Set() });
  }
  return { table, scope };
}

function flowInto(
  walk: Walk,
  table: Changed,
  column: string | undefined,
  origin: Origin,
  at: SourceRange,
): void {
  if (column === undefined || !table.columns.some(({ name }) => name === column)) {
    throw new Unresolvable(
      'column_unknown',
      `\`${formatObjectName(table.name)}\` has no column for this value`,
      at,
    );
  }
  noteFlow(walk, origin, { type: 'column', column: { object: table.name, column } }, at);
}
