import { z } from 'zod';
import { issuerUrl } from '../../../identity/index.ts';
import { secretAt, secretSource } from '../../../secret-source.ts';

const user = z.string().min(1);

/** How the relay signs in to the account. Secrets stand in files or in the environment, and are read at each sign-in. */
const credentialConfig = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('keyPair'),
    user,
    /** PEM: PKCS #8, encrypted or not, or PKCS #1. RSA of 2,048 bits or more. */
    key: secretSource,
    passphrase: secretSource.nullable().default(null),
  }),
  z.strictObject({
    kind: z.literal('oauthClient'),
    /** The Snowflake user, where the account's integration does not take it from the token. */
    user: user.nullable().default(null),
    tokenUrl: issuerUrl,
    clientId: z.string().min(1),
    clientSecret: secretSource,
    scope: z.string().nullable().default(null),
    /** Some issuers take the secret in the body only. */
    sendSecretIn: z.enum(['header', 'body']).default('header'),
  }),
  /** OpenID Connect: a file that the platform renews, such as a projected service-account token. */
  z.strictObject({ kind: z.literal('workloadIdentity'), tokenFile: z.string().min(1) }),
  z.strictObject({ kind: z.literal('accessToken'), user, token: secretSource }),
  z.strictObject({ kind: z.literal('password'), user, password: secretSource }),
]);

export type CredentialConfig = z.output<typeof credentialConfig>;

/** A host, or all hosts under one: `*.s3.us-west-2.amazonaws.com`. */
const hostPattern = z
  .string()
  .regex(/^(?:\*\.)?[a-z0-9-]+(?:\.[a-z0-9-]+)+$/, 'expected a host, or `*.` and a domain, in lower case');

const proxyUrl = z
  .url({ protocol: /^https?$/ })
  .refine(
    (text) => URL.parse(text)?.username === '' && URL.parse(text)?.password === '',
    'a name and password for the proxy belong into HTTPS_PROXY, in the environment',
  );

/** The Snowflake account behind the relay: where it is, and who the relay is there. */
export const accountConfig = z.strictObject({
  /** `myorg-myaccount`, or a locator with its region: what drivers call the account. */
  account: z
    .string()
    .regex(/^[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)*$/, 'expected an account, such as `myorg-myaccount`'),
  /** Where it is, if not at `https://ACCOUNT.snowflakecomputing.com`: for private links and tests. */
  url: issuerUrl
    .refine((text) => {
      const url = URL.parse(text);
      return url !== null && url.pathname === '/' && url.search === '' && url.username === '';
    }, 'give it without a path')
    .nullable()
    .default(null),
  credential: credentialConfig,
  /** The HTTP proxy on the way there; null: as HTTPS_PROXY and HTTP_PROXY say; false: none, whatever they say. */
  proxy: z
    .union([z.literal(false), proxyUrl])
    .nullable()
    .default(null),
  /** Hosts, or domains with all hosts in them, that are reached without it. */
  noProxy: z.array(z.string().regex(/^[^\s,]+$/)).default([]),
  /** Sessions that are signed in ahead, for each role and place that sessions are opened for. */
  warm: z.int().min(0).max(100).default(2),
  /** Where links to parts of results may lead; by default to any host with a name, over https. */
  resultHosts: z.array(hostPattern).min(1).nullable().default(null),
});

export type AccountConfig = z.output<typeof accountConfig>;

/** The same with its paths resolved: `at` says where a path of the configuration file leads. */
export function accountAt(config: AccountConfig, at: (path: string) => string): AccountConfig {
  return { ...config, credential: credentialAt(config.credential, at) };
}

function credentialAt(credential: CredentialConfig, at: (path: string) => string): CredentialConfig {
  switch (credential.kind) {
    case 'keyPair': {
      const { key, passphrase } = credential;
      return {
        ...credential,
        key: secretAt(key, at),
        passphrase: passphrase && secretAt(passphrase, at),
      };
    }
    case 'oauthClient':
      return { ...credential, clientSecret: secretAt(credential.clientSecret, at) };
    case 'workloadIdentity':
      return { ...credential, tokenFile: at(credential.tokenFile) };
    case 'accessToken':
      return { ...credential, token: secretAt(credential.token, at) };
    case 'password':
      return { ...credential, password: secretAt(credential.password, at) };
    default:
      return credential satisfies never;
  }
}

/** Where the account is: an origin. */
export function accountUrl({ account, url }: AccountConfig): string {
  if (url !== null) return new URL(url).origin;
  // A name with an underscore is no host name: Snowflake has each such account under hyphens, too.
  return `https://${account.toLowerCase().replaceAll('_', '-')}.snowflakecomputing.com`;
}
