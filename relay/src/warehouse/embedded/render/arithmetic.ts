import type { Tree } from '@sluice/snowflake-sql';
import type { BoundExpression } from '@sluice/snowflake-sql/execution';
import { typesAlong } from '../types/types.ts';
import { decimal, type Fixed, type SnowflakeType } from '../types/snowflake-type.ts';
import { asNumber, asText } from './casts.ts';
import type { Place } from './expressions.ts';
import { joinTexts } from './growth.ts';
import { once } from './once.ts';

/** Left to right. Division by zero is an error, not infinity. */
export function renderArithmetic(
  operands: readonly BoundExpression[],
  operators: readonly Tree.BinaryOperator[],
  place: Place,
): string {
  if (operators.length > 0 && operators.every((operator) => operator === '||')) {
    return joinTexts(
      place,
      operands,
      operands.map((operand) => asText(place, operand)),
    );
  }
  const { types } = place.rendering;
  const along = typesAlong({ operands, operators }, types.of);
  const [first, ...rest] = operands.map((operand) => operandOf(place, operand));
  return rest.reduce((left, right, index) => {
    const operator = operators[index]!;
    const sides = [along[index]!, types.of(operands[index + 1]!)] as const;
    return renderOperator(place, operator, [left, right], sides, along[index + 1]!);
  }, first!);
}

function operandOf(place: Place, operand: BoundExpression): string {
  const text = asNumber(place, operand);
  // DuckDB computes with numbers of 32 bits where nothing else is said.
  return /^\d{1,18}$/.test(text) ? `CAST(${text} AS BIGINT)` : text;
}

function renderOperator(
  place: Place,
  operator: Tree.BinaryOperator,
  [left, right]: readonly [string, string],
  [one, other]: readonly [SnowflakeType, SnowflakeType],
  result: SnowflakeType,
): string {
  if (operator === '/') return divide(place, left, right, result);
  if (operator === '%') return remainder(place, left, right);
  if (operator === '*' && isCut(one, other, result)) {
    return `CAST(CAST(${left} AS DOUBLE) * CAST(${right} AS DOUBLE) AS ${decimal(result)})`;
  }
  if (one.kind === 'date' && other.kind === 'fixed') return `(${left} ${operator} CAST(${right} AS INTEGER))`;
  // DuckDB makes a timestamp of a date and an interval, whatever the interval.
  if (other.kind === 'interval' && result.kind === 'date')
    return `CAST(${left} ${operator} ${right} AS DATE)`;
  return `(${left} ${operator} ${right})`;
}

/** Whether a product has fewer digits after the point than DuckDB would give it. */
function isCut(one: SnowflakeType, other: SnowflakeType, result: SnowflakeType): result is Fixed {
  if (one.kind !== 'fixed' || other.kind !== 'fixed' || result.kind !== 'fixed') return false;
  return one.scale + other.scale > result.scale;
}

/** A quotient of numbers has so many digits after the point as Snowflake gives it: 1 / 3 * 3 is 0.999999. */
export function divide(place: Place, left: string, right: string, result: SnowflakeType): string {
  return divided(place, left, right, (a, b) => {
    const value = `CAST(${a} AS DOUBLE) / CAST(${b} AS DOUBLE)`;
    if (result.kind !== 'fixed') return value;
    const type = decimal({ ...result, precision: 38 });
    // A floating-point number has 15 digits that mean something: what follows would be 0.69999999999999995559 for 0.7.
    return once(
      place.rendering,
      [value],
      (x) =>
        `CASE WHEN abs(${x}) < 1e15 THEN CAST(format('{:.15g}', ${x}) AS ${type}) ELSE CAST(${x} AS ${type}) END`,
    );
  });
}

export function remainder(place: Place, left: string, right: string): string {
  return divided(place, left, right, (a, b) => `${a} % ${b}`);
}

/** An error where the divisor is zero, for which DuckDB has infinity or NULL. */
function divided(place: Place, left: string, right: string, value: (a: string, b: string) => string): string {
  if (isNotZero(right)) return `(${value(left, right)})`;
  return once(
    place.rendering,
    [left, right],
    (a, b) => `CASE WHEN ${b} = 0 THEN error('Division by zero') ELSE ${value(a, b)} END`,
  );
}

function isNotZero(text: string): boolean {
  return /^(?:CAST\()?0*[1-9]\d*(?: AS BIGINT\))?$/.test(text);
}

export function renderSigned(operator: '+' | '-', operand: BoundExpression, place: Place): string {
  return `(${operator} ${asNumber(place, operand)})`;
}
