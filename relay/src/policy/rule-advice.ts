import type { Understood } from '@sluice/snowflake-sql';
import { shown, type ShownText } from '../text/index.ts';
import { flowAdvice, opaqueAdvice, unresolvedAdvice, useAdvice } from './advice.ts';
import type { Aspect } from './aspects.ts';
import type { DecisionContext } from './context.ts';
import type { MaskScope } from './masks.ts';
import { functionShown, nameShown } from './names.ts';
import { kindAdvice, objectAdvice } from './object-advice.ts';
import type { Rule } from './policy.ts';

/** What to do in place of what meets a rule that blocks or asks: a form that it does not speak of. */
export function ruleAdvice(
  scope: MaskScope,
  context: DecisionContext,
  kind: Understood['kind'],
  rule: Rule,
  met: readonly Aspect[],
): ShownText {
  const [one] = met;
  if (one === undefined) return otherwise(scope, context, rule);
  switch (one.type) {
    case 'object':
      return objectAdvice(scope.policy, context, kind, one.use);
    case 'use':
      // Whoever is asked is asked about this use: to name it again would be no advice.
      return useAdvice(scope, one.use, () => false);
    case 'flow':
      return flowAdvice(one);
    case 'read':
      return shown`leave the output ${nameShown(one.output.name)} out`;
    case 'function':
      return shown`leave ${functionShown(one.use)} out`;
    case 'opaque':
      return opaqueAdvice(one);
    case 'unresolved':
      return unresolvedAdvice(one);
    case 'missing_where':
      return shown`say which rows, by a WHERE`;
    default:
      return one satisfies never;
  }
}

/** It is about who asks, when, or what kind of statement it is: nothing in the text would change that. */
function otherwise({ policy }: MaskScope, context: DecisionContext, { who }: Rule): ShownText {
  return who.during !== undefined || who.outside !== undefined
    ? shown`send it again at another time of day`
    : kindAdvice(policy, context);
}
