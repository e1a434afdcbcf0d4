import { createHash } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { identityConfig } from '../identity-config.ts';
import { startTestIssuer, type TestIssuer } from '../testing/test-issuer.ts';
import { createIssuerClient, type IssuerClient } from './issuer-client.ts';

const BACK = 'https://sluice.example/oauth/callback';
const LONG = 'x'.repeat(2_000_000);
const EXPECTED = { state: 'the-state', verifier: 'v'.repeat(43) };
const DOWN = { code: 'internal', message: 'the issuer where people sign in does not answer' };

let issuer: TestIssuer;
let elsewhere: TestIssuer;
beforeAll(async () => {
  [issuer, elsewhere] = await Promise.all([startTestIssuer(), startTestIssuer()]);
});
afterAll(() => {
  issuer.close();
  elsewhere.close();
});

let client: IssuerClient;
beforeEach(() => {
  for (const one of [issuer, elsewhere]) {
    one.discovery = { authorization_endpoint: `${one.url}/authorize`, token_endpoint: `${one.url}/token` };
    one.undiscoverable = null;
    one.discoveryFetches = 0;
    one.asked.length = 0;
    one.answer = gives({});
  }
  client = clientOf();
});

/** Of an issuer where people sign in. */
function clientOf(signIn: object = {}, timeoutMs?: number): IssuerClient {
  const { issuers } = identityConfig.parse({
    issuers: [{ issuer: issuer.url, audience: 'sluice', signIn: { clientId: 'sluice-mcp', ...signIn } }],
  });
  return createIssuerClient({ issuers }, timeoutMs);
}

/** What a token endpoint answers that is in order, but for what is said. */
function gives(change: object): (response: ServerResponse) => void {
  return (response) => response.end(JSON.stringify({ access_token: 'a-1', token_type: 'bearer', ...change }));
}

/** Where the issuer has sent the browser back to, but for what is said. */
function came(change: Readonly<Record<string, string | null>> = {}): URL {
  const url = new URL(BACK);
  const sent = { code: 'c-1', state: EXPECTED.state, ...change };
  for (const [name, value] of Object.entries(sent)) if (value !== null) url.searchParams.set(name, value);
  return url;
}

it('signs people in where people are, and where it is said how', () => {
  const signIn = { clientId: 'sluice-mcp' };
  const pipelines = { kind: 'workload', rules: [{ when: { repository: 'a' }, name: 'ci', groups: [] }] };
  const { issuers } = identityConfig.parse({
    issuers: [
      { issuer: 'https://people.example', audience: 'sluice', signIn },
      { issuer: 'https://tokens-alone.example', audience: 'sluice' },
      { issuer: 'https://pipelines.example', audience: 'sluice', signIn, claims: pipelines },
    ],
  });
  expect(createIssuerClient({ issuers }).issuers).toEqual(['https://people.example']);
});

it('asks no issuer for anything where nobody signs in', async () => {
  const refused = { code: 'token_invalid', message: 'nobody signs in there' };
  await expect(client.start(elsewhere.url, EXPECTED, BACK)).rejects.toMatchObject(refused);
  await expect(client.finish(elsewhere.url, came(), EXPECTED)).rejects.toMatchObject(refused);
  await expect(client.renew(elsewhere.url, 'r-1')).rejects.toMatchObject(refused);
  expect([elsewhere.discoveryFetches, elsewhere.asked]).toEqual([0, []]);
});

