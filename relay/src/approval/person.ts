import type { IdentitySummary } from '@sluice/contract';
import type { Identity } from '../identity/index.ts';

/** Whether somebody is in at least one of the groups. */
export function isMember(identity: Identity, groups: readonly string[]): boolean {
  return identity.groups.some((group) => groups.includes(group));
}

/**
 * Whether somebody comes as one of these groups: to see what is others', and to decide on it. With a token that runs
 * SQL nobody does: it may be their agent's.
 */
export function actsAs(identity: Identity, groups: readonly string[]): boolean {
  return identity.mayDecide && isMember(identity, groups);
}

/** What the record and approvers get to know of somebody. */
export function summaryOf(identity: Identity): IdentitySummary {
  const { id, issuer, subject, name, groups, kind } = identity;
  return { id, issuer, subject, name, groups: [...groups], kind };
}

/** Whether a check that throws for whoever is out, such as `confirmIdentity`, throws for somebody. */
export function isOutBy(confirmIdentity: (identity: Identity) => void): (identity: Identity) => boolean {
  return (identity) => {
    try {
      confirmIdentity(identity);
      return false;
    } catch {
      return true;
    }
  };
}
