import { describe, expect, it } from 'vitest';
import type { IdentityConfig } from '../../identity/index.ts';
import { signInPlacesOf } from './sign-in-places.ts';

type Issuer = IdentityConfig['issuers'][number];

const signIn = { clientId: 'console', scope: 'openid profile', resource: 'urn:relay' };
const issuer = (change: object) =>
  ({ issuer: 'https://id.example', signIn, deciding: null, ...change }) as unknown as Issuer;
const placesOf = (issuers: readonly Issuer[], saml: object | null = null, publicUrl: string | null = null) =>
  signInPlacesOf({ issuers, saml } as Parameters<typeof signInPlacesOf>[0], publicUrl).places;

const place = { issuer: 'https://id.example', kind: 'oidc', ...signIn };

describe('where people sign in', () => {
  it('is each issuer for people, and what to ask it for to decide', () => {
    expect(
      placesOf([
        issuer({}),
        issuer({ deciding: { scope: 'sluice:decide' } }),
        issuer({ deciding: { audience: 'urn:decide' } }),
        issuer({ signIn: null }),
      ]),
    ).toEqual([
      { ...place, deciding: null },
      { ...place, deciding: { scope: 'openid profile sluice:decide', resource: 'urn:relay' } },
      { ...place, deciding: { scope: 'openid profile', resource: 'urn:decide' } },
    ]);
  });

  it('is the relay itself where it speaks SAML and has a public address', () => {
    const relay = {
      issuer: 'https://relay.example',
      kind: 'relay',
      clientId: 'sluice-console',
      scope: '',
      resource: null,
      deciding: { scope: 'sluice:decide', resource: null },
    };
    expect(placesOf([], {}, 'https://relay.example')).toEqual([relay]);
    expect(placesOf([], {})).toEqual([]);
    expect(placesOf([], null, 'https://relay.example')).toEqual([]);
  });
});
