import type { ObjectAccess, ObjectType, StatementKind } from '@sluice/snowflake-sql';
import { covers } from './aspects.ts';
import type { DecisionContext } from './context.ts';
import type { SchemaPlace } from './patterns.ts';
import type { Policy } from './policy.ts';
import { whoMatches } from './who.ts';

export interface Wanted {
  readonly kind: StatementKind;
  readonly access: ObjectAccess;
  readonly type: ObjectType;
}

/**
 * A schema where a rule gives these people, by its name, what they were refused elsewhere, and nobody is asked: what a
 * refusal can point to. Null where there is none.
 */
export function ownSchema(policy: Policy, context: DecisionContext, wanted: Wanted): SchemaPlace | null {
  const { kind, access, type } = wanted;
  const range = { start: 0, end: 0 };
  const rules = policy.rules.filter(({ who }) => whoMatches(who, policy, context, { kind }));
  const isGiven = ({ database, schema }: SchemaPlace) => {
    const name = { database, schema, name: 'ANY_NAME' };
    const aspect = { type: 'object', use: { type, name, access, range }, range } as const;
    const meant = rules.filter(({ what }) => what.objects !== undefined && covers(what, aspect));
    return (
      meant.some(({ effect }) => effect === 'allow') &&
      meant.every(({ effect }) => effect !== 'ask' && effect !== 'block')
    );
  };
  return schemasOf(policy).find(isGiven) ?? null;
}

/** Those that the policy names as a whole. */
function schemasOf({ rules }: Policy): readonly SchemaPlace[] {
  return rules.flatMap(({ what }) =>
    (what.objects ?? []).flatMap(({ names }) => names.flatMap(({ wholeSchema }) => wholeSchema ?? [])),
  );
}
