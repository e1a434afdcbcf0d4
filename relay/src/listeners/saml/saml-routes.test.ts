import fastify, { type FastifyInstance } from 'fastify';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { SluiceError } from '../../errors.ts';
import type { SamlSignIn } from '../../identity/index.ts';
import { openDoor } from '../door/index.ts';
import { createRouter } from '../router/index.ts';
import { registerSaml } from './saml-routes.ts';

const ISSUER = 'https://relay.example';
const KEYS = [{ kty: 'EC', crv: 'P-256', x: 'a', y: 'b', kid: 'k', alg: 'ES256', use: 'sig' }];
const FORM = { 'content-type': 'application/x-www-form-urlencoded' };

let app: FastifyInstance;
let calls: unknown[];
let refused: unknown[];
let errors: unknown[];
let fails: Error | null;
let isFull: boolean;

beforeEach(async () => {
  [calls, refused, errors, fails, isFull] = [[], [], [], null, false];
  const told = (what: string, given: unknown) => {
    calls.push([what, { ...(given as object) }]);
    if (fails !== null) throw fails;
  };
  const signIn: SamlSignIn = {
    metadata: () => '<EntityDescriptor/>',
    async start(query) {
      told('start', query);
      return new URL('https://idp.example/sso?SAMLRequest=x');
    },
    async consume(form) {
      told('consume', form);
      return new URL('http://127.0.0.1:1234/callback?code=c');
    },
    async redeem(grant) {
      told('redeem', grant);
      return { token: 'a.b.c', expiresInSeconds: 3_600 };
    },
  };
  app = fastify();
  openDoor(app, {
    strangers: {
      request() {
        if (isFull) throw new SluiceError('rate_limited', 'too many requests', { retryAfterSeconds: 5 });
        return { known: () => {}, end: () => {} };
      },
      connection: () => () => {},
      liveChannel: () => () => {},
    },
    own: { origin: () => ISSUER, isOwnHost: (host) => host === 'relay.example', isOwnOrigin: () => false },
    trusts: () => false,
    mostConnections: 5,
    onRefused: () => {},
  });
  const router = createRouter(app, {
    authenticate: () => Promise.reject(new Error('nobody has a token here')),
    guard: () => {},
    onRefused: () => {},
    onError: (error) => errors.push(error),
  });
  await registerSaml(router, {
    signIn,
    relayIssuer: { trusted: { issuer: ISSUER }, jwks: { keys: KEYS } } as never,
    onRefused: (refusal) => refused.push(refusal),
    onError: (error) => errors.push(error),
  });
});
afterEach(() => app.close());

const ask = async (method: 'GET' | 'POST', url: string, payload?: string, host = 'relay.example') =>
  await app.inject({ method, url, headers: { host, ...(payload && FORM) }, ...(payload && { payload }) });

