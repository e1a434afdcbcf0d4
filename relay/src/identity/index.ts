export type { Identity, IdentityId } from './identity.ts';
export { identityId } from './identity.ts';
export { createAuthenticator, type Authenticate, type AuthenticatorOptions } from './authenticator.ts';
export { identityConfig, type IdentityConfig } from './identity-config.ts';
export {
  createRelayIssuer,
  type MintedToken,
  type RelayIssuer,
  type RelayIssuerOptions,
  relayKeysFromFile,
} from './relay-issuer.ts';
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
export { createSamlSignIn, type SamlSignIn, type SamlSignInOptions } from './saml/saml-sign-in.ts';
export { messagePage } from './page.ts';
export { isLoopback, issuerUrl, publicUrl } from './safe-url.ts';
