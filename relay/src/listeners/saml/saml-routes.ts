import type { Problem } from '@sluice/contract';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { ErrorCode } from '../../errors.ts';
import { DECIDING_SCOPE, messagePage, type RelayIssuer, type SamlSignIn } from '../../identity/index.ts';
import { wasRefusedAtDoor } from '../door/index.ts';
import { problemOf, retryAfter, type Router } from '../router/index.ts';

export interface SamlParts {
  readonly signIn: SamlSignIn;
  readonly relayIssuer: Pick<RelayIssuer, 'trusted' | 'jwks'>;
  /** Told of every sign-in that is refused, with the reason that the caller is not given. */
  readonly onRefused: (refusal: { code: ErrorCode; what: string; reason: string }) => void;
  readonly onError: (error: unknown) => void;
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
      errors: {
        page: (error, request, reply) => answerPage(error, reply, report(error, request, parts)),
        oauth: (error, request, reply) => answerProgram(error, reply, report(error, request, parts)),
      },
    },
  );
}

/** Where a person's browser comes by: what goes wrong is a page. */
function answerPage(error: unknown, reply: FastifyReply, { status, detail, advice }: Problem): FastifyReply {
  const body = [detail, advice].filter((text) => text !== '').map(sentence);
  return retryAfter(reply, error)
    .code(status)
    .header('content-security-policy', CSP)
    .type('text/html; charset=utf-8')
    .send(messagePage('You are not signed in', body.join(' ')));
}

const CSP = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'";

/** Where a program redeems its code: RFC 6749, section 5.2. */
function answerProgram(error: unknown, reply: FastifyReply, { status, code, detail }: Problem): FastifyReply {
  if (status === 429 || status === 421) {
    // No code of RFC 6749 says so; this one comes nearest.
    return retryAfter(reply, error)
      .code(status)
      .send({ error: 'temporarily_unavailable', error_description: detail });
  }
  if (status >= 500) return reply.code(status).send({ error: 'server_error', error_description: detail });
  const oauth = code === 'token_invalid' ? 'invalid_grant' : 'invalid_request';
  return reply.code(400).send({ error: oauth, error_description: detail });
}

function report(
  error: unknown,
  request: FastifyRequest,
  { onRefused, onError }: SamlParts,
): Problem & { readonly code: ErrorCode } {
  const problem = problemOf(error);
  if (problem.status >= 500) onError(error);
  else if (!wasRefusedAtDoor(request)) {
    const what = `${request.method} ${request.routeOptions.url}`;
    onRefused({ code: problem.code, what, reason: reasonOf(error) });
  }
  return problem;
}

/** The message and every cause under it. */
function reasonOf(error: unknown): string {
  const messages: string[] = [];
  for (let at = error; at instanceof Error; at = at.cause) messages.push(at.message);
  return messages.join(': ').slice(0, 1_000);
}

function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}
