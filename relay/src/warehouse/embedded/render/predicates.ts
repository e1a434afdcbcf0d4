import { type Family } from '@sluice/snowflake-sql';
import {
  type BoundBetween,
  type BoundComparison,
  type BoundDistinctFrom,
  type BoundExpression,
  type BoundInList,
  type BoundInQuery,
  type BoundLike,
  type BoundQuantified,
  type BoundQuery,
  type Reading,
  readingThrough,
} from '@sluice/snowflake-sql/execution';
import { unsupported } from '../errors.ts';
import { asText } from './casts.ts';
import { type Place, renderExpression, renderPart } from './expressions.ts';
import { once } from './once.ts';
import { renderQuery } from './query.ts';
import type { Rendering } from './rendering.ts';
import type { Scope } from './scope.ts';
import { asStructured } from './structured.ts';
import { isWhole, isWholeResult } from './whole.ts';

/** A condition that rows are chosen by. */
export function renderCondition(rendering: Rendering, scope: Scope, condition: BoundExpression): string {
  return renderExpression(rendering, scope, condition, 'use');
}

/** How two values are read that are compared for being equal: where both are columns' own, a token of each serves. */
function readingOfEqual(
  { rendering, reading }: Place,
  left: BoundExpression,
  isRightWhole: boolean,
): Reading {
  const own = readingThrough(reading, 'expression');
  return own === 'use' && isRightWhole && isWhole(rendering, left) ? 'join' : own;
}

export function renderEqual(
  rendering: Rendering,
  scope: Scope,
  left: BoundExpression,
  right: BoundExpression,
): string {
  const text = [left, right].map((side) => renderExpression(rendering, scope, side, 'join'));
  return compare(rendering, [left, right], text, '=');
}

export function renderComparison({ left, right, operator }: BoundComparison, place: Place): string {
  const { rendering, scope } = place;
  const sides = [left, right];
  const reading =
    operator === '='
      ? readingOfEqual(place, left, isWhole(rendering, right))
      : readingThrough(place.reading, 'expression');
  return compare(
    rendering,
    sides,
    sides.map((one) => renderExpression(rendering, scope, one, reading)),
    operator === '!=' ? '<>' : operator,
  );
}

/** A part of a VARIANT is compared as what stands on the other side: a text, or a number. */
function compare(
  rendering: Rendering,
  sides: readonly BoundExpression[],
  given: readonly string[],
  operator: string,
): string {
  const { types } = rendering;
  const texts = given.map((text, index) => asOther(rendering, text, sides[index]!, sides[1 - index]!));
  if (texts.some((text, index) => text !== given[index])) return `(${texts.join(` ${operator} `)})`;
  const [left, right] = sides.map((one) => types.familyOf(one));
  return `(${side(texts[0]!, left!, right!)} ${operator} ${side(texts[1]!, right!, left!)})`;
}

/** A bind is a text: beside a structured value it is read as one. */
function asOther(rendering: Rendering, text: string, own: BoundExpression, other: BoundExpression): string {
  const type = rendering.types.of(other);
  const isStructured = 'structure' in type && type.structure !== undefined;
  if (own.kind !== 'bind' || !isStructured) return text;
  return asStructured(rendering, `CAST(${text} AS JSON)`, type.structure);
}

function side(text: string, own: Family, other: Family): string {
  if (own !== 'variant' || other === 'variant') return text;
  const scalar = `json_extract_string(${text}, '$')`;
  if (other === 'number') return `CAST(${scalar} AS DOUBLE)`;
  return other === 'boolean' ? `CAST(${scalar} AS BOOLEAN)` : scalar;
}

/** Operands that are compared with each other: those out of a VARIANT as what the others are. */
function comparable(place: Place, operand: BoundExpression, others: readonly BoundExpression[]): string {
  const { types } = place.rendering;
  const other = others
    .map((one) => types.familyOf(one))
    .find((family) => family !== 'variant' && family !== 'unknown');
  return side(renderPart(place, operand), types.familyOf(operand), other ?? 'variant');
}

export function renderQuantified(expression: BoundQuantified, place: Place): string {
  const { operator, quantifier, left, right } = expression;
  const sign = operator === '!=' ? '<>' : operator;
  if (right.kind === 'subquery') {
    const text = renderPart(place, left);
    return `(${text} ${sign} ${quantifier} (${subquery(right.query, place, readingThrough(place.reading, 'expression'))}))`;
  }
  if (right.kind !== 'row') throw unsupported('this form of ANY and ALL');
  place.rendering.join(right.items.length);
  const values = right.items.map((item) => comparable(place, item, [left]));
  return once(place.rendering, [comparable(place, left, right.items), ...values], (value, ...others) => {
    const tests = others.map((one) => `${value} ${sign} ${one}`);
    return `(${tests.join(quantifier === 'ALL' ? ' AND ' : ' OR ')})`;
  });
}

export function renderDistinctFrom({ left, right, negated }: BoundDistinctFrom, place: Place): string {
  return compare(
    place.rendering,
    [left, right],
    [left, right].map((one) => renderPart(place, one)),
    negated ? 'IS NOT DISTINCT FROM' : 'IS DISTINCT FROM',
  );
}

export function renderBetween({ operand, low, high, negated }: BoundBetween, place: Place): string {
  const bounds = [low, high].map((one) => comparable(place, one, [operand]));
  const value = comparable(place, operand, [low, high]);
  return `(${value} ${negated ? 'NOT ' : ''}BETWEEN ${bounds.join(' AND ')})`;
}

export function renderInList({ operand, list, negated }: BoundInList, place: Place): string {
  const items = list.map((item) => comparable(place, item, [operand]));
  return `(${comparable(place, operand, list)} ${negated ? 'NOT ' : ''}IN (${items.join(', ')}))`;
}

export function renderInQuery({ operand, query, negated }: BoundInQuery, place: Place): string {
  const { rendering, scope } = place;
  const [only, ...more] = query.columns;
  const isOne = only !== undefined && more.length === 0 && operand.kind !== 'row';
  const reading = readingOfEqual(place, operand, isOne && isWholeResult(rendering, query, 0));
  const text = renderExpression(rendering, scope, operand, reading);
  const isText = isOne && rendering.types.familyOf(operand) === 'variant';
  const value = isText ? `json_extract_string(${text}, '$')` : text;
  return `(${value} ${negated ? 'NOT ' : ''}IN (${subquery(query, place, reading)}))`;
}

function subquery(query: BoundQuery, { rendering }: Place, reading: Reading): string {
  const wanted = query.columns.map((_, index) => ({ index, reading, name: `s${index}` }));
  return renderQuery(rendering, query, wanted);
}

export function renderLike(expression: BoundLike, place: Place): string {
  const { operator, quantifier, negated } = expression;
  const escape = expression.escape === null ? '' : ` ESCAPE ${asText(place, expression.escape)}`;
  const matches = operator === 'RLIKE' || operator === 'REGEXP';
  place.rendering.join(expression.patterns.length);
  const patterns = expression.patterns.map((pattern) => asText(place, pattern));
  const test = (value = '', ...all: readonly string[]) => {
    const tests = all.map((pattern) =>
      matches ? `regexp_full_match(${value}, ${pattern})` : `${value} ${operator} ${pattern}${escape}`,
    );
    return `(${tests.join(quantifier === 'ALL' ? ' AND ' : ' OR ')})`;
  };
  const operand = asText(place, expression.operand);
  const text =
    patterns.length === 1 ? test(operand, ...patterns) : once(place.rendering, [operand, ...patterns], test);
  return negated ? `(NOT ${text})` : text;
}
