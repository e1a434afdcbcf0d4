import type { Configuration } from 'openid-client';
import { SluiceError } from '../../errors.ts';
import { boundedFetch } from '../bounded-fetch.ts';
import type { IdentityConfig } from '../identity-config.ts';
import { isLoopback } from '../safe-url.ts';

/** The relay as a client of the issuers where people sign in: public, with PKCE, as every program of theirs is. */
export interface IssuerClient {
  readonly issuers: readonly string[];
  /** Where to send the browser. @throws `token_invalid` for an issuer where nobody signs in, `internal` when it does not answer. */
  start(
    issuer: string,
    asked: { readonly state: string; readonly verifier: string },
    redirect: string,
  ): Promise<URL>;
  /** What the issuer gives for what it sent the browser back with. @throws `token_invalid`. */
  finish(
    issuer: string,
    came: URL,
    expected: { readonly state: string; readonly verifier: string },
  ): Promise<IssuerTokens>;
  /** The same for a refresh token of the issuer's. @throws `token_invalid` where the issuer says so, `internal` when it does not answer. */
  renew(issuer: string, refresh: string): Promise<IssuerTokens>;
}

export interface IssuerTokens {
  readonly token: string;
  /** Null where the issuer gives none. */
  readonly refresh: string | null;
}

/** An issuer that does not answer in this time counts as down. */
const TIMEOUT_MS = 10_000;

export function createIssuerClient(
  { issuers }: Pick<IdentityConfig, 'issuers'>,
  timeoutMs = TIMEOUT_MS,
): IssuerClient {
  const places = issuers.flatMap(({ issuer, signIn, claims }) =>
    signIn === null || claims.kind !== 'person' ? [] : [{ issuer, signIn }],
  );
  const discovered = new Map<string, Promise<Configuration>>();

  const placeOf = (issuer: string) => {
    const place = places.find((one) => one.issuer === issuer);
    if (place === undefined) throw refused('nobody signs in there');
    return place;
  };
  const configurationOf = async (issuer: string): Promise<Configuration> => {
    const { signIn } = placeOf(issuer);
    const known = discovered.get(issuer) ?? discover(issuer, signIn.clientId, timeoutMs);
    discovered.set(issuer, known);
    try {
      return await known;
    } catch (cause) {
      discovered.delete(issuer);
      throw unanswered(cause);
    }
  };

  return {
    issuers: places.map(({ issuer }) => issuer),
    async start(issuer, { state, verifier }, redirect) {
      const client = await import('openid-client');
      const { scope, resource } = placeOf(issuer).signIn;
      const configuration = await configurationOf(issuer);
      // OpenID Connect, section 11: for a refresh token, people have to agree.
      const stays = configuration.serverMetadata().scopes_supported?.includes('offline_access') === true;
      return client.buildAuthorizationUrl(configuration, {
        redirect_uri: redirect,
        scope: stays ? `${scope} offline_access` : scope,
        ...(stays ? { prompt: 'consent' } : {}),
        state,
        code_challenge: await client.calculatePKCECodeChallenge(verifier),
        code_challenge_method: 'S256',
        ...(resource === null ? {} : { resource }),
      });
    },
    async finish(issuer, came, { state, verifier }) {
      const client = await import('openid-client');
      const { resource } = placeOf(issuer).signIn;
      const configuration = await configurationOf(issuer);
      try {
        // It compares `iss` of the answer (RFC 9207) where the issuer sends one.
        const tokens = await client.authorizationCodeGrant(
          configuration,
          came,
          { pkceCodeVerifier: verifier, expectedState: state },
          resource === null ? undefined : { resource },
        );
        return { token: tokens.access_token, refresh: tokens.refresh_token ?? null };
      } catch (cause) {
        throw new SluiceError('token_invalid', 'the issuer did not sign you in', {
          advice: 'begin again in your program',
          cause,
        });
      }
    },
    async renew(issuer, refresh) {
      const client = await import('openid-client');
      const { resource } = placeOf(issuer).signIn;
      const configuration = await configurationOf(issuer);
      try {
        const tokens = await client.refreshTokenGrant(
          configuration,
          refresh,
          resource === null ? undefined : { resource },
        );
        return { token: tokens.access_token, refresh: tokens.refresh_token ?? null };
      } catch (cause) {
        // Programs forget a refresh token that they are told is no good: that is for the issuer to say.
        if (!(cause instanceof client.ResponseBodyError)) throw unanswered(cause);
        throw new SluiceError('token_invalid', 'the issuer gives you no other token', {
          advice: 'sign in again in your program',
          cause,
        });
      }
    },
  };
}

async function discover(issuer: string, clientId: string, timeoutMs: number): Promise<Configuration> {
  const client = await import('openid-client');
  const url = new URL(issuer);
  const isPlain = url.protocol === 'http:' && isLoopback(url.hostname);
  return await client.discovery(url, clientId, undefined, client.None(), {
    timeout: timeoutMs / 1_000,
    [client.customFetch]: boundedFetch,
    ...(isPlain ? { execute: [client.allowInsecureRequests] } : {}),
  });
}

function unanswered(cause: unknown): SluiceError {
  return new SluiceError('internal', 'the issuer where people sign in does not answer', {
    advice: 'try again; if it keeps failing, tell the people who run the relay',
    cause,
  });
}

function refused(why: string): SluiceError {
  return new SluiceError('token_invalid', why, { advice: 'begin again in your program' });
}
