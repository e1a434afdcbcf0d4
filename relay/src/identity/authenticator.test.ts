import { createHmac, generateKeyPairSync, sign as signBytes } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { openRecordedStore } from '../recording/testing/open-recorded-store.ts';
import {
  type Authenticate,
  createAuthenticator,
  createRevocations,
  identityConfig,
  identityId,
} from './index.ts';
import { newKey, signToken, startTestIssuer, type TestIssuer, type TestKey } from './testing/test-issuer.ts';

let provider: TestIssuer;
let issuer: string;
let key: TestKey;
let stranger: TestKey;
let clock: number;
let authenticate: Authenticate;

beforeAll(async () => {
  [key, stranger, provider] = await Promise.all([newKey('one'), newKey('one'), startTestIssuer()]);
  issuer = provider.url;
  provider.published = [key.public];
});
afterAll(() => provider.close());

beforeEach(() => {
  clock = Date.UTC(2026, 10, 20, 12);
  authenticate = createAuthenticator({
    config: config(),
    revocations: { check: () => {} },
    now: () => clock,
  });
});

describe('a token', () => {
  it('becomes an identity', async () => {
    expect(await authenticate(await sign(key))).toEqual({
      id: `${issuer}|u1`,
      issuer,
      subject: 'u1',
      name: 'ada',
      person: { email: 'ada@example.com' },
      groups: ['developers'],
      kind: 'person',
      tokenId: 't1',
      tokenClient: null,
      signedInAt: null,
      acr: null,
      mayDecide: false,
      issuedAt: clock,
      expiresAt: clock + 600_000,
    });
  });

  const refused: Record<string, [code: string, token: () => Promise<string>]> = {
    'signed by somebody else under a known key id': ['token_invalid', () => sign(stranger)],
    'for another audience': ['token_invalid', () => sign(key, { aud: 'something else' })],
    'for no audience': ['token_invalid', () => sign(key, { aud: undefined })],
    'of an unknown issuer': ['token_untrusted', () => sign(key, { iss: 'https://evil.example' })],
    'of an issuer that only begins like a known one': [
      'token_untrusted',
      () => sign(key, { iss: `${issuer}/` }),
    ],
    'that has expired': ['token_expired', () => sign(key, { exp: clock / 1000 - 31 })],
    'not yet valid': ['token_invalid', () => sign(key, { nbf: clock / 1000 + 60 })],
    'issued in the future': ['token_invalid', () => sign(key, { iat: clock / 1000 + 60 })],
    'that never expires': ['token_invalid', () => sign(key, { exp: undefined })],
    'too old, though it has not expired': [
      'token_expired',
      () => sign(key, { iat: clock / 1000 - 90_000, exp: clock / 1000 + 60 }),
    ],
    'without a subject': ['token_invalid', () => sign(key, { sub: undefined })],
    'with an empty subject': ['token_invalid', () => sign(key, { sub: '' })],
    // The same key and a good signature: only the list of algorithms is against it.
    'signed with an algorithm that is not on the list': [
      'token_invalid',
      () => sign(key, {}, { alg: 'RS512' }),
    ],
    'with no signature': ['token_invalid', async () => unsigned(await sign(key))],
    'signed with the public key as a shared secret': ['token_invalid', () => hmacWithPublicKey()],
    'that brings its own key': ['token_invalid', () => sign(stranger, {}, { jwk: stranger.public })],
    'that points to its own keys': ['token_invalid', () => sign(stranger, {}, { jku: `${issuer}/evil` })],
    'with a critical header nobody knows': ['token_invalid', () => sign(key, {}, { crit: ['x'], x: 1 })],
    'cut short': ['token_invalid', async () => (await sign(key)).slice(0, -8)],
    'that is no token at all': ['token_invalid', async () => 'hunter2'],
    'of a megabyte': ['token_invalid', () => sign(key, { fat: 'x'.repeat(1_000_000) })],
  };
  it.each(Object.entries(refused))('%s is refused', async (_, [code, token]) => {
    const text = await token();
    const error = await authenticate(text).then(
      () => 'accepted',
      (thrown: unknown) => thrown,
    );
    expect(error).toMatchObject({ code });
    expect(String(error)).not.toContain(text.slice(0, 20));
  });

  it('is told by name which claim is not accepted', async () => {
    for (const [claim, token] of [
      ['aud', sign(key, { aud: 'something else' })],
      ['nbf', sign(key, { nbf: clock / 1000 + 60 })],
    ] as const) {
      await expect(authenticate(await token)).rejects.toMatchObject({
        code: 'token_invalid',
        message: `the token's claim \`${claim}\` is not accepted`,
        advice: 'sign in again for this relay',
      });
    }
  });

  it('by a key that nobody should sign with is the issuer’s fault, and not the person’s', async () => {
    const weak = generateKeyPairSync('rsa', { modulusLength: 1024 });
    provider.published = [{ ...weak.publicKey.export({ format: 'jwk' }), kid: 'weak' }];
    onTestFinished(() => void (provider.published = [key.public]));
    const encoded = (part: object) => Buffer.from(JSON.stringify(part)).toString('base64url');
    const [, claims] = (await sign(key)).split('.');
    const over = `${encoded({ alg: 'RS256', kid: 'weak' })}.${claims}`;
    const signature = signBytes('sha256', Buffer.from(over), weak.privateKey).toString('base64url');
    await expect(authenticate(`${over}.${signature}`)).rejects.toMatchObject({
      code: 'token_untrusted',
      message: "the issuer's key cannot be used",
    });
  });

  it.each([
    [{ azp: 'console', client_id: 'other' }, 'console'],
    [{ azp: '', client_id: 'console' }, 'console'],
    [{ azp: ['console'], client_id: '' }, null],
  ])('was given to the program that it says: %j', async (claims, client) => {
    expect((await authenticate(await sign(key, claims))).tokenClient).toBe(client);
  });

  it('within the clock tolerance is accepted', async () => {
    await expect(authenticate(await sign(key, { exp: clock / 1000 - 29 }))).resolves.toBeDefined();
  });
});

