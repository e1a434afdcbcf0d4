import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { identityConfig } from './identity-config.ts';
import { publicUrl } from './safe-url.ts';
import { samlPersonNames } from './saml/saml-config.ts';

const takes = (config: unknown) => identityConfig.safeParse(config).success;
const issuer = (change: object = {}) => ({ issuer: 'https://id.example', audience: 'sluice', ...change });

describe('an issuer', () => {
  it.each([
    ['https://id.example', true],
    ['https://id.example/tenant/', true],
    ['http://localhost:8080', true],
    ['http://127.0.0.1', true],
    ['http://127.1.22.255', true],
    ['http://[::1]:80', true],
    ['http://id.example', false],
    ['http://127.0.0.1.example', false],
    ['http://x127.0.0.1', false],
    ['http://localhost.example', false],
    ['http://10.0.0.1', false],
    ['ftp://127.0.0.1', false],
    ['id.example', false],
  ])('at %s: %s', (url, taken) => {
    expect(takes({ issuers: [issuer({ issuer: url })] })).toBe(taken);
    expect(takes({ issuers: [issuer({ jwksUri: url })] })).toBe(taken);
  });

  it('is named once, and one there must be', () => {
    expect(takes({ issuers: [issuer(), issuer({ audience: 'other' })] })).toBe(false);
    expect(takes({ issuers: [issuer(), issuer({ issuer: 'https://other.example' })] })).toBe(true);
    expect(takes({ issuers: [] })).toBe(false);
    expect(takes({})).toBe(false);
  });

  it.each([
    ['no shared secrets', { algorithms: ['HS256'] }, false],
    ['no unsigned tokens', { algorithms: ['none'] }, false],
    ['an algorithm at least', { algorithms: [] }, false],
    ['an audience', { audience: '' }, false],
    ['rules of pipelines that say which', { claims: { kind: 'workload', rules: [rule({})] } }, false],
    ['rules of pipelines', { claims: { kind: 'workload', rules: [rule({ repository: 'acme/*' })] } }, true],
    ['a rule at least', { claims: { kind: 'workload', rules: [] } }, false],
    ['nothing that it does not know', { audiences: ['sluice'] }, false],
    ['a scope to decide with', { deciding: { scope: 'decide' } }, true],
    ['one scope', { deciding: { scope: 'decide openid' } }, false],
    ['a scope that is one', { deciding: { scope: '' } }, false],
    ['an audience to decide with', { deciding: { audience: 'deciders' } }, true],
    ['another audience', { deciding: { audience: 'sluice' } }, false],
    ['one of the two', { deciding: { audience: 'deciders', scope: 'decide' } }, false],
    ['one at least', { deciding: {} }, false],
    ['clients that there are', { deciding: { scope: 'decide', clients: [] } }, false],
    [
      'no deciding by pipelines',
      { deciding: { scope: 'd' }, claims: { kind: 'workload', rules: [rule({ a: 'b' })] } },
      false,
    ],
    ['names of people', { claims: { kind: 'person', personClaims: { corp: 'sub' } } }, true],
    ['a name of people at least', { claims: { kind: 'person', personClaims: {} } }, false],
  ])('is asked for %s', (_, change, taken) => {
    expect(takes({ issuers: [issuer(change)] })).toBe(taken);
  });

  function rule(when: object) {
    return { when, name: 'deploys', groups: ['ci'] };
  }
});

describe('sign-in of programs', () => {
  const signIn = { clientId: 'sluice' };
  const pipelines = { kind: 'workload', rules: [{ when: { a: 'b' }, name: 'deploys', groups: ['ci'] }] };

  it.each([
    ['where people sign in', [issuer({ signIn })], true],
    [
      'where people sign in, among others',
      [issuer({ issuer: 'https://a.example' }), issuer({ signIn })],
      true,
    ],
    ['where nobody signs in', [issuer()], false],
    ['where pipelines are', [issuer({ signIn, claims: pipelines })], false],
    [
      'where people do not sign in, and pipelines would',
      [issuer({ issuer: 'https://a.example' }), issuer({ signIn, claims: pipelines })],
      false,
    ],
  ])('is at an issuer %s: %#', (_title, issuers, taken) => {
    expect(takes({ issuers, programs: {} })).toBe(taken);
    expect(takes({ issuers })).toBe(true);
  });
});

