import type { Tree } from '@sluice/snowflake-sql';
import type { BoundExpression } from '@sluice/snowflake-sql/execution';
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
  const [first, ...rest] = operands.map((operand) => asNumber(place, operand));
  return rest.reduce((left, right, index) => {
    const operator = operators[index]!;
    return operator === '/' || operator === '%'
      ? divide(place, left, operator, right)
      : `(${left} ${operator} ${right})`;
  }, first!);
}

export function divide({ rendering }: Place, left: string, operator: '/' | '%', right: string): string {
  if (/^\d+$/.test(right) && !/^0+$/.test(right)) return `(${left} ${operator} ${right})`;
  return once(
    rendering,
    [left, right],
    (a, b) => `CASE WHEN ${b} = 0 THEN error('Division by zero') ELSE ${a} ${operator} ${b} END`,
  );
}
