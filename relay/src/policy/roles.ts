import type { Identity } from '../identity/index.ts';
import type { Policy } from './policy.ts';

/** Which Snowflake roles a person's groups map to, and the one that a new session gets. */
export interface AllowedRoles {
  readonly roles: ReadonlySet<string>;
  readonly default: string | null;
}

/** `null` when the policy maps no roles: then none may be chosen. */
export function rolesOf(policy: Policy, identity: Pick<Identity, 'groups'>): AllowedRoles | null {
  if (policy.roles === null) return null;
  const mine = policy.roles.filter(({ groups }) => identity.groups.some(groups));
  return {
    roles: new Set(mine.flatMap(({ roles }) => roles)),
    default: mine.find((mapping) => mapping.default !== null)?.default ?? mine[0]?.roles[0] ?? null,
  };
}
