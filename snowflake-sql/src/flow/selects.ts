import type { BoundExpression, BoundGrouping, BoundSelect } from '../bound/index.ts';
import { conditionTells, outputFlow, usedTells } from './expressions.ts';
import { fromTells } from './from.ts';
import { opaque } from './origin.ts';
import { joined } from './rope.ts';
import { type Flow, relation, type RelationFlow } from './state.ts';
import { type Tells, unknown, used } from './tells.ts';

/** A SELECT's columns. Its rows depend on each of its clauses, and on whether its columns fail. */
export function selectFlow(flow: Flow, select: BoundSelect): RelationFlow {
  const { from, where, connectBy, groupBy, having, qualify, top, open, at } = select;
  const read = from === null ? null : fromTells(flow, from);
  const outputs = select.outputs.map((output) => outputFlow(flow, output));
  const rows = joined([
    read,
    ...outputs.map(({ tells }) => tells),
    select.into ? unknown(flow, opaque('a result held in a variable', at)) : null,
    conditionTells(flow, where),
    connectBy === null ? null : conditionTells(flow, connectBy.startWith),
    connectBy === null ? null : conditionTells(flow, connectBy.condition),
    usedTells(flow, (groupBy ?? []).flatMap(grouped), 'group', 'GROUP BY'),
    conditionTells(flow, having),
    conditionTells(flow, qualify),
    select.distinct ? distinctTells(flow, select, outputs) : null,
    usedTells(flow, [top], 'compare'),
  ]);
  return relation(flow, outputs, rows, open);
}

function distinctTells(
  flow: Flow,
  { at, open }: BoundSelect,
  outputs: readonly Parameters<typeof relation>[1][number][],
): Tells {
  const columns = outputs.map(({ value }) => used(flow, value, 'group', at, 'DISTINCT'));
  return joined([...columns, open === null ? null : unknown(flow, open)]);
}

/** All expressions that rows are grouped by, including those in nested grouping sets and in rows. */
function grouped(grouping: BoundGrouping): readonly BoundExpression[] {
  if (grouping.kind === 'grouping') return grouping.sets.flatMap(grouped);
  return grouping.kind === 'row' ? grouping.items.flatMap(grouped) : [grouping];
}