describe('the way to the issuer', () => {
  const sentTo = async (one: IssuerClient) => {
    const { origin, pathname, searchParams } = await one.start(issuer.url, EXPECTED, BACK);
    return { at: `${origin}${pathname}`, ...Object.fromEntries(searchParams) };
  };

  it('holds the digest of what only the relay knows, and nothing of it', async () => {
    expect(await sentTo(client)).toEqual({
      at: `${issuer.url}/authorize`,
      response_type: 'code',
      client_id: 'sluice-mcp',
      redirect_uri: BACK,
      scope: 'openid profile email groups',
      state: EXPECTED.state,
      code_challenge: createHash('sha256').update(EXPECTED.verifier).digest('base64url'),
      code_challenge_method: 'S256',
    });
  });

  it('asks for the scopes and the resource of the configuration', async () => {
    const one = clientOf({ scope: 'openid', resource: 'https://sluice.example' });
    expect(await sentTo(one)).toMatchObject({ scope: 'openid', resource: 'https://sluice.example' });
  });

  it('asks for a refresh token where the issuer has them, so that people agree to it', async () => {
    issuer.discovery['scopes_supported'] = ['openid', 'offline_access'];
    expect(await sentTo(client)).toMatchObject({
      scope: 'openid profile email groups offline_access',
      prompt: 'consent',
    });
    issuer.discovery['scopes_supported'] = ['openid'];
    const without = await sentTo(clientOf());
    expect([without, (without as { prompt?: string }).prompt]).toMatchObject([
      { scope: 'openid profile email groups' },
      undefined,
    ]);
  });

  it('is looked up once, for as many as go there', async () => {
    await Promise.all([sentTo(client), sentTo(client)]);
    await sentTo(client);
    expect(issuer.discoveryFetches).toBe(1);
  });

  it('is looked up again once the issuer is back', async () => {
    issuer.undiscoverable = (response) => response.writeHead(503).end();
    await expect(sentTo(client)).rejects.toMatchObject(DOWN);
    issuer.undiscoverable = null;
    expect(await sentTo(client)).toMatchObject({ at: `${issuer.url}/authorize` });
  });

  it.each<[string, (response: ServerResponse) => void]>([
    ['no JSON', (response) => response.end('<html>')],
    ['another issuer’s', (response) => response.end(JSON.stringify({ issuer: elsewhere.url }))],
    ['a broken connection', (response) => response.destroy()],
    [
      'somewhere else',
      (response) =>
        response.writeHead(302, { location: `${elsewhere.url}/.well-known/openid-configuration` }).end(),
    ],
    [
      'longer than anybody reads',
      (response) => response.end(JSON.stringify({ ...issuer.discovery, issuer: issuer.url, LONG })),
    ],
  ])('is not taken from a document that is %s', async (_title, answer) => {
    issuer.undiscoverable = answer;
    await expect(sentTo(client)).rejects.toMatchObject(DOWN);
    expect(elsewhere.discoveryFetches).toBe(0);
  });

  it('is not waited for longer than its time', async () => {
    issuer.undiscoverable = () => {};
    await expect(sentTo(clientOf({}, 50))).rejects.toMatchObject(DOWN);
  });

  it('does not lead off https, but to this machine', async () => {
    const { issuers } = identityConfig.parse({
      issuers: [{ issuer: 'https://id.example', audience: 'sluice', signIn: { clientId: 'c' } }],
    });
    // As a configuration that was not checked would have it: the server is the very same, by another name.
    const [one] = issuers;
    const plain = { ...one!, issuer: issuer.url.replace('127.0.0.1', '0.0.0.0') };
    issuer.discovery['issuer'] = plain.issuer;
    const unchecked = createIssuerClient({ issuers: [plain] });
    await expect(unchecked.start(plain.issuer, EXPECTED, BACK)).rejects.toMatchObject(DOWN);
    expect(issuer.discoveryFetches).toBe(0);
  });
});

