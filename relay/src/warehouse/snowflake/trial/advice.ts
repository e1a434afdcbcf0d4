import type { SnowflakeConfig } from '../../config.ts';

/** What to do when the account refuses the relay's credential, by Snowflake's code where it gives one. */
export function signInAdvice(kind: SnowflakeConfig['credential']['kind'], code: string | null): string {
  const known = code === null ? undefined : BY_CODE[code];
  return known ?? BY_KIND[kind];
}

const BY_CODE: Readonly<Record<string, string>> = {
  '390100': 'the user’s name or password is another one in the account',
  '390144':
    'the key that the user has in Snowflake is another one: `DESCRIBE USER` shows its fingerprint (RSA_PUBLIC_KEY_FP)',
  '390201': 'grant the configured role to the relay’s user',
  '390303':
    'the token is not one that the account’s security integration takes: look at its issuer and audience',
  '390318': 'the token has expired: have a new one made',
  '390422': 'a network policy of the account keeps the relay’s address out',
};

const BY_KIND: Readonly<Record<SnowflakeConfig['credential']['kind'], string>> = {
  keyPair:
    '`ALTER USER ... SET RSA_PUBLIC_KEY`, and look at `account` and `user`: both are part of what is signed',
  oauthClient: 'look at `tokenUrl`, `clientId` and `scope`, and at the account’s external OAuth integration',
  workloadIdentity: 'look at the user’s WORKLOAD_IDENTITY: issuer, subject and audience must be the token’s',
  accessToken:
    'the token must be the user’s, not expired, and for the configured role; it needs a network policy',
  password: 'look at the user’s name and password; users of TYPE = SERVICE have none',
};
