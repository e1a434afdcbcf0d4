import type {
  BoundAssignment,
  BoundDelete,
  BoundExpression,
  BoundInsert,
  BoundMerge,
  BoundMergeClause,
  BoundMultiInsert,
  BoundRelation,
  BoundStatement,
  BoundTable,
  BoundTarget,
  BoundUpdate,
} from '../bound/index.ts';
import { formatIdentifier, formatObjectName } from '../object-name.ts';
import type { SourceRange } from '../source-range.ts';
import type { Name } from '../tree/names.ts';
import type {
  Assignment,
  ChangedTable,
  Delete,
  DmlStatement,
  Insert,
  InsertTarget,
  Merge,
  MergeClause,
  MultiInsert,
  Update,
} from '../tree/dml.ts';
import type { Expression } from '../tree/query.ts';
import { type Binder, nextRelation, noteObject, placeOf, visit } from './binder.ts';
import { bindExpression } from './expressions.ts';
import { bindFromItem, bindFromItems } from './from.ts';
import { findTable } from './names.ts';
import { invalid, unknownColumn, Unresolvable } from '../problem.ts';
import { bindOptional, bindQuery } from './queries.ts';
import { addRelation, columnAt, newScope, NO_CTES, type Scope } from './scope.ts';
import { isRequired, tableRelation } from './tables.ts';

/** Binds a statement that changes rows: its target, and the values. */
export function bindDml(binder: Binder, node: DmlStatement): BoundStatement {
  visit(binder, node);
  switch (node.kind) {
    case 'insert':
      return bindInsert(binder, node);
    case 'multi_insert':
      return bindMultiInsert(binder, node);
    case 'update':
      return bindUpdate(binder, node);
    case 'delete':
      return bindDelete(binder, node);
    case 'merge':
      return bindMerge(binder, node);
    case 'truncate':
      return { kind: 'truncate', at: placeOf(binder, node), target: bindTarget(binder, node.target) };
    default:
      return node satisfies never;
  }
}

/** The table that rows are written into. */
export function bindTarget(binder: Binder, name: Name): BoundTarget {
  const found = findTable(binder, name);
  noteObject(binder, found.type, found.name, 'write', name);
  return {
    object: found.name,
    columns: found.columns.map((column) => column.name),
    types: found.columns.map(({ type }) => type),
    required: found.columns.map(isRequired),
  };
}

function bindInsert(binder: Binder, { target, columns, source, overwrite, ...node }: Insert): BoundInsert {
  const table = bindTarget(binder, target);
  const query = bindQuery(binder, null, NO_CTES, source);
  const names = columnsInto(table, columns, node);
  if (query.open === null && query.columns.length !== names.length) {
    const counted = { expected: names.length, given: query.columns.length };
    throw invalid({ what: 'insert_values', ...counted }, 'as many values as columns are needed', source);
  }
  return {
    kind: 'insert',
    at: placeOf(binder, node),
    overwrite,
    target: table,
    columns: names,
    source: query,
  };
}

/** The named columns, each of which must exist; or all columns. */
export function columnsInto(
  target: BoundTarget,
  columns: readonly { readonly name: string }[],
  at: SourceRange,
): readonly string[] {
  if (columns.length === 0) return target.columns;
  const own = new Set(target.columns);
  for (const { name } of columns) if (!own.has(name)) throw noColumn(target, at, name);
  return columns.map(({ name }) => name);
}

function noColumn({ object }: Pick<BoundTarget, 'object'>, at: SourceRange, name?: string): Unresolvable {
  if (name !== undefined) return unknownColumn(formatIdentifier(name), at);
  return new Unresolvable(
    'column_unknown',
    `\`${formatObjectName(object)}\` has no column for this value`,
    at,
  );
}

function bindMultiInsert(
  binder: Binder,
  { branches, source, overwrite, first, ...node }: MultiInsert,
): BoundMultiInsert {
  const query = bindQuery(binder, null, NO_CTES, source);
  const at = placeOf(binder, node);
  const { columns, open } = query;
  const relation: BoundRelation = {
    kind: 'derived',
    at,
    sample: null,
    id: nextRelation(binder),
    columns,
    open,
    lateral: false,
    query,
  };
  const scope = newScope(null, NO_CTES);
  addRelation(scope, relation, []);
  return {
    kind: 'multi_insert',
    at,
    overwrite,
    source: relation,
    first,
    branches: branches.map(({ condition, otherwise, targets }) => ({
      condition: bindOptional(binder, scope, condition),
      otherwise,
      targets: targets.map((target) => bindInsertTarget(binder, scope, relation, target)),
    })),
  };
}

function bindInsertTarget(
  binder: Binder,
  scope: Scope,
  source: BoundRelation,
  { target, columns, values, ...node }: InsertTarget,
) {
  const table = bindTarget(binder, target);
  const names = columnsInto(table, columns, node);
  const given: readonly BoundExpression[] =
    values === null
      ? source.columns.map(({ name }, index) => columnAt(binder, source.id, index, name, node))
      : values.map((value) => bindExpression(binder, scope, value));
  return { target: table, values: assigned(table, names, given, node) };
}

