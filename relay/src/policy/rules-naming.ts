import type { ObjectName } from '@sluice/snowflake-sql';
import type { Policy } from './policy.ts';

/** The rules that name a table or view, themselves or by a pattern, whoever they are for. */
export function rulesNaming(policy: Policy, name: ObjectName): readonly string[] {
  return policy.rules
    .filter(({ what }) => what.objects?.some(({ names }) => names.some((pattern) => pattern(name))))
    .map((rule) => rule.name);
}