describe('a token says what it is for', () => {
  const authenticateWith = (deciding: object | null) =>
    createAuthenticator({
      config: identityConfig.parse({ issuers: [{ issuer, audience: 'sluice', deciding }] }),
      revocations: { check: () => {} },
      now: () => clock,
    });

  it.each<[object | null, Record<string, unknown>, boolean | string]>([
    [null, { scope: 'decide' }, false],
    [{ scope: 'decide' }, {}, false],
    [{ scope: 'decide' }, { scope: 'openid decide' }, true],
    [{ scope: 'decide' }, { scp: ['openid', 'decide'] }, true],
    [{ scope: 'decide' }, { scp: 'openid decide' }, true],
    [{ scope: 'decide' }, { scope: 'openid decider' }, false],
    [{ scope: 'decide' }, { scope: 'DECIDE' }, false],
    [{ scope: 'decide' }, { scope: { decide: true } }, false],
    [{ scope: 'decide' }, { scope: 'decide', aud: 'other' }, 'token_invalid'],
    [{ audience: 'deciders' }, {}, false],
    [{ audience: 'deciders' }, { aud: 'deciders' }, true],
    // For both, it is for deciding alone.
    [{ audience: 'deciders' }, { aud: ['sluice', 'deciders'] }, true],
    [{ audience: 'deciders' }, { scope: 'deciders' }, false],
    [{ audience: 'deciders' }, { aud: 'other' }, 'token_invalid'],
    [{ scope: 'decide', clients: ['console'] }, { scope: 'decide', azp: 'console' }, true],
    [{ scope: 'decide', clients: ['console'] }, { scope: 'decide', client_id: 'console' }, true],
    [{ scope: 'decide', clients: ['console'] }, { scope: 'decide', azp: 'agent' }, 'token_untrusted'],
    [
      { scope: 'decide', clients: ['console'] },
      { scope: 'decide', azp: 'agent', client_id: 'console' },
      'token_untrusted',
    ],
    [{ scope: 'decide', clients: ['console'] }, { scope: 'decide' }, 'token_untrusted'],
    [{ scope: 'decide', clients: ['console'] }, { azp: 'agent' }, false],
  ])('%j and %j: %s', async (deciding, claims, expected) => {
    const said = await authenticateWith(deciding)(await sign(key, claims)).then(
      ({ mayDecide }) => mayDecide,
      (error: { code: string }) => error.code,
    );
    expect(said).toBe(expected);
  });

  it.each([
    ['a while ago', -5_000, true],
    ['now', 0, true],
    ['as far ahead as clocks may differ', 30, true],
    // Else it would be a recent sign-in for ever after, once that time has come.
    ['after the token was made', 31, false],
  ])('and when its person signed in: %s', async (_, after, isSaid) => {
    const time = clock / 1000 + after;
    const { signedInAt } = await authenticate(await sign(key, { auth_time: time }));
    expect(signedInAt).toBe(isSaid ? time * 1000 : null);
  });

  it.each([null, '1700000000', Number.NaN, -1, 0, [1], {}])('no sign-in: %j', async (time) => {
    expect((await authenticate(await sign(key, { auth_time: time }))).signedInAt).toBeNull();
  });

  it.each(['a\u200bda', 'ada\u0000', '\u3164', 'a\u2066da', ' '])(
    'is nobody’s when nobody can see whose: %j',
    async (sub) => {
      await expect(authenticate(await sign(key, { sub }))).rejects.toMatchObject({ code: 'token_untrusted' });
    },
  );

  it('is told before its person is let in, or not', async () => {
    const known: string[] = [];
    const knowing = createAuthenticator({
      config: config(),
      revocations: {
        check() {
          throw new Error('out');
        },
      },
      onKnown: async ({ subject }) => void known.push(subject),
      now: () => clock,
    });
    await expect(knowing(await sign(key))).rejects.toThrow('out');
    expect(known).toEqual(['u1']);
  });
});

