import type { SignInPlaces } from '@sluice/contract';
import { DECIDING_SCOPE, type IdentityConfig } from '../../identity/index.ts';

/** Where people sign in, for programs with a user interface. An issuer without `signIn` is for other programs. */
export function signInPlacesOf(
  { issuers, saml }: Pick<IdentityConfig, 'issuers' | 'saml'>,
  publicUrl: string | null,
): SignInPlaces {
  const places: SignInPlaces['places'] = issuers.flatMap(({ issuer, signIn, deciding }) => {
    if (signIn === null) return [];
    const { clientId, scope, resource } = signIn;
    const toDecide =
      deciding === null
        ? null
        : 'scope' in deciding
          ? { scope: `${scope} ${deciding.scope}`, resource }
          : { scope, resource: deciding.audience };
    return [{ issuer, kind: 'oidc', clientId, scope, resource, deciding: toDecide }];
  });
  if (saml !== null && publicUrl !== null) {
    places.push({
      issuer: publicUrl,
      kind: 'relay',
      clientId: 'sluice-console',
      scope: '',
      resource: null,
      deciding: { scope: DECIDING_SCOPE, resource: null },
    });
  }
  return { places };
}
