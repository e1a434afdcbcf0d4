import type {
  BoundBetween,
  BoundComparison,
  BoundDistinctFrom,
  BoundExpression,
  BoundInList,
  BoundInQuery,
  BoundIs,
  BoundLike,
  BoundQuantified,
} from '../bound/index.ts';
import { expressionFlow, madeOf } from './expressions.ts';
import { conversion, eachFailing, together } from './failing.ts';
import { derived, isColumn, isGiven, isWhole, type Origin } from './origin.ts';
import { subqueryFlow } from './queries.ts';
import { joined } from './rope.ts';
import type { ExpressionFlow, Flow } from './state.ts';
import { asking, used } from './tells.ts';

/**
 * How an equality uses its operands. Compared with a constant, it tells those who already know the value that it
 * occurs; between two columns, it tells that their values are equal. Both are weaker than any other comparison, and
 * hold only for whole values.
 */
export function equality(left: Origin, right: Origin): 'equal' | 'join' | 'compare' {
  if (!isWhole(left) || !isWhole(right)) return 'compare';
  return isGiven(left) || isGiven(right) ? 'equal' : 'join';
}

export function comparisonFlow(flow: Flow, comparison: BoundComparison | BoundDistinctFrom): ExpressionFlow {
  const { at } = comparison;
  const left = expressionFlow(flow, comparison.left);
  const right = expressionFlow(flow, comparison.right);
  const isEqual = comparison.kind === 'comparison' && comparison.operator === '=';
  const as = isEqual ? equality(left.value, right.value) : 'compare';
  const by = comparison.kind === 'comparison' ? comparison.operator : 'IS DISTINCT FROM';
  return {
    ...madeOf(flow, [left, right], 'boolean', together(flow, [left, right], at, by).tells),
    asked: joined([asking(left.value, as, at, by), asking(right.value, as, at, by)]),
  };
}

export function quantifiedFlow(
  flow: Flow,
  { left, right, operator, quantifier, at }: BoundQuantified,
): ExpressionFlow {
  const parts = [expressionFlow(flow, left), expressionFlow(flow, right)];
  return compared(flow, parts, at, `${operator} ${quantifier}`);
}

export function betweenFlow(flow: Flow, { operand, low, high, at }: BoundBetween): ExpressionFlow {
  const parts = [operand, low, high].map((part) => expressionFlow(flow, part));
  return inOrder(flow, compared(flow, parts, at, 'BETWEEN'), parts, at, 'BETWEEN');
}

export function inListFlow(flow: Flow, { operand, list, at }: BoundInList): ExpressionFlow {
  const one = expressionFlow(flow, operand);
  const listed = list.map((item) => expressionFlow(flow, item));
  const isEqual = isWhole(one.value) && listed.every(({ value }) => isGiven(value));
  const parts = [one, ...listed];
  const made = inOrder(flow, compared(flow, parts, at, 'IN'), parts, at, 'IN');
  return { ...made, asked: asking(made.value, isEqual ? 'equal' : 'compare', at, 'IN') };
}

export function inQueryFlow(flow: Flow, { operand, query, at }: BoundInQuery): ExpressionFlow {
  const one = expressionFlow(flow, operand);
  const other = subqueryFlow(flow, query);
  const as = equality(one.value, other.value);
  return {
    ...compared(flow, [one, other], at, 'IN'),
    asked: joined([asking(one.value, as, at, 'IN'), asking(other.value, as, at, 'IN')]),
  };
}

/**
 * LIKE can fail only through ESCAPE, if a value leads to an escape character that escapes nothing. Regular expressions
 * fail because of the pattern, if there is a value to match; a literal pattern is checked before the statement runs.
 */
export function likeFlow(flow: Flow, like: BoundLike): ExpressionFlow {
  const { at } = like;
  const operand = expressionFlow(flow, like.operand);
  const patterns = like.patterns.map((pattern) => expressionFlow(flow, pattern));
  const escapes = like.escape === null ? [] : [expressionFlow(flow, like.escape)];
  const all = [operand, ...patterns, ...escapes];
  const isSafe =
    like.operator === 'LIKE' || like.operator === 'ILIKE'
      ? like.escape === null || like.patterns.every((pattern) => isEscaped(pattern, like.escape))
      : like.patterns.every((pattern) => textOf(pattern) !== null);
  const made = madeOf(
    flow,
    all,
    'boolean',
    joined([
      ...all.map((part) => conversion(flow, part, 'text', at, like.operator)),
      isSafe ? null : eachFailing(flow, all, at, like.operator),
    ]),
  );
  return { ...made, asked: asking(made.value, 'compare', at, like.operator) };
}

/** Whether a pattern escapes only characters that have a meaning in patterns. */
function isEscaped(pattern: BoundExpression, escape: BoundExpression | null): boolean {
  const [text, by] = [textOf(pattern), textOf(escape)];
  if (text === null || by === null || by.length !== 1) return false;
  for (let at = text.indexOf(by); at !== -1; at = text.indexOf(by, at + 2)) {
    const next = text[at + 1];
    if (next !== '%' && next !== '_' && next !== by) return false;
  }
  return true;
}

function textOf(expression: BoundExpression | null): string | null {
  return expression?.kind === 'literal' && expression.value.kind === 'string' ? expression.value.value : null;
}

/** Whether a value is NULL reveals nothing about it if it is a column's own value. */
export function isFlow(flow: Flow, { test, operand, at }: BoundIs): ExpressionFlow {
  const tested = expressionFlow(flow, operand);
  if (test === 'NULL') return nullTest(flow, tested, at);
  const converted = conversion(flow, tested, 'boolean', at);
  if (test !== 'UNKNOWN') return madeOf(flow, [tested], 'boolean', converted);
  const made = nullTest(flow, tested, at);
  return { ...made, tells: joined([made.tells, converted]) };
}

export function nullTest(flow: Flow, tested: ExpressionFlow, at: BoundIs['at']): ExpressionFlow {
  const whole = isColumn(tested.value);
  return {
    value: derived(flow.budget, whole ? 'counted' : 'expression', [tested.value]),
    kind: 'boolean',
    tells: tested.tells,
    asked: asking(tested.value, whole ? 'condition' : 'compare', at, 'IS NULL'),
  };
}

function compared(
  flow: Flow,
  parts: readonly ExpressionFlow[],
  at: BoundIs['at'],
  by: string,
): ExpressionFlow {
  const made = madeOf(flow, parts, 'boolean', together(flow, parts, at, by).tells);
  return { ...made, asked: asking(made.value, 'compare', at, by) };
}

/**
 * BETWEEN and IN stand for comparisons joined by AND and OR: the first one may decide whether what comes later is
 * evaluated, which shows where that may fail.
 */
function inOrder(
  flow: Flow,
  made: ExpressionFlow,
  parts: readonly ExpressionFlow[],
  at: BoundIs['at'],
  by: string,
): ExpressionFlow {
  const last = parts.findLastIndex(({ tells }) => tells !== null);
  if (last < 2) return made;
  const deciding = parts.slice(0, last).map(({ value }) => used(flow, value, 'compare', at, by));
  return { ...made, tells: joined([made.tells, ...deciding]) };
}