it('comes from an issuer over https, except on this machine', () => {
  const other = { issuers: [{ issuer: 'http://idp.example.com', audience: 'sluice' }] };
  expect(identityConfig.safeParse(other).success).toBe(false);
});

describe("a pipeline's token", () => {
  const rules = [
    { when: { repository: 'acme/*', ref: 'refs/heads/main' }, name: 'acme deploys', groups: ['ci'] },
  ];
  beforeEach(() => {
    const issuers = [{ issuer, audience: 'sluice', claims: { kind: 'workload', rules } }];
    authenticate = createAuthenticator({
      config: identityConfig.parse({ issuers }),
      revocations: { check: () => {} },
      now: () => clock,
    });
  });

  it('becomes the identity that a rule names', async () => {
    const token = await sign(key, { repository: 'acme/shop', ref: 'refs/heads/main', groups: ['admins'] });
    expect(await authenticate(token)).toMatchObject({
      kind: 'workload',
      name: 'acme deploys',
      groups: ['ci'],
    });
  });

  it.each([
    { repository: 'evil/acme/shop', ref: 'refs/heads/main' },
    { repository: 'acme/shop', ref: 'refs/heads/main2' },
    { repository: 'acme/shop' },
    { repository: ['acme/shop'], ref: 'refs/heads/main' },
  ])('that no rule covers is refused: %j', async (claims) => {
    await expect(authenticate(await sign(key, claims))).rejects.toMatchObject({ code: 'token_untrusted' });
  });
});

describe('a revocation', () => {
  const cases = {
    subject: () => ({ type: 'subject', identity: identityId(issuer, 'u1') }) as const,
    token: () => ({ type: 'token', tokenId: 't1' }) as const,
    'issued before, one person': () =>
      ({ type: 'issued_before', issuedBefore: clock + 1_000, identity: identityId(issuer, 'u1') }) as const,
    'issued before, everybody': () =>
      ({ type: 'issued_before', issuedBefore: clock + 1_000, identity: null }) as const,
  };
  it.each(Object.entries(cases))('by %s shuts out at once, and after a restart', async (_, target) => {
    const { store, relaySession, notices, close } = await openRecordedStore();
    const open = () =>
      createRevocations({
        store,
        relaySession,
        notices,
        onError,
        now: () => clock,
        clockToleranceMs: 30_000,
      });
    const revocations = await open();
    const told: unknown[] = [];
    revocations.onRevoked(async (revocation) => void told.push(revocation.target));
    const token = await sign(key);
    const check = async (against: typeof revocations) =>
      await createAuthenticator({ config: config(), revocations: against, now: () => clock })(token);

    await expect(check(revocations)).resolves.toBeDefined();
    await revocations.revoke({ target: target(), reason: 'left', by: 'security' });
    expect(told).toEqual([target()]);
    await expect(check(revocations)).rejects.toMatchObject({ code: 'identity_revoked' });
    await expect(check(await open())).rejects.toMatchObject({ code: 'identity_revoked' });
    await close();
  });

  it('of one leaves the others', async () => {
    const { store, relaySession, notices, close } = await openRecordedStore();
    const revocations = await createRevocations({
      store,
      relaySession,
      notices,
      onError,
      now: () => clock,
      clockToleranceMs: 30_000,
    });
    const other = { type: 'subject', identity: identityId(issuer, 'u2') } as const;
    await revocations.revoke({ target: other, reason: 'left', by: 'security' });
    authenticate = createAuthenticator({ config: config(), revocations, now: () => clock });
    await expect(authenticate(await sign(key))).resolves.toBeDefined();
    await close();
  });
});

function config() {
  return identityConfig.parse({ issuers: [{ issuer, audience: 'sluice' }] });
}

function sign(
  by: TestKey,
  changes: Record<string, unknown> = {},
  header: Record<string, unknown> = {},
): Promise<string> {
  const claims = {
    iss: issuer,
    jti: 't1',
    preferred_username: 'ada',
    email: 'ada@example.com',
    email_verified: true,
    groups: ['developers'],
    ...changes,
  };
  return signToken(by, clock, claims, header);
}

function unsigned(token: string): string {
  const header = Buffer.from(JSON.stringify({ alg: 'none', kid: 'one' })).toString('base64url');
  return `${header}.${token.split('.')[1]}.`;
}

async function hmacWithPublicKey(): Promise<string> {
  const header = Buffer.from(JSON.stringify({ alg: 'HS256', kid: 'one' })).toString('base64url');
  const body = `${header}.${(await sign(key)).split('.')[1]}`;
  return `${body}.${createHmac('sha256', key.pem).update(body).digest('base64url')}`;
}

function onError(error: unknown): never {
  throw error;
}
