import type { IdentitySummary } from '@sluice/contract';
import type { Identity } from '../identity/index.ts';

/** Issuers whose subjects are the same people: a company's OIDC and SAML sign-in, say. */
export type LinkedIssuers = readonly (readonly string[])[];

/**
 * Whether two identities are one person, as far as can be known: the same identity, the same e-mail
 * address, or the same subject at linked issuers. Errs towards yes: a person with two accounts must not
 * approve their own request, nor count twice.
 */
export function samePerson(one: Identity, other: Identity, linked: LinkedIssuers): boolean {
  if (one.id === other.id) return true;
  if (one.email !== null && other.email !== null && mailbox(one.email) === mailbox(other.email)) return true;
  return (
    one.subject === other.subject &&
    linked.some((issuers) => issuers.includes(one.issuer) && issuers.includes(other.issuer))
  );
}

/** `Ada+test@Example.com` is delivered to `ada@example.com`. */
function mailbox(email: string): string {
  const [local = '', domain = ''] = email.normalize('NFKC').trim().toLowerCase().split('@');
  return `${local.split('+')[0]}@${domain}`;
}

/** Whether somebody is in at least one of the groups. */
export function isMember(identity: Identity, groups: readonly string[]): boolean {
  return identity.groups.some((group) => groups.includes(group));
}

/** What the record and approvers get to know of somebody. */
export function summaryOf(identity: Identity): IdentitySummary {
  const { id, issuer, subject, name, groups, kind } = identity;
  return { id, issuer, subject, name, groups: [...groups], kind };
}
