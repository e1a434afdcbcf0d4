import type { Policy } from './policy.ts';

/** Of somebody's groups, those that a rule asks for; none when it asks for no group, or there is no such rule. */
export function groupsForRule(policy: Policy, rule: string, groups: readonly string[]): readonly string[] {
  const asked = policy.rules.find(({ name }) => name === rule)?.who.groups;
  return asked === undefined ? [] : groups.filter(asked);
}
