import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createAuthenticator, identityConfig } from '@sluice/relay/identity';
import { demoPeople } from '../people.ts';
import { type LocalIssuer, startLocalIssuer } from './local-issuer.ts';

let local: LocalIssuer;
beforeAll(async () => {
  local = await startLocalIssuer({ people: demoPeople, port: 0 });
});
afterAll(() => local.close());

const authenticate = (at = Date.now()) =>
  createAuthenticator({
    config: identityConfig.parse({ issuers: [local.trusted] }),
    revocations: { check: () => {} },
    now: () => at,
  });

describe('a token of the local issuer', () => {
  it('is accepted by the authenticator that checks every other token too', async () => {
    const identity = await authenticate()(await local.tokenFor('ada'));
    expect(identity).toMatchObject({
      subject: 'ada',
      name: 'ada',
      person: { email: 'ada@sluice.example' },
      mayDecide: false,
      groups: ['developers'],
      kind: 'person',
    });
    expect(identity.tokenId).toEqual(expect.any(String));
  });

  it('expires', async () => {
    const token = await local.tokenFor('ada', 60);
    await expect(authenticate(Date.now() + 120_000)(token)).rejects.toMatchObject({ code: 'token_expired' });
  });
});

it('signs a person in through the browser flow: authorization code with PKCE', async () => {
  const client = await import('openid-client');
  const config = await client.discovery(new URL(local.issuer), 'sluice', undefined, client.None(), {
    execute: [client.allowInsecureRequests],
  });
  const codeVerifier = client.randomPKCECodeVerifier();
  const redirect = 'http://127.0.0.1:49152/callback';
  const start = client.buildAuthorizationUrl(config, {
    redirect_uri: redirect,
    scope: 'openid groups',
    code_challenge: await client.calculatePKCECodeChallenge(codeVerifier),
    code_challenge_method: 'S256',
  });
  const callback = await browse(start, redirect, 'grace');
  const tokens = await client.authorizationCodeGrant(config, callback, { pkceCodeVerifier: codeVerifier });
  expect(await authenticate()(tokens.access_token)).toMatchObject({
    subject: 'grace',
    groups: ['data-leads'],
  });
});

describe('a program that stays signed in', () => {
  const REDIRECT = 'http://127.0.0.1:49152/callback';

  async function signedIn(scope = 'openid groups offline_access') {
    const client = await import('openid-client');
    const config = await client.discovery(new URL(local.issuer), 'sluice', undefined, client.None(), {
      execute: [client.allowInsecureRequests],
    });
    const pkceCodeVerifier = client.randomPKCECodeVerifier();
    const start = client.buildAuthorizationUrl(config, {
      redirect_uri: REDIRECT,
      scope,
      prompt: 'login consent',
      code_challenge: await client.calculatePKCECodeChallenge(pkceCodeVerifier),
      code_challenge_method: 'S256',
    });
    const callback = await browse(start, REDIRECT, 'grace');
    const tokens = await client.authorizationCodeGrant(config, callback, { pkceCodeVerifier });
    return { tokens, renew: (token: string) => client.refreshTokenGrant(config, token), client, config };
  }

  it('renews its token as the same person, whose sign-in grows no younger', async () => {
    const { tokens, renew } = await signedIn();
    const before = await authenticate()(tokens.access_token);
    const renewed = await renew(tokens.refresh_token!);
    const after = await authenticate()(renewed.access_token);
    expect(after).toMatchObject({ subject: 'grace', groups: ['data-leads'] });
    expect(after.signedInAt).toBe(before.signedInAt);
    expect(renewed.refresh_token).not.toBe(tokens.refresh_token);
  });

  it('is signed out when what renews it is used a second time, whoever does it', async () => {
    const { tokens, renew } = await signedIn();
    const renewed = await renew(tokens.refresh_token!);
    await expect(renew(tokens.refresh_token!)).rejects.toMatchObject({ error: 'invalid_grant' });
    await expect(renew(renewed.refresh_token!)).rejects.toMatchObject({ error: 'invalid_grant' });
  });

  it('renews nothing once it has signed out', async () => {
    const { tokens, renew, client, config } = await signedIn();
    await client.tokenRevocation(config, tokens.refresh_token!);
    await expect(renew(tokens.refresh_token!)).rejects.toMatchObject({ error: 'invalid_grant' });
  });

  it('is one that has asked to', async () => {
    expect((await signedIn('openid groups')).tokens.refresh_token).toBeUndefined();
  });
});

it('listens on the loopback interface only', async () => {
  await expect(startLocalIssuer({ people: demoPeople, port: 0, host: '0.0.0.0' })).rejects.toThrow(
    'loopback',
  );
});

/** Follows redirects with cookies, as a browser would, and chooses the person on the page it comes to. */
async function browse(start: URL, redirect: string, subject: string): Promise<URL> {
  const cookies = new Map<string, string>();
  let next: URL = start;
  let form: URLSearchParams | null = null;
  for (let hop = 0; hop < 10 && !next.href.startsWith(redirect); hop += 1) {
    const response: Response = await fetch(next, {
      method: form ? 'POST' : 'GET',
      redirect: 'manual',
      headers: { cookie: [...cookies].map((pair) => pair.join('=')).join('; ') },
      ...(form ? { body: form } : {}),
    });
    for (const cookie of response.headers.getSetCookie()) {
      const [, name, value] = /^([^=]+)=([^;]*)/.exec(cookie)!;
      cookies.set(name!, value!);
    }
    const location = response.headers.get('location');
    form = location === null ? new URLSearchParams({ subject }) : null;
    if (location !== null) next = new URL(location, next);
    else if (!(await response.text()).includes(`value="${subject}"`)) throw new Error('not on the page');
  }
  return next;
}
