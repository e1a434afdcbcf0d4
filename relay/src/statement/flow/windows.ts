import type { BoundWindow } from '../bound/index.ts';
import { expressionFlow } from './expressions.ts';
import { eachFailing } from './failing.ts';
import { derived, type Origin } from './origin.ts';
import { joined } from './rope.ts';
import type { Flow } from './state.ts';
import { type Tells, used } from './tells.ts';

/** What a row's place among others tells: the columns that others are chosen and ordered by. */
export function windowFlow(
  flow: Flow,
  { partitionBy, orderBy, frame, at }: BoundWindow,
): { readonly value: Origin; readonly tells: Tells } {
  const ordered = orderBy.map(({ expression }) => expressionFlow(flow, expression));
  const placing = [...partitionBy.map((expression) => expressionFlow(flow, expression)), ...ordered];
  const bounds = [frame?.from.offset, frame?.to?.offset]
    .filter((offset) => offset != null)
    .map((offset) => expressionFlow(flow, offset));
  const all = [...placing, ...bounds];
  return {
    value: derived(
      flow.budget,
      'expression',
      all.map(({ value }) => value),
    ),
    tells: joined([
      ...all.map(({ tells }) => tells),
      ...all.map(({ value }) => used(flow, value, 'window', at, 'OVER')),
      // The ends of a range are calculated, and may overflow.
      frame?.unit === 'RANGE' && bounds.length > 0 ? eachFailing(flow, [...ordered, ...bounds], at) : null,
    ]),
  };
}
