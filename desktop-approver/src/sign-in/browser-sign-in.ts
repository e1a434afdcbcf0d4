import * as oauth from 'oauth4webapi';
import { TroubleError, troubleOf } from '../relays/trouble.ts';
import { openLoopback, type Returned } from './loopback.ts';
import { signInPage } from './loopback-page.ts';
import { type DecidingPlace, findIssuer, type Issuer } from './place.ts';
import type { StepUp } from './step-up.ts';

/** What an issuer gave for a sign-in. */
export interface Given {
  readonly token: string;
  /** Milliseconds since the epoch. */
  readonly expiresAt: number;
  /** Null where the issuer does not renew it. */
  readonly refreshToken: string | null;
}

export interface BrowserSignInOptions {
  readonly fetch: typeof fetch;
  /** Of Electron's `shell`: the system's own browser, where the person is signed in and has their password manager. */
  readonly openExternal: (url: string) => Promise<void>;
  readonly now: () => number;
  /** Gives it up, with its reason. */
  readonly signal: AbortSignal;
  /** What the relay wants of the sign-in; null when there is nothing in particular. */
  readonly stepUp: StepUp | null;
  /** Whether the person is told in the browser that they are signed in: what is given may yet be refused. */
  readonly accept: (given: Given) => Promise<void>;
}

/**
 * Signs a person in with the system's browser: authorization code with PKCE (RFC 7636), back to a port of this machine
 * (RFC 8252). The person is asked anew whatever the browser remembers: how recent it is decides what they may.
 *
 * @throws TroubleError `issuer_unavailable`, `sign_in_refused`, or the signal's reason, or what `accept` throws.
 */
export async function signInByBrowser(place: DecidingPlace, options: BrowserSignInOptions): Promise<Given> {
  const issuer = await findIssuer(place, options);
  if (issuer.mayRenew) {
    try {
      return await once(place, issuer, true, options);
    } catch (error) {
      // It renews nothing for this program: the person signs in now and then.
      if (!(error instanceof TroubleError && isScopeRefused(error.cause))) throw error;
    }
  }
  return await once(place, issuer, false, options);
}

async function once(
  place: DecidingPlace,
  issuer: Issuer,
  stays: boolean,
  options: BrowserSignInOptions,
): Promise<Given> {
  const { openExternal, signal } = options;
  const state = oauth.generateRandomState();
  const verifier = oauth.generateRandomCodeVerifier();
  const loopback = await openLoopback(state);
  try {
    const { redirectUri } = loopback;
    const address = await authorizationUrl(place, issuer, {
      state,
      verifier,
      redirectUri,
      stays,
      stepUp: options.stepUp,
    });
    await openExternal(address.href);
    const returned = await loopback.answer(signal);
    const redeem = async () =>
      await redeemed(place, issuer, { returned, state, verifier, redirectUri }, options);
    return await told(returned, redeem, options.accept);
  } finally {
    await loopback.close();
  }
}

interface Flow {
  readonly state: string;
  readonly verifier: string;
  readonly redirectUri: string;
}

async function authorizationUrl(
  { clientId, scope, resource }: DecidingPlace,
  { server }: Issuer,
  flow: Flow & { readonly stays: boolean; readonly stepUp: StepUp | null },
): Promise<URL> {
  const { state, verifier, redirectUri, stays, stepUp } = flow;
  const url = new URL(server.authorization_endpoint!);
  const parameters = {
    response_type: 'code',
    client_id: clientId,
    redirect_uri: redirectUri,
    scope: stays ? `${scope} offline_access` : scope,
    // `consent` is what staying signed in asks for (OpenID Connect Core, section 11).
    prompt: stays ? 'login consent' : 'login',
    state,
    code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
    resource: resource ?? '',
    max_age: stepUp?.maxAge ?? '',
    acr_values: stepUp?.acrValues ?? '',
  };
  for (const [name, value] of Object.entries(parameters)) if (value !== '') url.searchParams.set(name, value);
  return url;
}

async function redeemed(
  { clientId }: DecidingPlace,
  { server, http }: Issuer,
  { returned, state, verifier, redirectUri }: Flow & { readonly returned: Returned },
  { now, signal }: BrowserSignInOptions,
): Promise<Given> {
  const client: oauth.Client = { client_id: clientId };
  try {
    const answer = oauth.validateAuthResponse(server, client, returned.url, state);
    const asked = now();
    const response = await oauth.authorizationCodeGrantRequest(
      server,
      client,
      oauth.None(),
      answer,
      redirectUri,
      verifier,
      { ...http, signal },
    );
    const given = await oauth.processAuthorizationCodeResponse(server, client, response);
    return givenOf(given, asked);
  } catch (cause) {
    signal.throwIfAborted();
    throw new TroubleError(
      'sign_in_refused',
      `${new URL(server.issuer).host} refused the sign-in${whyOf(cause)}`,
      'sign in again',
      cause,
    );
  }
}

/** @param asked when the token was asked for: it is good from no later on. */
export function givenOf(
  { access_token: token, expires_in: seconds = 3_600, refresh_token: refreshToken = null }: GivenTokens,
  asked: number,
): Given {
  return { token, expiresAt: asked + seconds * 1_000, refreshToken };
}

interface GivenTokens {
  readonly access_token: string;
  readonly expires_in?: number | undefined;
  readonly refresh_token?: string | null | undefined;
}

/** The person waits before their browser: it says what became of it. */
async function told(
  returned: Returned,
  redeem: () => Promise<Given>,
  accept: (given: Given) => Promise<void>,
): Promise<Given> {
  try {
    const given = await redeem();
    await accept(given);
    await returned.show(signInPage(true, 'You can close this page and go back to Sluice.'));
    return given;
  } catch (error) {
    await returned.show(signInPage(false, `${troubleOf(error).message}. Go back to Sluice to try again.`));
    throw error;
  }
}

function isScopeRefused(cause: unknown): boolean {
  return cause instanceof oauth.AuthorizationResponseError && cause.error === 'invalid_scope';
}

/** In the issuer's own words, which anybody may have written: on one line, and not long. */
function whyOf(cause: unknown): string {
  const isAnswer =
    cause instanceof oauth.AuthorizationResponseError || cause instanceof oauth.ResponseBodyError;
  const said = isAnswer ? (cause.error_description ?? cause.error) : '';
  const plain = said
    .replaceAll(/[^\x20-\x7e]+/g, ' ')
    .trim()
    .slice(0, 200);
  return plain === '' ? '' : `: "${plain}"`;
}
