/** Who asks: what a verified OIDC token says, and nothing a client merely claims. */
export interface Identity {
  readonly id: IdentityId;
  readonly issuer: string;
  readonly subject: string;
  /** For people to read: the preferred user name, e-mail address or subject. Never decided on. */
  readonly name: string;
  readonly email: string | null;
  readonly groups: readonly string[];
  /** A person, or a pipeline that signed in with its CI provider's token. */
  readonly kind: 'person' | 'workload';
  /** The token's `jti`, so that one token can be revoked. */
  readonly tokenId: string | null;
  /** The client that the token was given to: its `azp`, else its `client_id`; null when it names none. */
  readonly tokenClient: string | null;
  /** When the person last proved who they are (`auth_time`), seconds since the epoch; null when it is not said. */
  readonly signedInAt: number | null;
  /** How they proved it (`acr`); null when it is not said. */
  readonly acr: string | null;
  /** Whether the token was asked for to decide with: no agent's token is. */
  readonly mayDecide: boolean;
  /** Seconds since the epoch, from the token's `iat` and `exp`. */
  readonly issuedAt: number;
  readonly expiresAt: number;
}

/** `issuer|subject`: the same person whatever token, session or client they use. */
export type IdentityId = string & { readonly __brand: 'IdentityId' };

export function identityId(issuer: string, subject: string): IdentityId {
  return `${issuer}|${subject}` as IdentityId;
}
