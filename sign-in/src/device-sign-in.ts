import * as oauth from 'oauth4webapi';
import { type Given, givenOf, scopeOf, whyOf, withoutStaying } from './browser-sign-in.ts';
import { findIssuer, isTrustworthy, type Issuer, type Place } from './place.ts';
import { TroubleError } from './trouble.ts';

/** What a person takes to any browser, on this machine or another. */
export interface CodeToEnter {
  /** As the issuer wants it typed. */
  readonly code: string;
  readonly address: string;
  /** With the code in it already; the same where the issuer has none. */
  readonly addressWithCode: string;
  /** Milliseconds since the epoch. */
  readonly until: number;
}

export interface DeviceSignInOptions {
  readonly fetch: typeof fetch;
  /** Shows the code until the sign-in ends. */
  readonly show: (code: CodeToEnter) => void;
  readonly now: () => number;
  /** Resolves after so many milliseconds. */
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>;
  readonly signal: AbortSignal;
  readonly accept: (given: Given) => Promise<void>;
}

/** Whether an issuer gives codes: a relay with SAML does not. */
export async function offersCodes(
  place: Place,
  options: Pick<DeviceSignInOptions, 'fetch' | 'signal'>,
): Promise<boolean> {
  return (await findIssuer(place, options)).server.device_authorization_endpoint !== undefined;
}

/**
 * Signs a person in with a code that they enter in a browser anywhere (RFC 8628): for editors whose machine is not the one that
 * the person sits at, and for machines without a browser.
 *
 * @throws TroubleError `no_codes_here`, `issuer_unavailable`, `sign_in_refused`, `sign_in_timeout`, or the signal's reason, or
 *   what `accept` throws.
 */
export async function signInByCode(place: Place, options: DeviceSignInOptions): Promise<Given> {
  const issuer = await findIssuer(place, options);
  const given = await withoutStaying(issuer, async (stays) => await once(place, issuer, stays, options));
  await options.accept(given);
  return given;
}

async function once(
  place: Place,
  { server, http }: Issuer,
  stays: boolean,
  { show, now, sleep, signal }: DeviceSignInOptions,
): Promise<Given> {
  const client: oauth.Client = { client_id: place.clientId };
  const { host } = new URL(place.issuer);
  if (server.device_authorization_endpoint === undefined) {
    throw new TroubleError('no_codes_here', `${host} gives no codes to sign in with`, 'sign in by browser');
  }
  const refused = (cause: unknown) =>
    new TroubleError('sign_in_refused', `${host} refused the sign-in${whyOf(cause)}`, 'sign in again', cause);
  const ask = async () => {
    const parameters = {
      scope: scopeOf(place, stays),
      ...(stays ? { prompt: 'consent' } : {}),
      ...(place.resource === null ? {} : { resource: place.resource }),
    };
    const response = await oauth.deviceAuthorizationRequest(server, client, oauth.None(), parameters, {
      ...http,
      signal,
    });
    return await oauth.processDeviceAuthorizationResponse(server, client, response);
  };
  const asked = await ask().catch((cause: unknown) => {
    signal.throwIfAborted();
    throw refused(cause);
  });
  const { verification_uri: address, verification_uri_complete: whole = address } = asked;
  // They are handed to the person's browser.
  for (const named of [address, whole]) {
    if (!isTrustworthy(URL.parse(named), new URL(place.issuer))) throw refused(null);
  }
  const until = now() + asked.expires_in * 1_000;
  show({ code: asked.user_code, address, addressWithCode: whole, until });

  let interval = asked.interval ?? 5;
  for (;;) {
    await sleep(interval * 1_000, signal).catch(() => {});
    signal.throwIfAborted();
    if (now() >= until) throw late();
    const polled = now();
    try {
      const parameters = place.resource === null ? {} : { resource: place.resource };
      const response = await oauth.deviceCodeGrantRequest(server, client, oauth.None(), asked.device_code, {
        ...http,
        signal,
        additionalParameters: parameters,
      });
      return givenOf(await oauth.processDeviceCodeResponse(server, client, response), polled);
    } catch (cause) {
      signal.throwIfAborted();
      if (!(cause instanceof oauth.ResponseBodyError)) {
        // The network: what was asked for still holds.
        if (cause instanceof TypeError || cause instanceof oauth.WWWAuthenticateChallengeError) continue;
        throw refused(cause);
      }
      if (cause.error === 'expired_token') throw late();
      if (cause.error === 'slow_down') interval += 5;
      else if (cause.error !== 'authorization_pending') throw refused(cause);
    }
  }
}

function late(): TroubleError {
  return new TroubleError('sign_in_timeout', 'nobody entered the code in time', 'begin again');
}
