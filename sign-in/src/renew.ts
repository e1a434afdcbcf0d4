import * as oauth from 'oauth4webapi';
import { type Given, givenOf } from './browser-sign-in.ts';
import { findIssuer, type Place } from './place.ts';
import { TroubleError } from './trouble.ts';

export interface RenewOptions {
  readonly fetch: typeof fetch;
  readonly now: () => number;
  readonly signal: AbortSignal;
}

/**
 * A new token, and a new one to renew it with: issuers take each once.
 *
 * @throws TroubleError `sign_in_over` when the issuer will not, and never will; `issuer_unavailable` when it cannot now.
 */
export async function renew(
  place: Place,
  refreshToken: string,
  { fetch, now, signal }: RenewOptions,
): Promise<Given> {
  const { server, http } = await findIssuer(place, { fetch, signal });
  const client: oauth.Client = { client_id: place.clientId };
  const asked = now();
  try {
    const response = await oauth.refreshTokenGrantRequest(server, client, oauth.None(), refreshToken, {
      ...http,
      signal,
      additionalParameters: place.resource === null ? {} : { resource: place.resource },
    });
    const given = givenOf(await oauth.processRefreshTokenResponse(server, client, response), asked);
    return { ...given, refreshToken: given.refreshToken ?? refreshToken };
  } catch (cause) {
    if (signal.aborted) throw signal.reason;
    const { host } = new URL(place.issuer);
    if (cause instanceof oauth.ResponseBodyError && ENDED.has(cause.error)) {
      throw new TroubleError(
        'sign_in_over',
        `${host} no longer renews this sign-in`,
        'sign in again; if you did not end it yourself, tell your security team, for somebody else may have used it',
        cause,
      );
    }
    throw new TroubleError(
      'issuer_unavailable',
      `${host} does not renew the sign-in now`,
      'it is tried again',
      cause,
    );
  }
}

/** RFC 6749, section 5.2: asking again would change nothing. */
const ENDED: ReadonlySet<string> = new Set([
  'invalid_grant',
  'invalid_client',
  'unauthorized_client',
  'invalid_scope',
]);

/** Has the issuer forget it (RFC 7009), if it can. Whether it did changes nothing here. */
export async function revoke(
  place: Place,
  refreshToken: string,
  { fetch, signal }: Pick<RenewOptions, 'fetch' | 'signal'>,
): Promise<void> {
  try {
    const { server, http } = await findIssuer(place, { fetch, signal });
    if (server.revocation_endpoint === undefined) return;
    const client: oauth.Client = { client_id: place.clientId };
    await oauth.revocationRequest(server, client, oauth.None(), refreshToken, { ...http, signal });
  } catch {
    // It is forgotten here, and ends by itself there.
  }
}
