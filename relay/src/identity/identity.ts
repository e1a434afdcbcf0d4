import { folded } from '../folded.ts';

/** Who asks: what a verified OIDC token says, and nothing a client merely claims. */
export interface Identity {
  readonly id: IdentityId;
  readonly issuer: string;
  readonly subject: string;
  /** For people to read: the preferred user name, e-mail address or subject. Never decided on. */
  readonly name: string;
  /** What identifies one person across identities. */
  readonly person: PersonNames;
  readonly groups: readonly string[];
  /** A person, or a pipeline that signed in with its CI provider's token. */
  readonly kind: 'person' | 'workload';
  /** The token's `jti`, so that one token can be revoked. */
  readonly tokenId: string | null;
  /** The client that the token was given to: its `azp`, else its `client_id`; null when it names none. */
  readonly tokenClient: string | null;
  /** When the person last proved who they are (`auth_time`); null when it is not said. */
  readonly signedInAt: number | null;
  /** How they proved it (`acr`); null when it is not said. */
  readonly acr: string | null;
  /** Whether the token was requested for deciding. No agent's token is. */
  readonly mayDecide: boolean;
  /** The token's `iat` and `exp`. */
  readonly issuedAt: number;
  readonly expiresAt: number;
}

/**
 * `issuer|subject`, both folded: all spellings of a name have the same id, so that revoking or counting somebody misses
 * none of them. What belongs to an account is decided by `sameAccount`, which compares exactly.
 */
export type IdentityId = string & { readonly __brand: 'IdentityId' };

export function identityId(issuer: string, subject: string): IdentityId {
  return `${foldedIssuer(issuer)}|${folded(subject)}` as IdentityId;
}

/** An id as somebody wrote it: the issuer ends at the first `|`, which no issuer holds. */
export function readIdentityId(text: string): IdentityId {
  const end = text.indexOf('|');
  return end === -1 ? (folded(text) as IdentityId) : identityId(text.slice(0, end), text.slice(end + 1));
}

/** Scheme and host know no case; a slash at the end is the same issuer. */
function foldedIssuer(issuer: string): string {
  const href = URL.parse(issuer)?.href ?? folded(issuer);
  return href.replace(/\/+$/, '').replaceAll('|', '%7C');
}

/**
 * What names a person across issuers, by the names that the configuration gives it (`email`, `employee`, ...),
 * each folded. Null where the token did not say, though its issuer is configured to.
 */
export type PersonNames = Readonly<Record<string, string | null>>;
