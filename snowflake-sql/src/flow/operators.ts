import type { BoundBinary, BoundUnary } from '../bound/index.ts';
import { expressionFlow, madeOf } from './expressions.ts';
import { conversion, eachFailing, growing } from './failing.ts';
import { isNumber, type Kind } from './kinds.ts';
import { joined } from './rope.ts';
import type { ExpressionFlow, Flow } from './state.ts';

/** Arithmetic can overflow or divide by zero; concatenating a few texts and changing a sign cannot fail. */
export function operatorFlow(flow: Flow, expression: BoundUnary | BoundBinary): ExpressionFlow {
  if (expression.kind === 'unary') {
    const operand = expressionFlow(flow, expression.operand);
    const kind = isNumber(operand.kind) ? operand.kind : 'number';
    return madeOf(flow, [operand], kind, conversion(flow, operand, 'number', expression.at));
  }
  const { operators, at } = expression;
  const operands = expression.operands.map((operand) => expressionFlow(flow, operand));
  if (operators.every((operator) => operator === '||')) {
    const conversions = operands.map((operand) => conversion(flow, operand, 'text', at));
    const grown = growing(flow, expression, operands, '||');
    return madeOf(flow, operands, 'text', joined([...conversions, grown]));
  }
  return madeOf(
    flow,
    operands,
    calculatedKind(expression, operands),
    eachFailing(flow, operands, at, 'a calculation'),
  );
}

/** Numbers give a number; a time and a number give a time, and the difference of two times is a number. */
function calculatedKind({ operators }: BoundBinary, operands: readonly ExpressionFlow[]): Kind {
  const kinds = operands.map(({ kind }) => kind);
  if (operators.includes('||')) return 'unknown';
  const first = kinds[0] ?? 'unknown';
  if (kinds.every((kind) => isNumber(kind) || kind === 'quoted') && kinds.some(isNumber)) return 'number';
  if (first === 'time' && kinds.slice(1).every(isNumber)) return 'time';
  return first === 'time' && kinds.length === 2 && kinds[1] === 'time' ? 'number' : 'unknown';
}
