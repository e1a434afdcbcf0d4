import type { ObjectName } from '@sluice/snowflake-sql';
import type { DecisionContext } from './context.ts';
import type { ObjectCondition, Policy, Rule } from './policy.ts';
import { whoMatches } from './who.ts';

/**
 * Whether some rule lets this person do anything with an object: look at it, use it, or ask people about it. Of any
 * other object they are told what they would be told if it were not there.
 */
export function mayKnowOf(policy: Policy, context: DecisionContext, name: ObjectName): boolean {
  return policy.rules.some(
    (rule) =>
      rule.effect !== 'block' &&
      speaksOf(rule, name) &&
      // Whatever the statement: what may be shown by one kind is no secret in another.
      whoMatches({ ...rule.who, kinds: () => true }, policy, context, {
        kind: { family: 'query', name: 'select' },
      }),
  );
}

function speaksOf({ who, what }: Rule, name: ObjectName): boolean {
  if (what.objects !== undefined) return what.objects.some((condition) => namesIt(condition, name));
  return who.kinds === undefined || SHOWING.some(who.kinds);
}

/** Kinds of statements that show what is there when a rule lets them through whatever they are on. */
const SHOWING = ['query', 'select', 'show', 'describe', 'dml', 'copy'];

function namesIt({ names }: ObjectCondition, name: ObjectName): boolean {
  return names.some((matches) => matches(name));
}
