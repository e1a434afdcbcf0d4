import type { SignInPlaces } from '@sluice/contract';
import * as oauth from 'oauth4webapi';
import { isLoopback } from './relay-address.ts';
import { TroubleError } from './trouble.ts';

/** Where somebody signs in, as the relay says it, for what a program is for. */
export interface Place {
  readonly issuer: string;
  readonly kind: 'oidc' | 'relay';
  readonly clientId: string;
  readonly scope: string;
  readonly resource: string | null;
}

/**
 * Those of a relay's places where somebody may get a token for this.
 *
 * @param purpose `decide`: on requests of others; such a token runs nothing. `run`: statements; such a token decides nothing.
 */
export function placesOf(
  { places }: SignInPlaces,
  relay: string,
  purpose: 'decide' | 'run',
): readonly Place[] {
  return places.flatMap(({ issuer, kind, clientId, scope, resource, deciding }) => {
    const asked = purpose === 'decide' ? deciding : { scope, resource };
    return asked !== null && isTrustworthy(URL.parse(issuer), new URL(relay))
      ? [{ issuer, kind, clientId, ...asked }]
      : [];
  });
}

/** What can be asked of the issuer, as its own metadata says. */
export interface Issuer {
  readonly server: oauth.AuthorizationServer;
  /** For each request to it. */
  readonly http: {
    readonly [oauth.customFetch]: (url: string, options: object) => Promise<Response>;
    readonly [oauth.allowInsecureRequests]: boolean;
  };
  /** Whether a program may ask it to stay signed in (OpenID Connect Core, section 11). */
  readonly mayRenew: boolean;
}

/**
 * @throws TroubleError `issuer_unavailable` when it does not answer, or names addresses where no secret may be sent and no
 *   browser.
 */
export async function findIssuer(
  { issuer, kind }: Pick<Place, 'issuer' | 'kind'>,
  { fetch, signal }: { readonly fetch: typeof globalThis.fetch; readonly signal: AbortSignal },
): Promise<Issuer> {
  const url = new URL(issuer);
  const http = {
    [oauth.customFetch]: async (url: string, options: object) => await fetch(url, options),
    [oauth.allowInsecureRequests]: url.protocol === 'http:',
  };
  try {
    const response = await oauth.discoveryRequest(url, {
      ...http,
      signal,
      algorithm: kind === 'relay' ? 'oauth2' : 'oidc',
    });
    const server = await oauth.processDiscoveryResponse(url, response);
    for (const named of [server.authorization_endpoint, server.token_endpoint]) {
      if (!isTrustworthy(URL.parse(named ?? ''), url))
        throw new Error('it names an address that is not secure');
    }
    return { server, http, mayRenew: server.scopes_supported?.includes('offline_access') === true };
  } catch (cause) {
    if (signal.aborted) throw signal.reason;
    throw new TroubleError(
      'issuer_unavailable',
      `nobody can sign in at ${url.host} now`,
      'try again in a while; if it stays so, ask the people who run the relay',
      cause,
    );
  }
}

/**
 * Whether an address may be gone to that was named by what is at another: https, or http on this machine when the other is
 * there, too. It is handed to the system to be opened, which would start programs for other schemes.
 */
export function isTrustworthy(named: URL | null, by: URL): boolean {
  if (named === null) return false;
  return named.protocol === 'https:' || (named.protocol === 'http:' && isLoopback(named) && isLoopback(by));
}
