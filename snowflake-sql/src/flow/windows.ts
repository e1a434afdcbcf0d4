import type { BoundWindow } from '../bound/index.ts';
import { expressionFlow } from './expressions.ts';
import { eachFailing } from './failing.ts';
import { groupedTells } from './keys.ts';
import { derived, type Origin } from './origin.ts';
import { joined } from './rope.ts';
import type { Flow } from './state.ts';
import { type Tells, used } from './tells.ts';

/**
 * What a row's position in its window reveals. The columns that it is ordered by contribute to the value. Those that it
 * is partitioned by are only reported as used, like those of GROUP BY: how many rows share a value does not contain the
 * value.
 */
export function windowFlow(
  flow: Flow,
  { partitionBy, orderBy, frame, at }: BoundWindow,
): { readonly value: Origin; readonly tells: Tells } {
  const ordered = orderBy.map(({ expression }) => expressionFlow(flow, expression));
  const groups = partitionBy.map((expression) => ({ expression, ...expressionFlow(flow, expression) }));
  const bounds = [frame?.from.offset, frame?.to?.offset]
    .filter((offset) => offset != null)
    .map((offset) => expressionFlow(flow, offset));
  const placing = [...ordered, ...bounds];
  return {
    value: derived(
      flow.budget,
      'expression',
      placing.map(({ value }) => value),
    ),
    tells: joined([
      ...[...groups, ...placing].map(({ tells }) => tells),
      groupedTells(flow, groups, 'PARTITION BY', at),
      ...placing.map(({ value }) => used(flow, value, 'window', at, 'OVER')),
      // The bounds of a RANGE frame are computed, and may overflow.
      frame?.unit === 'RANGE' && bounds.length > 0 ? eachFailing(flow, [...ordered, ...bounds], at) : null,
    ]),
  };
}
