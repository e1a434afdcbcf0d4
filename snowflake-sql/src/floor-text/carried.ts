import {
  addBoundChildren,
  type AnyBoundNode,
  type BoundColumnReference,
  type BoundExpression,
  type BoundOrder,
  type BoundSelect,
  walkBound,
} from '../bound/index.ts';
import type { Named } from './named.ts';
import { NotWrappable } from './not-wrappable.ts';
import { OWN_TEXT } from './references.ts';
import { isAggregate } from './repeats.ts';

/**
 * Names of values in a SELECT that is now grouped by something else than the value, such as a token of it. Any row of a group has
 * the value, since equal tokens have equal values.
 *
 * @throws NotWrappable if it cannot be taken from the group
 */
export function carriedNames(
  statement: AnyBoundNode,
  named: ReadonlyMap<AnyBoundNode, Named>,
): ReadonlySet<BoundColumnReference> {
  const carried = new Set<BoundColumnReference>();
  const nodes = [...walkBound(statement, OWN_TEXT)];
  const orders = new Map<AnyBoundNode, readonly BoundOrder[]>(
    nodes.flatMap((node) => (node.kind === 'query' ? [[node.body, node.orderBy] as const] : [])),
  );
  for (const select of nodes) {
    if (select.kind !== 'select' || select.groupBy === null) continue;
    const keys = keysOf(select, named);
    if (keys.size === 0) continue;
    const shown: BoundExpression[] = [
      ...select.outputs.map(({ expression }) => expression),
      ...[select.having, select.qualify].filter((one) => one !== null),
      ...(orders.get(select) ?? []).map(({ expression }) => expression),
    ];
    for (const { node, isNested } of outsideAggregates(shown)) {
      const own = named.get(node);
      const key = own === undefined ? undefined : keys.get(own.key);
      if (own === undefined || key === undefined || key.has(own.called)) continue;
      if (isNested || !own.canBeNamed)
        throw new NotWrappable(
          `the column ${own.column.name} cannot be taken from its group here`,
          own.node.at,
        );
      carried.add(own.node);
    }
  }
  return carried;
}

/** What a SELECT is grouped by, of guarded columns: under which of their names. */
function keysOf(
  { groupBy }: BoundSelect,
  named: ReadonlyMap<AnyBoundNode, Named>,
): ReadonlyMap<string, ReadonlySet<string>> {
  const keys = new Map<string, Set<string>>();
  for (const key of groupBy ?? []) {
    const parts = key.kind === 'column' ? [key] : [...walkBound(key, OWN_TEXT)];
    for (const part of parts) {
      const own = named.get(part);
      if (own === undefined) continue;
      // In grouping sets, and inside of other keys, a name is part of something that would have to be carried as a whole.
      if (key.kind !== 'column' && own.column.beside.length > 0)
        throw new NotWrappable(`the column ${own.column.name} is part of a key`, own.node.at);
      const known = keys.get(own.key) ?? new Set();
      keys.set(own.key, known.add(own.called));
    }
  }
  return keys;
}

function* outsideAggregates(
  expressions: readonly BoundExpression[],
): Generator<{ readonly node: AnyBoundNode; readonly isNested: boolean }> {
  const waiting = expressions.map((node): { node: AnyBoundNode; isNested: boolean } => ({
    node,
    isNested: false,
  }));
  const seen = new Set<AnyBoundNode>();
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const { node } = next;
    // An aggregate in a query inside is of that one's rows.
    if (seen.has(node) || (!next.isNested && isAggregate(node))) continue;
    seen.add(node);
    yield next;
    const isNested = next.isNested || node.kind === 'query';
    const children: AnyBoundNode[] = [];
    addBoundChildren(node, children);
    for (const child of children)
      if (!(node.kind === 'view' && child === node.view.query)) waiting.push({ node: child, isNested });
  }
}
