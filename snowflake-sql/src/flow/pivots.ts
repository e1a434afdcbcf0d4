import type { BoundExpression, BoundMatchRecognize, BoundPivot, BoundUnpivot } from '../bound/index.ts';
import { conditionTells, expressionFlow, outputFlow, usedTells } from './expressions.ts';
import { together } from './failing.ts';
import { fromTells } from './from.ts';
import { groupedTells } from './keys.ts';
import { derived, isColumn, opaque, union } from './origin.ts';
import { subqueryFlow } from './queries.ts';
import { joined } from './rope.ts';
import { type ExpressionFlow, type Flow, relation, type RelationFlow } from './state.ts';
import { used } from './tells.ts';

/** The remaining columns, then one for each value and aggregate, derived from the aggregates and the pivoted column. */
export function pivotFlow(flow: Flow, pivot: BoundPivot): RelationFlow {
  const { at, values, valuesQuery, defaultOnNull } = pivot;
  const input = fromTells(flow, pivot.input);
  const kept = each(flow, pivot.kept);
  const by = expressionFlow(flow, pivot.by);
  const made = pivot.aggregates.map((output) => outputFlow(flow, output));
  const listed = each(flow, values ?? []);
  const chosen = valuesQuery === null ? [] : [subqueryFlow(flow, valuesQuery)];
  const extra = each(flow, defaultOnNull === null ? [] : [defaultOnNull]);
  const cells = made.map((aggregate) => ({
    value: union(flow.budget, [
      derived(flow.budget, 'aggregate', [aggregate.value, by.value]),
      ...extra.map(({ value }) => value),
    ]),
    ...together(flow, [aggregate, ...extra], at),
  }));
  const rows = joined([
    input,
    ...[...kept, by, ...made, ...listed, ...chosen, ...extra].map(({ tells }) => tells),
    ...cells.map(({ tells }) => tells),
    groupedTells(
      flow,
      kept.map(({ value }, index) => ({ expression: pivot.kept[index]!, value })),
      'PIVOT',
      at,
    ),
    // The column is compared with each of the listed values; without a list, its values become column names.
    used(flow, by.value, values === null ? 'compare' : 'equal', at, 'PIVOT'),
    ...[...listed, ...chosen].map(({ value }) => used(flow, value, 'compare', at)),
    together(flow, [by, ...listed, ...chosen], at).tells,
  ]);
  // With ANY, the columns cannot be referred to by name.
  if (values === null) flow.account.kept.push(...cells.map(({ value }) => value.references));
  const open = values === null ? opaque('the columns that PIVOT derives from values', at) : pivot.open;
  return relation(flow, [...kept, ...(values ?? []).flatMap(() => cells)], rows, open);
}

/** The remaining columns, the name of the unpivoted column, and its value. Rows whose value is NULL are left out. */
export function unpivotFlow(flow: Flow, unpivot: BoundUnpivot): RelationFlow {
  const { at, includeNulls, open } = unpivot;
  const { budget } = flow;
  const input = fromTells(flow, unpivot.input);
  const kept = each(flow, unpivot.kept);
  const taken = each(
    flow,
    unpivot.taken.map(({ column }) => column),
  );
  const values = taken.map(({ value }) => value);
  const common = together(flow, taken, at);
  const named = values.map((value) => derived(budget, isColumn(value) ? 'counted' : 'expression', [value]));
  const rows = joined([
    input,
    ...[...kept, ...taken].map(({ tells }) => tells),
    common.tells,
    ...(includeNulls
      ? []
      : values.map((value) => used(flow, value, isColumn(value) ? 'condition' : 'compare', at))),
  ]);
  return relation(
    flow,
    [
      ...kept,
      { value: union(budget, includeNulls ? [] : named), kind: 'text' },
      { value: union(budget, values), kind: common.kind },
    ],
    rows,
    open,
  );
}

/**
 * The measures, beside the partition's columns or all of the row's. Which rows match reveals something about their
 * values.
 */
export function matchRecognizeFlow(flow: Flow, node: BoundMatchRecognize): RelationFlow {
  const input = fromTells(flow, node.input);
  const kept = each(flow, node.kept);
  const measures = node.measures.map((output) => outputFlow(flow, output));
  const rows = joined([
    input,
    ...[...kept, ...measures].map(({ tells }) => tells),
    ...node.define.map((condition) => conditionTells(flow, condition)),
    usedTells(flow, [...node.partitionBy, ...node.orderBy.map(({ expression }) => expression)], 'window'),
  ]);
  const measured = measures.map(({ value, kind }) => ({
    value: derived(flow.budget, 'expression', [value]),
    kind,
  }));
  return relation(flow, [...kept, ...measured], rows, node.open);
}

function each(flow: Flow, expressions: readonly BoundExpression[]): readonly ExpressionFlow[] {
  return expressions.map((expression) => expressionFlow(flow, expression));
}
