/** What of the access page its address holds. */
export interface AccessSearch {
  readonly tab?: AccessTab;
  /** An identity id; without one, whoever looks. */
  readonly person?: string;
  /** Separated by commas, in place of a person. */
  readonly groups?: string;
  /** `DATABASE.SCHEMA.NAME`: who gets what of it. Empty: one is to be named. */
  readonly table?: string;
}

export const ACCESS_TABS = ['who', 'grants', 'revocations', 'devices'] as const;
export type AccessTab = (typeof ACCESS_TABS)[number];

export function accessSearch(search: Readonly<Record<string, unknown>>): AccessSearch {
  const tab = ACCESS_TABS.find((one) => one === search['tab']);
  const text = (name: 'person' | 'groups' | 'table') =>
    typeof search[name] === 'string' ? { [name]: search[name] } : {};
  return { ...(tab === undefined ? {} : { tab }), ...text('person'), ...text('groups'), ...text('table') };
}
