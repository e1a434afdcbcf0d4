import { DECIDING_SCOPE, type RelayIssuer, type SamlSignIn } from '../../identity/index.ts';
import { type Router, type SignInErrorParts, signInErrors } from '../router/index.ts';

export interface SamlParts extends SignInErrorParts {
  readonly signIn: SamlSignIn;
  readonly relayIssuer: Pick<RelayIssuer, 'trusted' | 'jwks'>;
}

/**
 * SAML sign-in under `/saml`. To programs it is an OAuth authorization server (RFC 8414) that gives tokens for
 * codes with PKCE, and to an identity provider a SAML service provider.
 */
export async function registerSaml(router: Router, parts: SamlParts): Promise<void> {
  const { signIn, relayIssuer } = parts;
  const { issuer } = relayIssuer.trusted;

  await router.serve(
    'saml',
    {
      server: async () => ({
        status: 200,
        body: {
          issuer,
          authorization_endpoint: `${issuer}/saml/sign-in`,
          token_endpoint: `${issuer}/saml/token`,
          jwks_uri: `${issuer}/saml/keys`,
          response_types_supported: ['code'],
          grant_types_supported: ['authorization_code'],
          code_challenge_methods_supported: ['S256'],
          token_endpoint_auth_methods_supported: ['none'],
          scopes_supported: [DECIDING_SCOPE],
        },
      }),
      keys: async () => ({ status: 200, body: { keys: relayIssuer.jwks.keys.map((key) => ({ ...key })) } }),
      metadata: async () => ({ status: 200, text: signIn.metadata() }),
      signIn: async ({ query }) => ({ status: 303, location: await signIn.start(query) }),
      consume: async ({ body }) => ({ status: 303, location: await signIn.consume(body) }),
      async token({ body }) {
        const { token, expiresInSeconds } = await signIn.redeem(body);
        return {
          status: 200,
          body: { access_token: token, token_type: 'Bearer', expires_in: expiresInSeconds },
        };
      },
    },
    {
      errors: signInErrors(parts),
    },
  );
}
