import type { IdentityId } from './identity.ts';

export interface NewRevocation {
  readonly target: RevocationTarget;
  readonly reason: string;
  /** Identity id of who revoked. */
  readonly by: string;
}

export interface Revocation extends NewRevocation {
  readonly at: number;
}

export type RevocationTarget =
  | { readonly type: 'subject'; readonly identity: IdentityId }
  | { readonly type: 'token'; readonly tokenId: string }
  /** Tokens issued before an instant, of one identity, or of everybody when null. */
  | { readonly type: 'issued_before'; readonly issuedBefore: number; readonly identity: IdentityId | null };

/** As the API, the record and the store write it: `before` in whole seconds since the epoch, as tokens say theirs. */
export type WireRevocationTarget =
  | Exclude<RevocationTarget, { readonly type: 'issued_before' }>
  | { readonly type: 'issued_before'; readonly before: number; readonly identity: IdentityId | null };
