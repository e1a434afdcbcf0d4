import { INTEGER } from './digits.ts';
import type { BoundCall } from '../bound/index.ts';
import type { Derivation } from '../understanding.ts';
import type { Argument } from './arguments.ts';
import { plain } from './expressions.ts';
import { derived, disregarded, isColumn, isWhole, union } from './origin.ts';
import { joined } from './rope.ts';
import type { ExpressionFlow, Flow } from './state.ts';

/**
 * A count of rows, or of non-NULL values, reveals no value. A count of distinct values does: add a guess, and see
 * whether the number grows. So does counting the non-NULL results of an expression.
 */
export function countFlow(flow: Flow, call: BoundCall, given: readonly Argument[]): ExpressionFlow {
  const tells = joined(given.map((argument) => argument.tells));
  const isOfRows = !call.distinct && given.length === 1 && isStar(given[0]!);
  const values = given.map(({ value }) => value);
  const value = isOfRows
    ? disregarded(union(flow.budget, values))
    : derived(flow.budget, countedHow(call, given), values);
  return { ...plain(value, INTEGER), tells };
}

function countedHow({ distinct }: BoundCall, given: readonly Argument[]): Derivation {
  // `COUNT(DISTINCT *)` and `COUNT(t.*)` combine all columns.
  if (given.some(({ expression }) => expression.kind === 'columns')) return 'aggregate';
  const values = given.map(({ value }) => value);
  if (distinct) return values.every(isWhole) ? 'distinct' : 'aggregate';
  return values.every(isColumn) ? 'counted' : 'aggregate';
}

function isStar({ expression }: Argument): boolean {
  return expression.kind === 'columns' && !expression.qualified;
}
