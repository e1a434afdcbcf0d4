import type { ObjectName } from '@sluice/snowflake-sql';
import type { DecisionContext } from './context.ts';
import type { CatalogPlace, ObjectPattern } from './patterns.ts';
import type { Policy, Rule } from './policy.ts';
import { whoMatches } from './who.ts';

/**
 * Whether some rule lets this person do anything with an object: look at it, use it, or ask people about it. Of any
 * other object they are told what they would be told if it were not there.
 */
export function mayKnowOf(policy: Policy, context: DecisionContext, name: ObjectName): boolean {
  return someRule(policy, context, (pattern) => pattern(name));
}

/** The same of a database, or one of its schemas: whether a rule lets them do anything with some object that may be in it. */
export function mayKnowOfPlace(policy: Policy, context: DecisionContext, place: CatalogPlace): boolean {
  return someRule(policy, context, (pattern) => pattern.reaches(place));
}

function someRule(
  policy: Policy,
  context: DecisionContext,
  isMeant: (pattern: ObjectPattern) => boolean,
): boolean {
  return policy.rules.some(
    (rule) =>
      rule.effect !== 'block' &&
      speaksOf(rule, isMeant) &&
      // Whatever the statement: what may be shown by one kind is no secret in another.
      whoMatches({ ...rule.who, kinds: () => true }, policy, context, {
        kind: { family: 'query', name: 'select' },
      }),
  );
}

function speaksOf({ who, what }: Rule, isMeant: (pattern: ObjectPattern) => boolean): boolean {
  if (what.objects !== undefined) return what.objects.some(({ names }) => names.some(isMeant));
  return who.kinds === undefined || SHOWING.some(who.kinds);
}

/** Kinds of statements that show what is there when a rule lets them through whatever they are on. */
const SHOWING = ['query', 'select', 'show', 'describe', 'dml', 'copy'];
