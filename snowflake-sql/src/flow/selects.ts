import type { BoundExpression, BoundGrouping, BoundSelect } from '../bound/index.ts';
import { conditionTells, expressionFlow, outputFlow, usedTells } from './expressions.ts';
import { fromTells } from './from.ts';
import { groupedTells, hasGroupingSets } from './keys.ts';
import { opaque } from './origin.ts';
import { joined } from './rope.ts';
import { type Flow, relation, type RelationFlow } from './state.ts';
import { type Tells, unknown, used } from './tells.ts';

/** A SELECT's columns. Its rows depend on each of its clauses, and on whether its columns fail. */
export function selectFlow(flow: Flow, select: BoundSelect): RelationFlow {
  const { from, where, connectBy, having, qualify, top, open, at } = select;
  const read = from === null ? null : fromTells(flow, from);
  const outputs = select.outputs.map((output) => outputFlow(flow, output));
  const rows = joined([
    read,
    ...outputs.map(({ tells }) => tells),
    select.into ? unknown(flow, opaque('a result held in a variable', at)) : null,
    conditionTells(flow, where),
    connectBy === null ? null : conditionTells(flow, connectBy.startWith),
    connectBy === null ? null : conditionTells(flow, connectBy.condition),
    groupByTells(flow, select),
    conditionTells(flow, having),
    conditionTells(flow, qualify),
    select.distinct ? distinctTells(flow, select, outputs) : null,
    usedTells(flow, [top], 'compare'),
  ]);
  return relation(flow, outputs, rows, open);
}

function groupByTells(flow: Flow, select: BoundSelect): Tells {
  const expressions = (select.groupBy ?? []).flatMap(grouped);
  if (hasGroupingSets(select)) return usedTells(flow, expressions, 'group', 'GROUP BY');
  const made = expressions.map((expression) => ({ expression, ...expressionFlow(flow, expression) }));
  return joined([...made.map(({ tells }) => tells), groupedTells(flow, made, 'GROUP BY')]);
}

function distinctTells(
  flow: Flow,
  select: BoundSelect,
  outputs: readonly Parameters<typeof relation>[1][number][],
): Tells {
  const { at, open } = select;
  const columns = hasGroupingSets(select)
    ? outputs.map(({ value }) => used(flow, value, 'group', at, 'DISTINCT'))
    : [
        groupedTells(
          flow,
          outputs.map(({ value }, index) => ({ expression: select.outputs[index]!.expression, value })),
          'DISTINCT',
          at,
        ),
      ];
  return joined([...columns, open === null ? null : unknown(flow, open)]);
}

/** All expressions that rows are grouped by, including those in nested grouping sets and in rows. */
function grouped(grouping: BoundGrouping): readonly BoundExpression[] {
  if (grouping.kind === 'grouping') return grouping.sets.flatMap(grouped);
  return grouping.kind === 'row' ? grouping.items.flatMap(grouped) : [grouping];
}
