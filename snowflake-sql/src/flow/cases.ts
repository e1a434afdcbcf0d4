import type { BoundCase } from '../bound/index.ts';
import { askedOf, expressionFlow, madeOf } from './expressions.ts';
import { together } from './failing.ts';
import { joined } from './rope.ts';
import type { ExpressionFlow, Flow } from './state.ts';
import { used } from './tells.ts';

/** A CASE reveals which branch is taken not only by its value: one branch may fail where another does not. */
export function caseFlow(flow: Flow, { operand, branches, otherwise, at }: BoundCase): ExpressionFlow {
  const chosen = operand === null ? null : expressionFlow(flow, operand);
  const whens = branches.map(({ when }) => ({ at: when.at, made: expressionFlow(flow, when) }));
  const results = branches.map(({ result }) => expressionFlow(flow, result));
  if (otherwise !== null) results.push(expressionFlow(flow, otherwise));
  const choosing = [...(chosen === null ? [] : [chosen]), ...whens.map(({ made }) => made)];
  const common = together(flow, results, at, 'CASE');
  return madeOf(
    flow,
    [...choosing, ...results],
    common.kind,
    joined([
      common.tells,
      ...(chosen === null
        ? whens.map((when) => askedOf(when.made, when.at))
        : [
            together(flow, choosing, at, 'CASE').tells,
            ...choosing.map(({ value }) => used(flow, value, 'compare', at, 'CASE')),
          ]),
    ]),
  );
}
