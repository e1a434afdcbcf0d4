import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { identityConfig } from './identity-config.ts';
import { publicUrl } from './safe-url.ts';

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
    ['an elliptic curve', elliptic.export({ type: 'spki', format: 'pem' }), false],
    ['no key', 'hunter2', false],
  ])('is trusted by %s: %#', (_, certificate, taken) => {
    expect(takes(saml(certificate))).toBe(taken);
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
