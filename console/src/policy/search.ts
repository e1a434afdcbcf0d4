/** What of the policy page its address holds. */
export interface PolicySearch {
  readonly tab?: PolicyTab;
}

export const POLICY_TABS = ['rules', 'coverage', 'draft'] as const;
export type PolicyTab = (typeof POLICY_TABS)[number];

export function policySearch(search: Readonly<Record<string, unknown>>): PolicySearch {
  const tab = POLICY_TABS.find((one) => one === search['tab']);
  return tab === undefined ? {} : { tab };
}
