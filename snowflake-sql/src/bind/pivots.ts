import type {
  BoundColumn,
  BoundExpression,
  BoundFrom,
  BoundOutput,
  BoundPivot,
  BoundSample,
  BoundUnpivot,
} from '../bound/index.ts';
import type { ColumnReference, Expression, Pivot, Unpivot } from '../tree/query.ts';
import type { AnyNode } from '../tree/any-node.ts';
import { walk } from '../tree/walk.ts';
import type { OpaquePart } from '../understanding.ts';
import { type Binder, nextRelation, opaque, placeOf, spend, visit } from './binder.ts';
import { bindExpression } from './expressions.ts';
import { Unresolvable } from '../problem.ts';
import { bindOptional, bindQuery } from './queries.ts';
import { boundColumns, columnAt, newScope, type Scope } from './scope.ts';
import { bindItem } from './selects.ts';

/** The remaining columns, then one for each value and aggregate. */
export function bindPivot(
  binder: Binder,
  scope: Scope,
  input: BoundFrom,
  node: Pivot,
  sample: BoundSample | null,
): BoundPivot {
  const at = placeOf(binder, node);
  const before = binder.noted.aggregates;
  const aggregates = node.aggregates.map((item) => {
    visit(binder, item);
    return bindItem(binder, scope, item);
  });
  binder.noted.aggregates = before;
  const by = bindExpression(binder, scope, node.column);
  const used = new Set([...columnNames(node.aggregates), node.column.parts.at(-1)!.name]);
  const kept = keptColumns(binder, scope, used, node);
  const values = node.values.kind === 'pivot_list' ? bindValues(binder, scope, node.values.items) : null;
  const valuesQuery =
    node.values.kind === 'subquery' ? bindQuery(binder, scope.parent, scope.ctes, node.values.query) : null;
  visit(binder, node.values);
  if (node.values.kind === 'pivot_any')
    for (const { expression } of node.values.orderBy?.items ?? []) bindExpression(binder, scope, expression);
  const made = (values ?? []).flatMap((value) =>
    aggregates.map((aggregate) => pivotedName(value, aggregate, aggregates)),
  );
  return {
    kind: 'pivot',
    at,
    sample,
    id: nextRelation(binder),
    columns: [...kept.map(({ name }) => ({ name, named: true })), ...made],
    open: values === null ? opaque('the columns that PIVOT derives from values', at) : openOf(scope),
    input,
    kept: kept.map(({ expression }) => expression),
    aggregates,
    by,
    values: values?.map(({ expression }) => expression) ?? null,
    valuesQuery,
    defaultOnNull: bindOptional(binder, newScope(scope.parent, scope.ctes), node.defaultOnNull),
  };
}

function bindValues(binder: Binder, scope: Scope, items: Pivot['aggregates']): readonly BoundOutput[] {
  return items.map((item) => {
    visit(binder, item);
    const output = bindItem(binder, newScope(scope.parent, scope.ctes), item);
    return output;
  });
}

/** `'paid'` in quotes as Snowflake has it, or its alias; with several aggregates, each one's name behind it. */
function pivotedName(value: BoundOutput, aggregate: BoundOutput, all: readonly BoundOutput[]): BoundColumn {
  const name = all.length === 1 ? value.name : `${value.name}_${aggregate.name}`;
  return { name, named: value.named && all.length === 1 };
}

interface Kept {
  readonly name: string;
  readonly expression: BoundExpression;
}

function keptColumns(
  binder: Binder,
  scope: Scope,
  without: ReadonlySet<string>,
  node: Pivot | Unpivot,
): readonly Kept[] {
  return scope.relations.flatMap(({ relation, names, hidden }) => {
    spend(binder, names.length);
    return names.flatMap((name, index) =>
      without.has(name) || hidden.has(name)
        ? []
        : [{ name, expression: scope.merged.get(name) ?? columnAt(binder, relation.id, index, name, node) }],
    );
  });
}

function openOf({ relations }: Scope): OpaquePart | null {
  return relations.find(({ relation }) => relation.open !== null)?.relation.open ?? null;
}

/** The names of all columns in the arguments of the aggregates, however deeply they are nested. */
function columnNames(nodes: readonly AnyNode[]): readonly string[] {
  return nodes
    .flatMap((node) => [...walk(node)])
    .filter(isColumn)
    .map(({ parts }) => parts.at(-1)!.name);
}

function isColumn(node: AnyNode): node is ColumnReference {
  return node.kind === 'column';
}

/** The remaining columns, the name of the unpivoted column, and its value. */
export function bindUnpivot(
  binder: Binder,
  scope: Scope,
  input: BoundFrom,
  node: Unpivot,
  sample: BoundSample | null,
): BoundUnpivot {
  const at = placeOf(binder, node);
  const names = new Set<string>();
  const taken = node.columns.map((item) => {
    visit(binder, item);
    const name = item.column.parts.at(-1)!.name;
    if (names.has(name)) throw new Unresolvable('ambiguous', `UNPIVOT names \`${name}\` twice`, item);
    names.add(name);
    const column = bindExpression(binder, scope, item.column satisfies Expression);
    const { label } = item;
    return { column, label: label === null ? name : label.kind === 'string' ? label.value : label.name };
  });
  const kept = keptColumns(binder, scope, names, node);
  return {
    kind: 'unpivot',
    at,
    sample,
    id: nextRelation(binder),
    columns: boundColumns([...kept.map(({ name }) => name), node.name.name, node.value.name]),
    open: openOf(scope),
    input,
    kept: kept.map(({ expression }) => expression),
    includeNulls: node.includeNulls,
    taken,
  };
}
