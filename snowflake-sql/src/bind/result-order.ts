import type { BoundBody, BoundColumn, BoundExpression, BoundOrder, BoundSelect } from '../bound/index.ts';
import type { Expression, OrderBy, OrderItem } from '../tree/query.ts';
import { type Binder, placeOf, visit } from './binder.ts';
import { bindExpression } from './expressions.ts';
import { Unresolvable } from '../problem.ts';
import { lookUp, newScope, type Scope } from './scope.ts';
import { textOf } from './selects.ts';

/** ORDER BY sees the result's columns, by name or place, and those of FROM. */
export function bindResultOrder(
  binder: Binder,
  scope: Scope,
  body: BoundBody,
  columns: readonly BoundColumn[],
  orderBy: OrderBy,
): readonly BoundOrder[] {
  const results = new Map<string, number[]>();
  columns.forEach(({ name }, index) => {
    const known = results.get(name);
    if (known === undefined) results.set(name, [index]);
    else known.push(index);
  });
  const own = body.kind === 'select' && !body.distinct ? scope : newScope(scope.parent, scope.ctes);
  own.results = results;
  if (orderBy.all) {
    const at = placeOf(binder, orderBy);
    return columns.map((_, index) => ({
      expression: { kind: 'result', index, at },
      descending: false,
      nulls: null,
    }));
  }
  return orderBy.items.map((item) => ({
    expression: bindOrdered(binder, own, scope, body, columns, item),
    descending: item.descending,
    nulls: item.nulls,
  }));
}

function bindOrdered(
  binder: Binder,
  scope: Scope,
  selectScope: Scope,
  body: BoundBody,
  columns: readonly BoundColumn[],
  { expression: node }: OrderItem,
): BoundExpression {
  const at = placeOf(binder, node);
  if (node.kind === 'number' && /^\d+$/.test(node.text)) {
    visit(binder, node);
    const index = Number(node.text) - 1;
    if (index < 0 || index >= columns.length)
      throw new Unresolvable('column_unknown', `there is no column ${node.text} to order by`, node);
    return { kind: 'result', index, at };
  }
  // What DISTINCT leaves can only be ordered by what it shows.
  if (body.kind === 'select' && body.distinct) {
    const index = shownAt(binder, selectScope, body, node);
    if (index !== -1) {
      visit(binder, node);
      return { kind: 'result', index, at };
    }
  }
  const found = bindExpression(binder, scope, node);
  if (node.kind !== 'column' || found.kind !== 'either') return found;
  // Alone, a name is the result's column first; the table's is another reading only when it is another column.
  const [column, ...results] = found.readings;
  const [result, ...more] = results;
  if (result?.kind === 'result' && more.length === 0 && showsColumn(body, result.index, column!)) {
    binder.noted.references -= 1;
    return result;
  }
  return { ...found, readings: [...results, column!] };
}

/** The place of the output that an ORDER BY item repeats: the same column, or the same text; -1 for none. */
function shownAt(binder: Binder, scope: Scope, { outputs }: BoundSelect, node: Expression): number {
  if (node.kind !== 'column') {
    const text = textOf(binder, node);
    return outputs.findIndex(({ name, named }) => !named && name === text);
  }
  const before = binder.noted.references;
  const column = lookUp(
    binder,
    scope,
    node.parts.map(({ name }) => name),
    node,
  );
  binder.noted.references = before;
  return column === null ? -1 : outputs.findIndex(({ expression }) => isSameColumn(expression, column));
}

/** Whether a result's column is just this column. */
function showsColumn(body: BoundBody, index: number, column: BoundExpression): boolean {
  const shown = body.kind === 'select' ? body.outputs[index]?.expression : undefined;
  return shown !== undefined && isSameColumn(shown, column);
}

function isSameColumn(one: BoundExpression, other: BoundExpression): boolean {
  return (
    one.kind === 'column' &&
    other.kind === 'column' &&
    one.relation === other.relation &&
    one.index === other.index
  );
}
