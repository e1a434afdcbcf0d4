import type { SignInPlaces } from '@sluice/contract';
import * as oauth from 'oauth4webapi';
import { keepTokens, type Tokens } from './tokens.ts';

export type SignInPlace = SignInPlaces['places'][number];

/** Where the issuer sends people back to. */
export const SIGNED_IN = '/console/signed-in';

interface Begun {
  readonly place: SignInPlace;
  readonly verifier: string;
  readonly state: string;
  /** The page that they were on. */
  readonly back: string;
}

const BEGUN = 'sluice.sign-in';

/**
 * Sends the browser to the issuer, for a token to decide with: authorization code with PKCE (RFC 7636). The person signs
 * in there anew, since how recent that is decides what they may.
 *
 * @throws when the issuer cannot be asked where its pages are.
 */
export async function beginSignIn(place: SignInPlace, back: string): Promise<void> {
  const server = await discover(place);
  const verifier = oauth.generateRandomCodeVerifier();
  const state = oauth.generateRandomState();
  const url = new URL(server.authorization_endpoint!);
  const { scope, resource } = place.deciding ?? place;
  const parameters = {
    response_type: 'code',
    client_id: place.clientId,
    redirect_uri: redirectUri(),
    scope,
    state,
    code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
    prompt: 'login',
    ...(resource === null ? {} : { resource }),
  };
  for (const [name, value] of Object.entries(parameters)) if (value !== '') url.searchParams.set(name, value);
  sessionStorage.setItem(BEGUN, JSON.stringify({ place, verifier, state, back } satisfies Begun));
  location.assign(url);
}

/** Whether one was begun in this tab and has not ended: the person has come back from the issuer without. */
export function hasBegun(): boolean {
  return sessionStorage.getItem(BEGUN) !== null;
}

/**
 * Ends a sign-in that the issuer has sent the browser back from, once.
 *
 * @returns the page that the person was on.
 * @throws when the answer is not the one that was asked for, or the issuer gives no token.
 */
export async function endSignIn(address: URL): Promise<string> {
  const kept = sessionStorage.getItem(BEGUN);
  if (kept === null) throw new Error('no sign-in was begun in this tab');
  sessionStorage.removeItem(BEGUN);
  const { place, verifier, state, back } = JSON.parse(kept) as Begun;
  const server = await discover(place);
  const client: oauth.Client = { client_id: place.clientId };
  const answer = oauth.validateAuthResponse(server, client, address, state);
  const insecure = { [oauth.allowInsecureRequests]: new URL(place.issuer).protocol === 'http:' };
  const response = await oauth.authorizationCodeGrantRequest(
    server,
    client,
    oauth.None(),
    answer,
    redirectUri(),
    verifier,
    insecure,
  );
  const given = await oauth.processAuthorizationCodeResponse(server, client, response);
  const claims = given.id_token === undefined ? undefined : oauth.getValidatedIdTokenClaims(given);
  const name = claims?.['name'] ?? claims?.['preferred_username'];
  keepTokens({
    token: given.access_token,
    expiresAt: Date.now() + (given.expires_in ?? 3_600) * 1_000,
    name: typeof name === 'string' ? name : null,
  } satisfies Tokens);
  return back;
}

async function discover(place: SignInPlace): Promise<oauth.AuthorizationServer> {
  const issuer = new URL(place.issuer);
  const response = await oauth.discoveryRequest(issuer, {
    algorithm: place.kind === 'relay' ? 'oauth2' : 'oidc',
    // The relay names only issuers that it trusts itself: plain http is for this machine.
    [oauth.allowInsecureRequests]: issuer.protocol === 'http:',
  });
  return await oauth.processDiscoveryResponse(issuer, response);
}

function redirectUri(): string {
  return `${location.origin}${SIGNED_IN}`;
}
