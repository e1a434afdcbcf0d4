import type { BoundLambda } from '../bound/index.ts';
import { expressionFlow, madeOf } from './expressions.ts';
import type { Origin } from './origin.ts';
import type { ExpressionFlow, Flow } from './state.ts';
import { failing } from './tells.ts';

/** A lambda's parameters stand for elements of the other arguments. */
export function lambdaFlow(
  flow: Flow,
  { id, parameters, body, at }: BoundLambda,
  elements: Origin,
): ExpressionFlow {
  flow.lambdas.set(id, elements);
  const made = expressionFlow(flow, body);
  // REDUCE passes the body's result back to the body, which may do anything with it.
  const handed = parameters.length > 1 ? failing(flow, made.value, at) : null;
  return madeOf(flow, [made], made.kind, handed);
}
