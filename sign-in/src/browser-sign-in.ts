import * as oauth from 'oauth4webapi';
import { findIssuer, type Issuer, type Place } from './place.ts';
import type { Return, Returned } from './return.ts';
import type { StepUp } from './step-up.ts';
import { TroubleError, troubleOf } from './trouble.ts';

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
  /** Where the browser comes back to: a port of this machine (`loopback.ts`), or an address that the system gives the program. */
  readonly openReturn: OpenReturn;
  /** The system's own browser, where the person is signed in and has their password manager. */
  readonly openExternal: (url: string) => Promise<void>;
  readonly now: () => number;
  /** Gives it up, with its reason. */
  readonly signal: AbortSignal;
  /** Whether the person is asked anew whatever the browser remembers: how recent it is decides what they may. */
  readonly anew: boolean;
  /** What the relay wants of the sign-in; null when there is nothing in particular. */
  readonly stepUp: StepUp | null;
  /** Whether the person is told in the browser that they are signed in: what is given may yet be refused. */
  readonly accept: (given: Given) => Promise<void>;
}

/** @param state what the answer has to carry; anything else that comes is nobody's answer, and is waited past. */
export type OpenReturn = (state: string) => Promise<Return>;

/**
 * Signs a person in with the system's browser: authorization code with PKCE (RFC 7636), and back to the program (RFC 8252).
 *
 * @throws TroubleError `issuer_unavailable`, `sign_in_refused`, or the signal's reason, or what `accept` throws.
 */
export async function signInByBrowser(place: Place, options: BrowserSignInOptions): Promise<Given> {
  const issuer = await findIssuer(place, options);
  return await withoutStaying(issuer, async (stays) => await once(place, issuer, stays, options));
}

/** Signs in to stay where the issuer offers that; where it then refuses it to this program, to sign in now and then. */
export async function withoutStaying(
  { mayRenew }: Issuer,
  signIn: (stays: boolean) => Promise<Given>,
): Promise<Given> {
  if (!mayRenew) return await signIn(false);
  try {
    return await signIn(true);
  } catch (error) {
    if (!(error instanceof TroubleError && isScopeRefused(error.cause))) throw error;
    return await signIn(false);
  }
}

/** What is asked for; to stay signed in (OpenID Connect Core, section 11) is asked for by name. */
export function scopeOf({ scope }: Place, stays: boolean): string {
  return stays ? `${scope} offline_access` : scope;
}

async function once(
  place: Place,
  issuer: Issuer,
  stays: boolean,
  options: BrowserSignInOptions,
): Promise<Given> {
  const { openExternal, openReturn, signal } = options;
  const state = oauth.generateRandomState();
  const verifier = oauth.generateRandomCodeVerifier();
  const back = await openReturn(state);
  try {
    const { redirectUri } = back;
    const address = await authorizationUrl(place, issuer, {
      state,
      verifier,
      redirectUri,
      stays,
      anew: options.anew,
      stepUp: options.stepUp,
    });
    await openExternal(address.href);
    const returned = await back.answer(signal);
    const redeem = async () =>
      await redeemed(place, issuer, { returned, state, verifier, redirectUri }, options);
    return await told(returned, redeem, options.accept);
  } finally {
    await back.close();
  }
}

interface Flow {
  readonly state: string;
  readonly verifier: string;
  readonly redirectUri: string;
}

async function authorizationUrl(
  place: Place,
  { server }: Issuer,
  flow: Flow & Pick<BrowserSignInOptions, 'anew' | 'stepUp'> & { readonly stays: boolean },
): Promise<URL> {
  const { clientId, resource } = place;
  const { state, verifier, redirectUri, stays, anew, stepUp } = flow;
  const url = new URL(server.authorization_endpoint!);
  const parameters = {
    response_type: 'code',
    client_id: clientId,
    redirect_uri: redirectUri,
    scope: scopeOf(place, stays),
    // `consent` is what staying signed in asks for (OpenID Connect Core, section 11).
    prompt: [...(anew ? ['login'] : []), ...(stays ? ['consent'] : [])].join(' '),
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
  { clientId }: Place,
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
    await returned.show(true, 'You can close this page and go back to Sluice.');
    return given;
  } catch (error) {
    await returned.show(false, `${troubleOf(error).message}. Go back to Sluice to try again.`);
    throw error;
  }
}

function isScopeRefused(cause: unknown): boolean {
  const isAnswer =
    cause instanceof oauth.AuthorizationResponseError || cause instanceof oauth.ResponseBodyError;
  return isAnswer && cause.error === 'invalid_scope';
}

/** In the issuer's own words, which anybody may have written: on one line, and not long. */
export function whyOf(cause: unknown): string {
  const isAnswer =
    cause instanceof oauth.AuthorizationResponseError || cause instanceof oauth.ResponseBodyError;
  const said = isAnswer ? (cause.error_description ?? cause.error) : '';
  const plain = said
    .replaceAll(/[^\x20-\x7e]+/g, ' ')
    .trim()
    .slice(0, 200);
  return plain === '' ? '' : `: "${plain}"`;
}