describe('to programs it is an authorization server', () => {
  it('that says where everything is', async () => {
    const { statusCode, body } = await ask('GET', '/.well-known/oauth-authorization-server');
    expect([statusCode, JSON.parse(body)]).toEqual([
      200,
      {
        issuer: ISSUER,
        authorization_endpoint: `${ISSUER}/saml/sign-in`,
        token_endpoint: `${ISSUER}/saml/token`,
        jwks_uri: `${ISSUER}/saml/keys`,
        response_types_supported: ['code'],
        grant_types_supported: ['authorization_code'],
        code_challenge_methods_supported: ['S256'],
        token_endpoint_auth_methods_supported: ['none'],
        scopes_supported: ['sluice:decide'],
      },
    ]);
  });

  it('with public keys, and the metadata of a service provider', async () => {
    expect((await ask('GET', '/saml/keys')).json()).toEqual({ keys: KEYS });
    const { headers, body } = await ask('GET', '/saml/metadata');
    expect([headers['content-type'], body]).toEqual([
      expect.stringContaining('application/samlmetadata+xml'),
      '<EntityDescriptor/>',
    ]);
  });

  it('that gives a token for a code', async () => {
    const { statusCode, headers, body } = await ask('POST', '/saml/token', 'code=c&code_verifier=v');
    expect(calls).toEqual([['redeem', { code: 'c', code_verifier: 'v' }]]);
    expect([statusCode, JSON.parse(body), headers['cache-control']]).toEqual([
      200,
      { access_token: 'a.b.c', token_type: 'Bearer', expires_in: 3_600 },
      'no-store',
    ]);
  });

  it.each<[string, Error, number, string, string]>([
    [
      'a code that is none',
      new SluiceError('token_invalid', 'no such code'),
      400,
      'invalid_grant',
      'token_invalid',
    ],
    [
      'a grant that is none',
      new SluiceError('request_malformed', 'no'),
      400,
      'invalid_request',
      'request_malformed',
    ],
  ])('and refuses, in its words: %s', async (_, thrown, status, error, code) => {
    fails = thrown;
    const { statusCode, body } = await ask('POST', '/saml/token', 'code=c');
    expect([statusCode, JSON.parse(body)]).toEqual([status, { error, error_description: thrown.message }]);
    expect(refused).toEqual([{ code, what: 'POST /saml/token', reason: thrown.message }]);
    expect(errors).toEqual([]);
  });

  it('and says nothing of its own failures', async () => {
    fails = new TypeError('ada@example.com');
    const { statusCode, body } = await ask('POST', '/saml/token', 'code=c');
    expect([statusCode, JSON.parse(body)]).toEqual([
      500,
      { error: 'server_error', error_description: 'something went wrong in the relay' },
    ]);
    expect([refused, errors]).toEqual([[], [fails]]);
  });

  it('and says when to come again, or where to go; the door has that on the record', async () => {
    isFull = true;
    const full = await ask('POST', '/saml/token', 'code=c');
    expect([full.statusCode, full.headers['retry-after'], full.json()]).toEqual([
      429,
      '5',
      { error: 'temporarily_unavailable', error_description: 'too many requests' },
    ]);
    isFull = false;
    const elsewhere = await ask('POST', '/saml/token', 'code=c', 'evil.example');
    expect([elsewhere.statusCode, elsewhere.headers['retry-after'], elsewhere.json()]).toMatchObject([
      421,
      undefined,
      { error: 'temporarily_unavailable' },
    ]);
    expect([calls, refused]).toEqual([[], []]);
  });
});

describe('to browsers it is pages', () => {
  it('that send them to the identity provider, and back to the program', async () => {
    const start = await ask('GET', '/saml/sign-in?state=s&scope=openid');
    expect([start.statusCode, start.headers['location']]).toEqual([
      303,
      'https://idp.example/sso?SAMLRequest=x',
    ]);
    const back = await ask('POST', '/saml/acs', 'SAMLResponse=r&RelayState=s');
    expect([back.statusCode, back.headers['location']]).toEqual([
      303,
      'http://127.0.0.1:1234/callback?code=c',
    ]);
    expect(calls).toEqual([
      ['start', { state: 's', scope: 'openid' }],
      ['consume', { SAMLResponse: 'r', RelayState: 's' }],
    ]);
  });

  it.each(['GET', 'POST'] as const)('that say why somebody is not signed in: %s', async (method) => {
    const cause = new Error('signature of <script> is wrong', { cause: new Error('deeper') });
    fails = new SluiceError('token_invalid', 'the answer is not good', { advice: 'sign in again', cause });
    const url = method === 'GET' ? '/saml/sign-in' : '/saml/acs';
    const { statusCode, headers, body } = await ask(method, url, method === 'GET' ? undefined : 'a=b');
    expect([statusCode, headers['content-type'], headers['content-security-policy']]).toEqual([
      401,
      'text/html; charset=utf-8',
      "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
    ]);
    expect(body).toContain('You are not signed in');
    expect(body).toContain('The answer is not good. Sign in again.');
    expect(body).not.toContain('script');
    // The record has the reason that the caller is not given.
    const reason = 'the answer is not good: signature of <script> is wrong: deeper';
    expect(refused).toEqual([{ code: 'token_invalid', what: `${method} ${url}`, reason }]);
  });

  it('that say no more than there is to say, and the record no more than a line', async () => {
    fails = new SluiceError('request_malformed', 'x'.repeat(2_000));
    expect((await ask('GET', '/saml/sign-in')).body).toMatch(/Xx+\.(?! )/);
    expect(refused).toEqual([
      { code: 'request_malformed', what: 'GET /saml/sign-in', reason: 'x'.repeat(1_000) },
    ]);
  });

  it('that say when to come again, and nothing of the relay’s own failures', async () => {
    isFull = true;
    const { statusCode, headers } = await ask('GET', '/saml/sign-in');
    expect([statusCode, headers['retry-after'], refused]).toEqual([429, '5', []]);
    isFull = false;
    fails = new TypeError('ada@example.com');
    const broken = await ask('GET', '/saml/sign-in');
    expect([broken.statusCode, broken.body.includes('ada@'), errors]).toEqual([500, false, [fails]]);
    expect(refused).toEqual([]);
  });
});