function assigned(
  target: Pick<BoundTarget, 'object'>,
  names: readonly string[],
  values: readonly BoundExpression[],
  at: SourceRange,
): readonly BoundAssignment[] {
  return values.map((value, index) => {
    const column = names[index];
    if (column === undefined) throw noColumn(target, at);
    return { column, value };
  });
}

function bindUpdate(binder: Binder, { target, assignments, from, where, ...node }: Update): BoundUpdate {
  const { table, scope } = bindChanged(binder, target);
  return {
    kind: 'update',
    at: placeOf(binder, node),
    target: table,
    from: bindFromItems(binder, scope, from),
    assignments: bindAssignments(binder, scope, table, assignments),
    where: bindOptional(binder, scope, where),
  };
}

function bindDelete(binder: Binder, { target, using, where, ...node }: Delete): BoundDelete {
  const { table, scope } = bindChanged(binder, target);
  return {
    kind: 'delete',
    at: placeOf(binder, node),
    target: table,
    using: bindFromItems(binder, scope, using),
    where: bindOptional(binder, scope, where),
  };
}

/** The table being changed, which the statement's clauses can refer to. */
function bindChanged(
  binder: Binder,
  { name, alias, ...node }: ChangedTable,
): { table: BoundTable; scope: Scope } {
  const found = findTable(binder, name);
  noteObject(binder, found.type, found.name, 'write', name);
  if (found.type === 'view' && found.definition !== undefined)
    throw new Unresolvable('unsupported', 'a view cannot be changed', node);
  const table = tableRelation(binder, found, name, null, true);
  const scope = newScope(null, NO_CTES);
  const { database, schema, name: own } = found.name;
  addRelation(scope, table, alias === null ? [database, schema, own] : [alias.name.name]);
  return { table, scope };
}

function bindAssignments(
  binder: Binder,
  scope: Scope,
  table: BoundTable,
  assignments: readonly Assignment[],
): readonly BoundAssignment[] {
  const own = new Set(table.columns.map(({ name }) => name));
  return assignments.map(({ column, value, ...node }) => {
    visit(binder, column);
    const name = column.parts.at(-1)!.name;
    if (!own.has(name)) throw noColumn(table, node, name);
    return { column: name, value: bindExpression(binder, scope, value) };
  });
}

function bindMerge(binder: Binder, { target, source, on, clauses, ...node }: Merge): BoundMerge {
  const { table, scope } = bindChanged(binder, target);
  const { start, end } = source;
  const item = { kind: 'from_item', start, end, relation: source, joins: [] } as const;
  const bound = bindFromItem(binder, scope, item);
  if (bound.kind === 'join')
    throw new Unresolvable(
      'unsupported',
      'a join cannot be the source of MERGE; put it into a subquery',
      source,
    );
  const sourceOnly = newScope(null, NO_CTES);
  for (const { relation, qualifier, names } of scope.relations.slice(1))
    addRelation(sourceOnly, relation, qualifier, names);
  return {
    kind: 'merge',
    at: placeOf(binder, node),
    target: table,
    source: bound,
    on: bindExpression(binder, scope, on),
    clauses: clauses.map((clause) => bindClause(binder, scope, sourceOnly, table, clause)),
  };
}

function bindClause(
  binder: Binder,
  scope: Scope,
  sourceOnly: Scope,
  table: BoundTable,
  { matched, condition, action }: MergeClause,
): BoundMergeClause {
  const when = { matched, condition: bindOptional(binder, scope, condition) };
  if (action.kind === 'merge_delete') return { ...when, action: { kind: 'delete' } };
  const kind = action.kind === 'merge_update' ? 'update' : 'insert';
  if (action.allByName)
    return { ...when, action: { kind, assignments: byName(binder, sourceOnly, table, action) } };
  if (action.kind === 'merge_update')
    return {
      ...when,
      action: { kind, assignments: bindAssignments(binder, scope, table, action.assignments) },
    };
  const { object, types, required } = table;
  const target = { object, columns: table.columns.map(({ name }) => name), types, required };
  const names = columnsInto(target, action.columns, action);
  const values = action.values.map((value: Expression) => bindExpression(binder, sourceOnly, value));
  return { ...when, action: { kind, assignments: assigned(target, names, values, action) } };
}

/** `ALL BY NAME`: each column of the source is written to the column of the same name. */
function byName(
  binder: Binder,
  source: Scope,
  table: BoundTable,
  at: SourceRange,
): readonly BoundAssignment[] {
  const own = new Set(table.columns.map(({ name }) => name));
  return source.relations.flatMap(({ relation, names }) =>
    names.map((name, index) => {
      if (!own.has(name)) throw noColumn(table, at, name);
      return { column: name, value: columnAt(binder, relation.id, index, name, at) };
    }),
  );
}
