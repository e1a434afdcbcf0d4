import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createAuthenticator, identityConfig } from './index.ts';
import { newKey, signToken, startTestIssuer, type TestIssuer, type TestKey } from './testing/test-issuer.ts';

const SECONDS = 1_000;
const MINUTES = 60 * SECONDS;

let issuer: TestIssuer;
let elsewhere: TestIssuer;
let [first, second]: TestKey[] = [];
let clock: number;
let subjectOf: (key: TestKey) => Promise<string>;

beforeAll(async () => {
  issuer = await startTestIssuer();
  elsewhere = await startTestIssuer();
  [first, second] = await Promise.all([newKey('one'), newKey('two')]);
  elsewhere.published = [first.public];
});
afterAll(() => {
  issuer.close();
  elsewhere.close();
});

beforeEach(() => {
  Object.assign(issuer, { published: [first!.public], discovery: {}, misbehave: null, keyFetches: 0 });
  clock = Date.UTC(2026, 10, 20, 12);
  const authenticate = createAuthenticator({
    config: identityConfig.parse({ issuers: [{ issuer: issuer.url, audience: 'sluice' }] }),
    revocations: { check: () => {} },
    now: () => clock,
  });
  subjectOf = async (key) => (await authenticate(await signToken(key, clock, { iss: issuer.url }))).subject;
});

const down = { code: 'token_untrusted', message: expect.stringContaining('cannot be fetched') };

describe('keys', () => {
  it('are fetched once for many tokens', async () => {
    await Promise.all(Array.from({ length: 20 }, () => subjectOf(first!)));
    expect(issuer.keyFetches).toBe(1);
  });

  it('are not fetched again while they are fresh, for a token that they are for', async () => {
    await subjectOf(first!);
    clock += 9 * MINUTES;
    await subjectOf(first!);
    expect(issuer.keyFetches).toBe(1);
  });

  it('are not fetched again for a token that does not say which of two it is signed with', async () => {
    issuer.published = [first!.public, second!.public];
    await subjectOf(first!);
    clock += 11 * SECONDS;
    const unnamed = { ...first!, kid: undefined as unknown as string };
    await expect(subjectOf(unnamed)).rejects.toMatchObject({ code: 'token_invalid' });
    expect(issuer.keyFetches).toBe(1);
  });

  it('are fetched again for a token with a new key id', async () => {
    await subjectOf(first!);
    issuer.published = [second!.public];
    clock += 11 * SECONDS;
    expect(await subjectOf(second!)).toBe('u1');
    await expect(subjectOf(first!)).rejects.toMatchObject({ code: 'token_invalid' });
  });

  it('are not fetched again for every made-up key id', async () => {
    await subjectOf(first!);
    const ask = () => subjectOf(second!).catch((error: unknown) => error);
    const answers = await Promise.all(Array.from({ length: 20 }, ask));
    expect(answers[0]).toMatchObject({ code: 'token_invalid' });
    expect(issuer.keyFetches).toBe(1);
    clock += 11 * SECONDS;
    await Promise.all(Array.from({ length: 20 }, ask));
    expect(issuer.keyFetches).toBe(2);
  });

  it('that the issuer has withdrawn are forgotten', async () => {
    issuer.published = [first!.public, second!.public];
    await subjectOf(first!);
    issuer.published = [second!.public];
    clock += 11 * MINUTES;
    await expect(subjectOf(first!)).rejects.toMatchObject({ code: 'token_invalid' });
  });

  it('go on counting for an hour while the issuer is down, and no longer', async () => {
    await subjectOf(first!);
    issuer.misbehave = (response) => response.writeHead(503).end();
    clock += 59 * MINUTES;
    expect(await subjectOf(first!)).toBe('u1');
    await expect(subjectOf(second!)).rejects.toMatchObject({ code: 'token_invalid' });
    clock += 2 * MINUTES;
    await expect(subjectOf(first!)).rejects.toMatchObject(down);
  });

  it('are fetched again after the clock was put back', async () => {
    issuer.misbehave = (response) => response.writeHead(503).end();
    await expect(subjectOf(first!)).rejects.toMatchObject(down);
    issuer.misbehave = null;
    clock -= 60 * MINUTES;
    expect(await subjectOf(first!)).toBe('u1');
  });

  it('are had again when the issuer is back', async () => {
    issuer.misbehave = (response) => response.writeHead(503).end();
    await expect(subjectOf(first!)).rejects.toMatchObject(down);
    issuer.misbehave = null;
    await expect(subjectOf(first!), 'not asked again at once').rejects.toMatchObject(down);
    clock += 11 * SECONDS;
    expect(await subjectOf(first!)).toBe('u1');
  });

  it.each<[string, NonNullable<TestIssuer['misbehave']>]>([
    ['not JSON', (response) => response.end('<html>')],
    [
      'longer than anybody reads',
      (response) => response.end(JSON.stringify({ keys: [first!.public], x: 'x'.repeat(2_000_000) })),
    ],
    ['no key set', (response) => response.end('{"keys":"none"}')],
    // With the right keys, but it is not the one whose word counts.
    ['somewhere else', (response) => response.writeHead(302, { location: `${elsewhere.url}/keys` }).end()],
    [
      'of a server in trouble',
      (response) => response.writeHead(500).end(JSON.stringify({ keys: [first!.public] })),
    ],
    ['a broken connection', (response) => response.destroy()],
  ])('that are %s count as not fetched', async (_, misbehave) => {
    issuer.misbehave = misbehave;
    await expect(subjectOf(first!)).rejects.toMatchObject(down);
  });

  it.each([
    ['of another issuer', () => ({ issuer: 'https://evil.example' })],
    // Reaches the very same server, by a name that could be anybody's.
    ['that leads off https', () => ({ jwks_uri: `${issuer.url.replace('127.0.0.1', '0.0.0.0')}/keys` })],
  ])('are not taken from a discovery document %s', async (_, discovery) => {
    issuer.discovery = discovery();
    await expect(subjectOf(first!)).rejects.toMatchObject(down);
    expect(issuer.keyFetches).toBe(0);
  });
});