it.each<[unknown, boolean]>([
  ['any', true],
  [['agents.example', 'agents.corp:8443', '*.tools.example', '127.0.0.1:444', '[::1]:444'], true],
  [null, true],
  [[], false],
  ['agents.example', false],
  [['https://agents.example'], false],
  [['Agents.example'], false],
  [['agents.example/agent.json'], false],
  [['agents.example:443'], false],
  [['*'], false],
  [['a.*.example'], false],
])('reads documents of programs from %j: %s', (documents, taken) => {
  const issuers = [issuer({ signIn: { clientId: 'sluice' } })];
  expect(takes({ issuers, programs: { documents } })).toBe(taken);
});

it('finds a claim inside of another by a path, or one whose name has dots by a list', () => {
  const personClaims = { employee: 'org.number', corp: ['https://acme.example/corp'] };
  const { issuers } = identityConfig.parse({
    issuers: [issuer({ claims: { kind: 'person', personClaims } })],
  });
  expect(issuers[0]!.claims.personClaims).toEqual({
    employee: ['org', 'number'],
    corp: ['https://acme.example/corp'],
  });
});

describe('SAML', () => {
  const pem = (type: 'rsa' | 'rsa-pss', modulusLength: number) =>
    generateKeyPairSync(type as 'rsa', { modulusLength }).publicKey.export({ type: 'spki', format: 'pem' });
  const elliptic = generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey;
  const saml = (certificate: unknown, change: object = {}) => ({
    saml: {
      identityProvider: {
        entityId: 'https://idp.example/metadata',
        signInUrl: 'https://idp.example/sso',
        certificates: [certificate],
      },
      ...change,
    },
  });

  it.each([
    ['RSA of 2048 bits', pem('rsa', 2048), true],
    ['RSA of 1024 bits', pem('rsa', 1024), false],
    ['RSA that is for PSS alone', pem('rsa-pss', 2048), false],
    ['an elliptic curve', elliptic.export({ type: 'spki', format: 'pem' }), false],
    ['no key', 'hunter2', false],
  ])('is trusted by %s: %#', (_, certificate, taken) => {
    expect(takes(saml(certificate))).toBe(taken);
  });

  it('names people by something', () => {
    const key = pem('rsa', 2048);
    const corp = { corp: 'NameID' };
    expect(takes(saml(key, { attributes: { email: null } }))).toBe(false);
    expect(takes(saml(key, { attributes: { person: { email: 'mail' } } }))).toBe(false);
    const names = [{}, { person: corp }, { email: null, person: corp }].map((attributes) =>
      samlPersonNames(identityConfig.parse(saml(key, { attributes })).saml!),
    );
    expect(names).toEqual([['email'], ['email', 'corp'], ['corp']]);
  });

  it.each([
    [59, false],
    [60, true],
    [43_200, true],
    [43_201, false],
  ])('ends in tokens of %i seconds: %s', (tokenLifetime, taken) => {
    expect(takes(saml(pem('rsa', 2048), { tokenLifetime }))).toBe(taken);
  });
});

it.each([
  ['https://sluice.example', true],
  ['http://127.0.0.1:8765', true],
  ['https://sluice.example/', false],
  ['https://sluice.example/relay', false],
  ['http://sluice.example', false],
  ['sluice.example', false],
])('the relay is reached at %s: %s', (url, taken) => {
  expect(publicUrl.safeParse(url).success).toBe(taken);
});
