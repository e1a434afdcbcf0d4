import type { BoundCast } from '../bound/index.ts';
import { familyOfType, lengthOfText } from '../functions/index.ts';
import { expressionFlow, madeOf } from './expressions.ts';
import { castFails } from './kinds.ts';
import { isWhole, NOTHING } from './origin.ts';
import type { ExpressionFlow, Flow } from './state.ts';
import { failing } from './tells.ts';

/**
 * A VARIANT's text is the value itself. Any other cast makes something new: a cast to a shorter type cuts the
 * value, and sixteen masks of sixteen cuts show it all.
 */
export function castFlow(flow: Flow, { operand, type, style, at }: BoundCast): ExpressionFlow {
  const value = expressionFlow(flow, operand);
  const family = familyOfType(type.name);
  const isText = family === 'text' && lengthOfText(type.name, type.parameters) === null;
  const isSame = value.kind === 'variant' || value.kind === 'text' || value.kind === 'quoted';
  if (isText && isSame && isWhole(value.value)) return { ...value, kind: 'text', asked: null };
  if (value.value === NOTHING) return { ...value, kind: family };
  const fails = style !== 'TRY_CAST' && castFails(value.kind, type);
  return madeOf(flow, [value], family, fails ? failing(flow, value.value, at, `CAST to ${type.name}`) : null);
}