describe('what the issuer gives for its answer', () => {
  it('is a token, and a refresh token where it gives them', async () => {
    expect(await client.finish(issuer.url, came(), EXPECTED)).toEqual({ token: 'a-1', refresh: null });
    issuer.answer = gives({ refresh_token: 'r-1' });
    expect(await client.finish(issuer.url, came(), EXPECTED)).toEqual({ token: 'a-1', refresh: 'r-1' });
  });

  it('is given to whoever has the code, and the verifier that it was asked for with', async () => {
    await client.finish(issuer.url, came(), EXPECTED);
    await clientOf({ resource: 'https://sluice.example' }).finish(issuer.url, came(), EXPECTED);
    const sent = {
      grant_type: 'authorization_code',
      client_id: 'sluice-mcp',
      code: 'c-1',
      code_verifier: EXPECTED.verifier,
      redirect_uri: BACK,
    };
    expect(issuer.asked).toEqual([sent, { ...sent, resource: 'https://sluice.example' }]);
  });

  it.each([
    ['of another sign-in', { state: 'another' }],
    ['of no sign-in', { state: null }],
    ['of another issuer (RFC 9207)', { iss: 'https://evil.example' }],
    ['that is a refusal', { code: null, error: 'access_denied' }],
    ['without a code', { code: null }],
    ['with a token in it', { id_token: 'a.b.c' }],
  ])('is not asked for with an answer %s', async (_title, change) => {
    await expect(client.finish(issuer.url, came(change), EXPECTED)).rejects.toMatchObject({
      code: 'token_invalid',
      message: 'the issuer did not sign you in',
      advice: 'begin again in your program',
    });
    expect(issuer.asked).toEqual([]);
  });

  it('is not asked for where the issuer says that it names itself, and did not', async () => {
    issuer.discovery['authorization_response_iss_parameter_supported'] = true;
    await expect(client.finish(issuer.url, came(), EXPECTED)).rejects.toMatchObject({
      code: 'token_invalid',
    });
    expect(issuer.asked).toEqual([]);
    expect(await client.finish(issuer.url, came({ iss: issuer.url }), EXPECTED)).toMatchObject({
      token: 'a-1',
    });
  });
});

describe('the next token', () => {
  it('is asked for with the refresh token, and comes with the next one where there is one', async () => {
    expect(await client.renew(issuer.url, 'r-1')).toEqual({ token: 'a-1', refresh: null });
    issuer.answer = gives({ access_token: 'a-2', refresh_token: 'r-2' });
    const named = clientOf({ resource: 'https://sluice.example' });
    expect(await named.renew(issuer.url, 'r-1')).toEqual({ token: 'a-2', refresh: 'r-2' });
    const sent = { grant_type: 'refresh_token', client_id: 'sluice-mcp', refresh_token: 'r-1' };
    expect(issuer.asked).toEqual([sent, { ...sent, resource: 'https://sluice.example' }]);
  });
});

const WRONG: readonly (readonly [string, (response: ServerResponse) => void])[] = [
  ['a token of a server in trouble', (response) => gives({})(response.writeHead(500))],
  ['no JSON', (response) => response.end('<html>')],
  ['no token', (response) => response.end('{"token_type":"bearer"}')],
  ['a token of a type that nobody knows', gives({ token_type: 'sealed' })],
  ['a token that is none', gives({ access_token: 1 })],
  ['a refresh token that is none', gives({ refresh_token: 1 })],
  [
    'the word of another',
    (response) => response.writeHead(307, { location: `${elsewhere.url}/token` }).end(),
  ],
  ['a broken connection', (response) => response.destroy()],
  ['more than anybody reads', gives({ access_token: LONG })],
];

describe('the token endpoint', () => {
  it('says that there is no token, for a code or a refresh token', async () => {
    issuer.answer = (response) => response.writeHead(400).end('{"error":"invalid_grant"}');
    await expect(client.finish(issuer.url, came(), EXPECTED)).rejects.toMatchObject({
      code: 'token_invalid',
    });
    await expect(client.renew(issuer.url, 'r-1')).rejects.toMatchObject({
      code: 'token_invalid',
      message: 'the issuer gives you no other token',
      advice: 'sign in again in your program',
    });
  });

  it.each(WRONG)('is taken at no word for a code that is %s', async (_title, answer) => {
    issuer.answer = answer;
    const finished = client.finish(issuer.url, came(), EXPECTED);
    await expect(finished).rejects.toMatchObject({ code: 'token_invalid' });
    // The code and the verifier are the issuer's alone.
    expect(elsewhere.asked).toEqual([]);
  });

  // A program forgets a refresh token that is no good, and its person has to sign in again.
  it.each(WRONG)('ends no sign-in with %s', async (_title, answer) => {
    issuer.answer = answer;
    await expect(client.renew(issuer.url, 'r-1')).rejects.toMatchObject(DOWN);
    expect(elsewhere.asked).toEqual([]);
  });

  it('is not waited for longer than its time', async () => {
    issuer.answer = () => {};
    await expect(clientOf({}, 500).renew(issuer.url, 'r-1')).rejects.toMatchObject(DOWN);
  });
});
