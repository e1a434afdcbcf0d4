import type { BoundCast } from '../bound/index.ts';
import { familyOfType, lengthOfText } from '../functions/index.ts';
import { expressionFlow, madeOf } from './expressions.ts';
import { castFails, columnKind, isText, kindOfType } from './kinds.ts';
import { isWhole, NOTHING } from './origin.ts';
import type { ExpressionFlow, Flow } from './state.ts';
import { failing } from './tells.ts';

/**
 * A VARIANT cast to text is still the value itself. Any other cast makes a new value: a cast to a shorter type
 * truncates, and sixteen masks of sixteen truncated values would reveal all of it.
 */
export function castFlow(flow: Flow, { operand, type, style, at }: BoundCast): ExpressionFlow {
  const value = expressionFlow(flow, operand);
  const kind = kindOfType(type.name, type.parameters);
  const family = familyOfType(type.name);
  const isLong = family === 'text' && lengthOfText(type.name, type.parameters) === null;
  const isSame = value.kind === 'variant' || isText(value.kind);
  // As long as it was.
  if (isLong && isSame && isWhole(value.value)) {
    return { ...value, kind: value.kind === 'variant' ? kind : columnKind(value.kind), asked: null };
  }
  if (value.value === NOTHING) return { ...value, kind };
  const fails = style !== 'TRY_CAST' && castFails(value.kind, type);
  return madeOf(flow, [value], kind, fails ? failing(flow, value.value, at, `CAST to ${type.name}`) : null);
}
