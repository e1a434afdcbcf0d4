import {
  allowInsecureRequests,
  type ClientAuth,
  clientCredentialsGrant,
  ClientSecretBasic,
  ClientSecretPost,
  Configuration,
  customFetch,
} from 'openid-client';
import { SluiceError } from '../../../../errors.ts';
import { readSecret, type SecretSource } from '../../../../secret-source.ts';
import type { Credential } from './credential.ts';

export interface OAuthClientOptions {
  readonly user: string | null;
  readonly tokenUrl: string;
  readonly clientId: string;
  readonly clientSecret: SecretSource;
  readonly scope: string | null;
  readonly sendSecretIn: 'header' | 'body';
  readonly now: () => number;
}

/** A token is not presented any more when it is valid for less than this. Milliseconds. */
const MARGIN_MS = 60_000;

/** Of a token whose issuer does not say how long it is valid. Milliseconds. */
const ASSUMED_MS = 5 * 60_000;

const ISSUER_MS = 15_000;

/** A token that the relay gets for itself, and gets anew before it expires (RFC 6749, section 4.4). */
export function oauthClient(options: OAuthClientOptions): Credential {
  const { user, tokenUrl, clientId, scope, sendSecretIn, now } = options;
  let current: { readonly token: string; readonly until: number } | null = null;
  let getting: Promise<string> | null = null;

  const get = async () => {
    const secret = readSecret(options.clientSecret, 'the secret of the OAuth client').trimEnd();
    const auth: ClientAuth = sendSecretIn === 'header' ? ClientSecretBasic(secret) : ClientSecretPost(secret);
    const server = { issuer: new URL(tokenUrl).origin, token_endpoint: tokenUrl };
    const configuration = new Configuration(server, clientId, undefined, auth);
    configuration.timeout = ISSUER_MS / 1_000;
    // The secret goes where the configuration says, and nowhere that an answer says.
    configuration[customFetch] = (url, init) =>
      fetch(url, { ...init, redirect: 'error' } as unknown as RequestInit);
    // The configuration takes plain HTTP on the loopback interface alone.
    if (tokenUrl.startsWith('http:')) allowInsecureRequests(configuration);
    try {
      const answer = await clientCredentialsGrant(configuration, scope === null ? {} : { scope });
      const validMs = (answer.expires_in ?? ASSUMED_MS / 1_000) * 1_000;
      current = { token: answer.access_token, until: now() + validMs - Math.min(MARGIN_MS, validMs / 2) };
      return answer.access_token;
    } catch {
      throw new SluiceError(
        'warehouse_unavailable',
        'the issuer of the relay’s own token does not give one',
        {
          advice: 'the people who run the relay look at its credential: `sluice doctor --upstream`',
        },
      );
    }
  };

  return {
    name: 'OAuth client',
    async present() {
      const isGood = current !== null && current.until > now();
      const token = isGood
        ? current!.token
        : await (getting ??= get().finally(() => {
            getting = null;
          }));
      const name: Record<string, string> = user === null ? {} : { LOGIN_NAME: user };
      return { AUTHENTICATOR: 'OAUTH', ...name, TOKEN: token };
    },
    refused() {
      const had = current !== null;
      current = null;
      return had;
    },
  };
}
