import type { AccountConfig } from '../config.ts';
import type { Credential } from './credential.ts';
import { keyPair } from './key-pair.ts';
import { accessToken, password, workloadIdentity } from './kept-secrets.ts';
import { oauthClient } from './oauth-client.ts';

/** The credential that the configuration names; nothing is read yet. */
export function credentialOf({ account, credential }: AccountConfig, now: () => number): Credential {
  switch (credential.kind) {
    case 'keyPair':
      return keyPair({ ...credential, account, now });
    case 'oauthClient':
      return oauthClient({ ...credential, now });
    case 'workloadIdentity':
      return workloadIdentity(credential);
    case 'accessToken':
      return accessToken(credential);
    case 'password':
      return password(credential);
    default:
      return credential satisfies never;
  }
}
