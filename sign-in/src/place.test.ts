import { describe, expect, it } from 'vitest';
import { placesOf, findIssuer } from './place.ts';

const PLACE = { kind: 'oidc', clientId: 'sluice', scope: 'openid', resource: null } as const;
const deciding = { scope: 'openid sluice:decide', resource: 'urn:x' };

it.each([
  ['https://id.example', 'https://relay.example', true],
  ['http://127.0.0.1:9', 'http://127.0.0.1:8', true],
  ['http://127.0.0.1:9', 'https://relay.example', false],
  ['http://id.example', 'http://127.0.0.1:8', false],
  ['file:///x', 'http://127.0.0.1:8', false],
  ['no address', 'https://relay.example', false],
])('a sign-in at %s as %s wants it: %s', (issuer, relay, isOne) => {
  const found = placesOf({ places: [{ ...PLACE, issuer, deciding }] }, relay, 'decide');
  expect(found).toEqual(isOne ? [{ issuer, kind: 'oidc', clientId: 'sluice', ...deciding }] : []);
});

it('is at no place where nobody may decide', () => {
  const places = [{ ...PLACE, issuer: 'https://id.example', deciding: null }];
  expect(placesOf({ places }, 'https://relay.example', 'decide')).toEqual([]);
});

describe('an issuer', () => {
  const issuer = 'https://id.example';
  const metadata = {
    issuer,
    authorization_endpoint: `${issuer}/auth`,
    token_endpoint: `${issuer}/token`,
    scopes_supported: ['openid', 'offline_access'],
  };
  const find = async (said: object) =>
    await findIssuer(
      { issuer, kind: 'oidc' },
      { fetch: async () => Response.json(said), signal: new AbortController().signal },
    );

  it('says whether it renews', async () => {
    expect(await find(metadata)).toMatchObject({ mayRenew: true });
    expect(await find({ ...metadata, scopes_supported: ['openid'] })).toMatchObject({ mayRenew: false });
  });

  it.each([
    ['starts a program', { authorization_endpoint: 'calculator://now' }],
    ['shows a file', { authorization_endpoint: 'file:///etc/passwd' }],
    ['sends the code in the clear', { token_endpoint: 'http://id.example/token' }],
    ['sends the person to what is on this machine', { authorization_endpoint: 'http://127.0.0.1/auth' }],
    ['names none', { authorization_endpoint: undefined }],
    ['is another one', { issuer: 'https://evil.example' }],
  ])('that %s is not gone to', async (_, change) => {
    await expect(find({ ...metadata, ...change })).rejects.toMatchObject({ code: 'issuer_unavailable' });
  });
});
