import { type Identity, identityId } from '../index.ts';

/** By a token from 1,000 to 2,000 seconds after the epoch. */
export const adaSignedIn: Identity = {
  id: identityId('https://id.example', 'ada'),
  issuer: 'https://id.example',
  subject: 'ada',
  name: 'Ada',
  person: {},
  groups: [],
  kind: 'person',
  tokenId: 't1',
  tokenClient: null,
  signedInAt: null,
  acr: null,
  mayDecide: false,
  issuedAt: 1_000_000,
  expiresAt: 2_000_000,
};
