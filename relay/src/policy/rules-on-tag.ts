import type { ObjectName } from '@sluice/snowflake-sql';
import type { DecisionContext } from './context.ts';
import { appliesTo } from './masks.ts';
import type { Policy } from './policy.ts';
import { whoMatches } from './who.ts';

/**
 * The rules that say how a tag of an object's columns looks to somebody who selects from it: those that mask it for them,
 * or else those that show it as it is. None: it is masked as for everybody.
 */
export function rulesOnTag(
  policy: Policy,
  context: DecisionContext,
  tag: string,
  object: ObjectName,
): readonly string[] {
  const column = { object, column: '' };
  const rules = policy.rules.filter(
    (rule) => appliesTo(rule, column) && whoMatches(rule.who, policy, context, SELECT),
  );
  const masking = rules.filter((rule) => rule.effect === 'mask' && rule.masks.has(tag));
  const revealing = rules.filter((rule) => rule.effect === 'allow' && rule.reveals(tag));
  return (masking.length > 0 ? masking : revealing).map(({ name }) => name);
}

const SELECT = { kind: { family: 'query', name: 'select' } } as const;
