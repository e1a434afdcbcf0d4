import type { BoundExpression, BoundGrouping, BoundOutput, BoundSelect } from '../bound/index.ts';
import type { SourceRange } from '../source-range.ts';
import type { Expression, GroupBy, Grouping, Select, SelectItem } from '../tree/query.ts';
import type { OpaquePart } from '../understanding.ts';
import { type Binder, noteOpaque, opaque, placeOf, spend, visit } from './binder.ts';
import { bindExpression } from './expressions.ts';
import { bindFromItems } from './from.ts';
import { Unresolvable } from '../problem.ts';
import { bindOptional } from './queries.ts';
import { type Ctes, newScope, type Scope } from './scope.ts';
import { expandStar } from './star.ts';

/** Binds a SELECT, and returns the scope for its ORDER BY. */
export function bindSelect(
  binder: Binder,
  parent: Scope | null,
  ctes: Ctes,
  node: Select,
): { readonly select: BoundSelect; readonly scope: Scope } {
  const scope = newScope(parent, ctes, node.connectBy !== null);
  const from = bindFromItems(binder, scope, node.from);
  if (node.into.length > 0) noteOpaque(binder, opaque('a result held in a variable', node));
  const { outputs, aggregated, open } = bindItems(binder, scope, node);
  const condition = (part: Expression | null) => bindOptional(binder, scope, part);
  const select: BoundSelect = {
    kind: 'select',
    at: placeOf(binder, node),
    distinct: node.distinct,
    from,
    outputs,
    open,
    top: bindOptional(binder, newScope(parent, ctes), node.top),
    into: node.into.length > 0,
    where: condition(node.where),
    connectBy:
      node.connectBy === null
        ? null
        : {
            startWith: condition(node.connectBy.startWith),
            condition: bindExpression(binder, scope, node.connectBy.condition),
          },
    groupBy: node.groupBy === null ? null : bindGroups(binder, scope, node.groupBy, outputs, aggregated),
    having: condition(node.having),
    qualify: condition(node.qualify),
  };
  return { select, scope };
}

interface Items {
  readonly outputs: readonly BoundOutput[];
  /** Outputs that contain an aggregate, which GROUP BY ALL omits. */
  readonly aggregated: ReadonlySet<BoundOutput>;
  readonly open: OpaquePart | null;
}

function bindItems(binder: Binder, scope: Scope, node: Select): Items {
  const outputs: BoundOutput[] = [];
  const aggregated = new Set<BoundOutput>();
  let open: OpaquePart | null = null;
  for (const item of node.items) {
    if (item.kind === 'star') {
      const expanded = expandStar(binder, scope, item);
      outputs.push(...expanded.columns);
      open ??= expanded.open;
      continue;
    }
    const before = binder.noted.aggregates;
    const output = bindItem(binder, scope, item);
    outputs.push(output);
    if (binder.noted.aggregates > before) aggregated.add(output);
    // If two items have the same alias, it refers to the first.
    const alias = item.alias?.name;
    if (alias !== undefined && !scope.aliases.has(alias)) scope.aliases.set(alias, output);
  }
  spend(binder, outputs.length);
  return { outputs, aggregated, open };
}

export function bindItem(binder: Binder, scope: Scope, item: SelectItem): BoundOutput {
  const { expression, alias } = item;
  const bound = bindExpression(binder, scope, expression);
  const at = placeOf(binder, item);
  if (alias !== null) return { name: alias.name, named: true, expression: bound, at };
  if (expression.kind === 'column')
    return { name: expression.parts.at(-1)!.name, named: true, expression: bound, at };
  const name = expression.kind === 'string' ? `'${expression.value}'` : textOf(binder, expression);
  return { name, named: false, expression: bound, at };
}

/** The name of an expression without an alias: its text in upper case. */
export function textOf({ source }: Binder, { start, end }: SourceRange): string {
  return source.slice(start, end).toUpperCase();
}

function bindGroups(
  binder: Binder,
  scope: Scope,
  groupBy: GroupBy,
  outputs: readonly BoundOutput[],
  aggregated: ReadonlySet<BoundOutput>,
): readonly BoundGrouping[] {
  const at = placeOf(binder, groupBy);
  if (groupBy.all) {
    return outputs
      .filter((output) => !aggregated.has(output))
      .map((output) => ({ kind: 'output', output, at }) as const);
  }
  const group = (item: Expression | Grouping): BoundGrouping => {
    visit(binder, item);
    if (item.kind === 'grouping') return { kind: 'grouping', type: item.type, sets: item.sets.map(group) };
    if (item.kind === 'row') {
      const items = item.items.map((one) => bindGroup(binder, scope, one, outputs));
      return { kind: 'row', items, at: placeOf(binder, item) };
    }
    if (item.kind === 'paren') return group(item.inner);
    return bindGroup(binder, scope, item, outputs);
  };
  return groupBy.items.map(group);
}

/** A number is a column of the result by position; a name is resolved by `lookUp`: a column of FROM, or else an alias. */
function bindGroup(
  binder: Binder,
  scope: Scope,
  node: Expression,
  outputs: readonly BoundOutput[],
): BoundExpression {
  if (node.kind !== 'number' || !/^\d+$/.test(node.text)) return bindExpression(binder, scope, node);
  visit(binder, node);
  const output = outputs[Number(node.text) - 1];
  if (output === undefined)
    throw new Unresolvable('column_unknown', `there is no column ${node.text} to group by`, node);
  return { kind: 'output', output, at: placeOf(binder, node) };
}
