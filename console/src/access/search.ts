import type { ThroughWhat } from '@sluice/contract';

/** What of the access page its address holds. */
export interface AccessSearch extends Through {
  readonly tab?: AccessTab;
  /** An identity id; without one, whoever looks. */
  readonly person?: string;
  /** Separated by commas, in place of a person. */
  readonly groups?: string;
  /** `DATABASE.SCHEMA.NAME`: who gets what of it. Empty: one is to be named. */
  readonly table?: string;
}

/** The program that they would come with; what is left out is as most come. */
export interface Through {
  readonly application?: string;
  readonly protocol?: NonNullable<ThroughWhat['protocol']>;
  readonly agent?: string;
}

export const PROTOCOLS = ['snowflake', 'mcp', 'api'] as const;

export const ACCESS_TABS = ['who', 'grants', 'revocations', 'devices'] as const;
export type AccessTab = (typeof ACCESS_TABS)[number];

export function accessSearch(search: Readonly<Record<string, unknown>>): AccessSearch {
  const tab = ACCESS_TABS.find((one) => one === search['tab']);
  const text = (name: 'person' | 'groups' | 'table') =>
    typeof search[name] === 'string' ? { [name]: search[name] } : {};
  return {
    ...(tab === undefined ? {} : { tab }),
    ...text('person'),
    ...text('groups'),
    ...text('table'),
    ...throughIn(search),
  };
}

/** Of an address, or of what was filled in, what is asked of the program. */
export function throughIn(search: Readonly<Record<string, unknown>>): Through {
  const protocol = PROTOCOLS.find((one) => one === search['protocol']);
  const text = (name: 'application' | 'agent') => {
    const value = search[name];
    return typeof value === 'string' && value.trim() !== '' ? { [name]: value.trim() } : {};
  };
  return {
    ...text('application'),
    ...(protocol === undefined || protocol === 'snowflake' ? {} : { protocol }),
    ...text('agent'),
  };
}
