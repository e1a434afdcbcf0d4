export type { Identity, IdentityId, PersonNames } from './identity.ts';
export { identityId, readIdentityId } from './identity.ts';
export { sameAccount, sameness, type Sameness, UNCLEAR_ADVICE } from './person.ts';
export { cannotDecide, mustDecide, mustRun } from './token-use.ts';
export { signInProblem, type SignInTerms } from './sign-in.ts';
export { mailbox } from './mailbox.ts';
export { type KnownPerson, signInsSeen, type SignInSeen } from './known-people.ts';
export { createAuthenticator, type Authenticate, type AuthenticatorOptions } from './authenticator.ts';
export { identityConfig, type IdentityConfig } from './identity-config.ts';
export {
  createRelayIssuer,
  DECIDING_SCOPE,
  type MintedToken,
  type RelayIssuer,
  type RelayIssuerOptions,
  relayKeysFromFile,
} from './relay-issuer.ts';
export { createRevocations, fromWireTarget, type Revocations, toWireTarget } from './revocations.ts';
export type * from './revocation.ts';
export type * from './ports.ts';
export { samlPersonNames } from './saml/saml-config.ts';
export { createSamlSignIn, type SamlSignIn, type SamlSignInOptions } from './saml/saml-sign-in.ts';
export { escape, messagePage, page } from './page.ts';
export { isLoopback, issuerUrl, publicUrl } from './safe-url.ts';
export { createClientDocuments } from './programs/client-documents.ts';
export { createIssuerClient } from './programs/issuer-client.ts';
export { createProgramSignIn, type ProgramSignIn } from './programs/program-sign-in.ts';
