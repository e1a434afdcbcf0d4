export type { Identity, IdentityId } from './identity.ts';
export { identityId } from './identity.ts';
