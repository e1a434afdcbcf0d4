import type { Identity } from './identity.ts';

/** Whether two identities are one person, as far as that can be determined. */
export type Sameness =
  | { readonly is: 'same' }
  | { readonly is: 'different' }
  /** Why it cannot be determined: a clause that names what is missing. */
  | { readonly is: 'unclear'; readonly why: string };

/** What of an identity says whose it is. */
export type Named = Pick<Identity, 'id' | 'issuer' | 'kind' | 'person'>;

/**
 * Errs towards `same`: a person with two accounts must neither approve their own request nor count twice. One name in
 * common is enough. For `different`, every name that both issuers are configured to give has to be present and has to
 * differ; anything less is `unclear`.
 */
export function sameness(one: Named, other: Named): Sameness {
  if (one.id === other.id) return { is: 'same' };
  const shared = Object.keys(one.person).filter((name) => Object.hasOwn(other.person, name));
  const isSaid = (name: string) => one.person[name] !== null && other.person[name] !== null;
  if (shared.some((name) => isSaid(name) && one.person[name] === other.person[name])) return { is: 'same' };
  const missing = shared.find((name) => !isSaid(name));
  if (missing !== undefined) {
    const { issuer } = one.person[missing] === null ? one : other;
    return { is: 'unclear', why: `the tokens of ${issuer} carry no ${nameOf(missing)}` };
  }
  // A pipeline is nobody's account, unless its issuer is configured to say who started it.
  if (shared.length > 0 || isNobodys(one) || isNobodys(other)) return { is: 'different' };
  return {
    is: 'unclear',
    why: `nothing that ${one.issuer} says of people is comparable with what ${other.issuer} says`,
  };
}

/** What can be done about `unclear`. */
export const UNCLEAR_ADVICE =
  'have the issuer put it into its tokens, or name the claims to compare people by as its `personClaims`; `sluice doctor` says more';

/** Whether both are exactly the same account: what belongs to one account is nobody else's, however similar the names. */
export function sameAccount(
  one: Pick<Identity, 'issuer' | 'subject'>,
  other: Pick<Identity, 'issuer' | 'subject'>,
): boolean {
  return one.issuer === other.issuer && one.subject === other.subject;
}

function isNobodys({ kind, person }: Named): boolean {
  return kind === 'workload' && Object.keys(person).length === 0;
}

function nameOf(name: string): string {
  return name === 'email' ? 'verified e-mail address' : `\`${name}\``;
}
