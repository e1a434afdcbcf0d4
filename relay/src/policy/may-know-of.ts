import type { ObjectName } from '@sluice/snowflake-sql';
import type { DecisionContext } from './context.ts';
import {
  ANY_NAME,
  type CatalogPlace,
  type NamePattern,
  type ObjectPattern,
  type SchemaPlace,
} from './patterns.ts';
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

/**
 * The names of those objects of a schema that `mayKnowOf` holds for. With these a warehouse is asked for no others, so
 * that how long it takes does not depend on how many others there are.
 */
export function knownNamesIn(
  policy: Policy,
  context: DecisionContext,
  schema: SchemaPlace,
): readonly NamePattern[] {
  return rulesFor(policy, context).flatMap((rule) => {
    if (rule.what.objects === undefined) return showsAll(rule) ? [ANY_NAME] : [];
    return rule.what.objects.flatMap(({ names }) =>
      names.flatMap((pattern) => {
        const found = pattern.namesIn(schema);
        return found === null ? [] : [found];
      }),
    );
  });
}

function someRule(
  policy: Policy,
  context: DecisionContext,
  isMeant: (pattern: ObjectPattern) => boolean,
): boolean {
  return rulesFor(policy, context).some((rule) =>
    rule.what.objects === undefined
      ? showsAll(rule)
      : rule.what.objects.some(({ names }) => names.some(isMeant)),
  );
}

/** Those that let this person do something. */
function rulesFor(policy: Policy, context: DecisionContext): readonly Rule[] {
  return policy.rules.filter(
    (rule) =>
      rule.effect !== 'block' &&
      // Whatever the statement: what may be shown by one kind is no secret in another.
      whoMatches({ ...rule.who, kinds: () => true }, policy, context, {
        kind: { family: 'query', name: 'select' },
      }),
  );
}

function showsAll({ who }: Rule): boolean {
  return who.kinds === undefined || SHOWING.some(who.kinds);
}

/** Kinds of statements that show what is there when a rule lets them through whatever they are on. */
const SHOWING = ['query', 'select', 'show', 'describe', 'dml', 'copy'];
