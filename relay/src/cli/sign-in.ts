import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import * as oauth from 'openid-client';
import { SluiceError } from '../errors.ts';
import { messagePage } from '../identity/index.ts';

export interface SignInPlace {
  /** The relay's own URL for SAML sign-in, or an OIDC issuer's. */
  readonly issuer: URL;
  readonly kind: 'relay' | 'oidc';
  readonly clientId: string;
  readonly scope: string;
  /** Whether the person must sign in again, for a token that may decide. */
  readonly anew: boolean;
  /**
   * The resource that the token is for, if the issuer requires it: sent as `resource` (RFC 8707), and as `audience` for
   * older issuers.
   */
  readonly resource: string | null;
}

export interface SignInTerminal {
  /** Shows the address to the person, and opens it if possible. */
  readonly openBrowser: (url: URL) => Promise<void>;
  /** Aborts the wait. */
  readonly signal: AbortSignal;
}

/**
 * Signs a person in with their browser: authorization code flow with PKCE, redirected to a port of the loopback
 * interface (RFC 8252). Resolves to the access token.
 *
 * @throws SluiceError `token_untrusted` if the issuer does not answer or refuses, `token_expired` if the person does
 *   not finish in time.
 */
export async function signIn(place: SignInPlace, { openBrowser, signal }: SignInTerminal): Promise<string> {
  const issuer = await discover(place);
  const verifier = oauth.randomPKCECodeVerifier();
  const state = oauth.randomState();
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  try {
    const redirect = new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/callback`);
    const start = oauth.buildAuthorizationUrl(issuer, {
      redirect_uri: redirect.href,
      scope: place.scope,
      // Even if the last sign-in is recent: a decision requires that the person is present.
      ...(place.anew ? { prompt: 'login', max_age: '0' } : {}),
      ...(place.resource === null ? {} : { resource: place.resource, audience: place.resource }),
      state,
      code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
      code_challenge_method: 'S256',
    });
    await openBrowser(start);
    for (;;) {
      const [request, response] = await nextRequest(server, signal);
      const back = new URL(request.url ?? '/', redirect);
      // Browsers also request icons, and any program on the machine may send requests.
      if (back.pathname !== redirect.pathname || back.searchParams.get('state') !== state) {
        response.writeHead(404).end();
        continue;
      }
      return await finish(response, () =>
        oauth.authorizationCodeGrant(issuer, back, { pkceCodeVerifier: verifier, expectedState: state }),
      );
    }
  } finally {
    server.close();
    server.closeAllConnections();
  }
}

async function discover({ issuer, kind, clientId }: SignInPlace): Promise<oauth.Configuration> {
  try {
    return await oauth.discovery(issuer, clientId, undefined, oauth.None(), {
      algorithm: kind === 'relay' ? 'oauth2' : 'oidc',
      // `issuerUrl` permits HTTP only on the loopback interface.
      execute: issuer.protocol === 'http:' ? [oauth.allowInsecureRequests] : [],
    });
  } catch (cause) {
    throw new SluiceError('token_untrusted', `nobody can sign in at \`${issuer.href}\``, {
      advice:
        kind === 'relay'
          ? 'is that the relay, with SAML sign-in configured? For an OIDC issuer give --issuer'
          : 'is that an OIDC issuer, and does it answer?',
      cause,
    });
  }
}

async function nextRequest(
  server: NodeJS.EventEmitter,
  signal: AbortSignal,
): Promise<[IncomingMessage, ServerResponse]> {
  try {
    return (await once(server, 'request', { signal })) as [IncomingMessage, ServerResponse];
  } catch (cause) {
    throw new SluiceError('token_expired', 'nobody signed in', { advice: 'start again', cause });
  }
}

/** Answers the browser once the outcome is known. */
async function finish(
  response: ServerResponse,
  redeem: () => Promise<{ access_token: string }>,
): Promise<string> {
  const say = async (title: string, body: string) => {
    response.setHeader('content-type', 'text/html; charset=utf-8').end(messagePage(title, body));
    await once(response, 'close');
  };
  try {
    const { access_token: token } = await redeem();
    await say('You are signed in', 'Go back to the terminal. This page can be closed.');
    return token;
  } catch (cause) {
    await say('You are not signed in', 'The terminal says more. This page can be closed.');
    const why = cause instanceof oauth.AuthorizationResponseError ? cause.error_description : undefined;
    throw new SluiceError('token_untrusted', `the sign-in was refused${why ? `: ${why}` : ''}`, { cause });
  }
}
