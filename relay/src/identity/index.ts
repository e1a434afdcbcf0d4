export type { Identity, IdentityId } from './identity.ts';
export { identityId } from './identity.ts';
export { createAuthenticator, type Authenticate, type AuthenticatorOptions } from './authenticator.ts';
export { identityConfig, type IdentityConfig } from './identity-config.ts';
export {
  createRevocations,
  identityMigrations,
  isRevokedBy,
  type NewRevocation,
  type Revocation,
  type Revocations,
  type RevocationTarget,
} from './revocations.ts';
export { type LocalIssuer, type LocalIssuerOptions, startLocalIssuer } from './local-issuer/local-issuer.ts';
export { demoPeople, type LocalPerson } from './local-issuer/people.ts';
