import type { BoundBody, BoundColumn, BoundExpression, BoundOrder, BoundSelect } from '../bound/index.ts';
import type { Expression, OrderBy, OrderItem } from '../tree/query.ts';
import { type Binder, leave, placeOf, visit } from './binder.ts';
import { bindExpression } from './expressions.ts';
import { Unresolvable } from '../problem.ts';
import { lookUp, newScope, type Scope } from './scope.ts';
import { textOf } from './selects.ts';

/** ORDER BY sees the columns of the result, by name or position, and those of FROM. */
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
  const index = placeNamed(binder, node, columns);
  if (index !== null) return { kind: 'result', index, at };
  // The result of DISTINCT can only be ordered by its own columns.
  if (body.kind === 'select' && body.distinct) {
    const shown = shownAt(binder, selectScope, body, node);
    if (shown !== -1) {
      // What is inside of it has the meaning that it has there.
      visit(binder, node);
      leave(binder, node);
      return { kind: 'result', index: shown, at };
    }
  }
  const found = bindExpression(binder, scope, node);
  if (node.kind !== 'column' || found.kind !== 'either') return found;
  // A bare name is a column of the result first; a column of the table is another reading only if it differs.
  const [column, ...results] = found.readings;
  const [result, ...more] = results;
  if (result?.kind === 'result' && more.length === 0 && showsColumn(body, result.index, column!)) {
    binder.noted.references -= 1;
    return result;
  }
  return { ...found, readings: [...results, column!] };
}

/** The column whose place an item gives, from 0; in parentheses it is a place all the same, as it is in GROUP BY. */
function placeNamed(binder: Binder, node: Expression, columns: readonly BoundColumn[]): number | null {
  const inner = withoutParentheses(node);
  if (inner.kind !== 'number' || !/^\d+$/.test(inner.text)) return null;
  for (let part = node; part.kind === 'paren'; part = part.inner) visit(binder, part);
  visit(binder, inner);
  const index = Number(inner.text) - 1;
  if (index < 0 || index >= columns.length)
    throw new Unresolvable('column_unknown', `there is no column ${inner.text} to order by`, node);
  return index;
}

function withoutParentheses(node: Expression): Expression {
  let inner = node;
  while (inner.kind === 'paren') inner = inner.inner;
  return inner;
}

/** The index of the output that an ORDER BY item repeats (the same column, or the same text); -1 for none. */
function shownAt(binder: Binder, scope: Scope, { outputs }: BoundSelect, node: Expression): number {
  if (node.kind !== 'column') {
    const texts = [node, withoutParentheses(node)].map((part) => textOf(binder, part));
    return outputs.findIndex(({ name, named }) => !named && texts.includes(name));
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

/** Whether a column of the result is exactly this column. */
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
