import type { BoundCall, BoundExpression } from '../bound/index.ts';
import type { ArgumentRole, FunctionSignature } from '../functions/index.ts';
import { expressionFlow } from './expressions.ts';
import { lambdaFlow } from './lambdas.ts';
import { derived } from './origin.ts';
import type { ExpressionFlow, Flow } from './state.ts';

/** An argument of a call: its value, and what the function does with it. */
export interface Argument extends ExpressionFlow {
  readonly name: string | null;
  readonly place: number;
  readonly expression: BoundExpression;
  readonly role: ArgumentRole;
}

/**
 * The arguments that are values, without date parts. Lambdas come last, since their parameters are elements of the
 * other arguments.
 */
export function argumentsOf(
  flow: Flow,
  call: BoundCall,
  known: FunctionSignature | null,
): readonly Argument[] {
  const given = call.arguments.flatMap((argument, place) => {
    if (argument.kind === 'word') return [];
    const name = argument.kind === 'wrapped' && argument.how === 'named' ? argument.word : null;
    const expression = argument.kind === 'wrapped' && argument.how === 'named' ? argument.operand : argument;
    return [{ name, place, expression, role: roleOf(known, call, name, place) }];
  });
  const values = given.flatMap((argument) =>
    argument.expression.kind === 'lambda'
      ? []
      : [{ ...argument, ...expressionFlow(flow, argument.expression) }],
  );
  const elements = derived(
    flow.budget,
    'expression',
    values.map(({ value }) => value),
  );
  const lambdas = given.flatMap((argument) =>
    argument.expression.kind === 'lambda'
      ? [{ ...argument, ...lambdaFlow(flow, argument.expression, elements) }]
      : [],
  );
  return [...values, ...lambdas];
}

function roleOf(
  known: FunctionSignature | null,
  call: BoundCall,
  name: string | null,
  place: number,
): ArgumentRole {
  if (known === null) return CAUTIOUS;
  if (name !== null) return known.named.get(name) ?? CAUTIOUS;
  return known.argument(place, call.arguments.length);
}

/** Assumed if nothing is known about an argument: anything may depend on it. */
const CAUTIOUS: ArgumentRole = { takes: 'any', does: 'value', fails: true, rows: true };
