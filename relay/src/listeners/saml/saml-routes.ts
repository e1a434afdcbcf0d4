import type { Problem } from '@sluice/contract';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { ErrorCode } from '../../errors.ts';
import { DECIDING_SCOPE, messagePage, type RelayIssuer, type SamlSignIn } from '../../identity/index.ts';
import { problemOf, retryAfter, sendProblem } from '../api/errors.ts';
import { wasRefusedAtDoor } from '../door/index.ts';

export interface SamlParts {
  readonly signIn: SamlSignIn;
  readonly relayIssuer: Pick<RelayIssuer, 'trusted' | 'jwks'>;
  /** Told of every sign-in that is refused, with the reason that the caller is not given. */
  readonly onRefused: (refusal: { code: ErrorCode; what: string; reason: string }) => void;
  readonly onError: (error: unknown) => void;
}

/** Bytes of a posted form: the longest SAML response that is read, in base64 and percent-encoded. */
const BODY_LIMIT = 1_024 * 1_024;

/**
 * SAML sign-in under `/saml`. To programs it is an OAuth authorization server (RFC 8414) that gives tokens for
 * codes with PKCE, and to an identity provider a SAML service provider.
 */
export async function registerSaml(app: FastifyInstance, parts: SamlParts): Promise<void> {
  const { signIn, relayIssuer } = parts;
  const { issuer } = relayIssuer.trusted;

  const open = {
    errorHandler: (error: unknown, _: FastifyRequest, reply: FastifyReply) =>
      sendProblem(reply, error, parts.onError),
  };
  app.get('/.well-known/oauth-authorization-server', open, async () => ({
    issuer,
    authorization_endpoint: `${issuer}/saml/sign-in`,
    token_endpoint: `${issuer}/saml/token`,
    jwks_uri: `${issuer}/saml/keys`,
    response_types_supported: ['code'],
    grant_types_supported: ['authorization_code'],
    code_challenge_methods_supported: ['S256'],
    token_endpoint_auth_methods_supported: ['none'],
    scopes_supported: [DECIDING_SCOPE],
  }));

  await app.register(
    async (saml) => {
      saml.removeAllContentTypeParsers();
      saml.addContentTypeParser(
        'application/x-www-form-urlencoded',
        { parseAs: 'string', bodyLimit: BODY_LIMIT },
        async (_request: unknown, body: string | Buffer) =>
          Object.fromEntries(new URLSearchParams(body.toString())),
      );
      saml.addHook('onSend', async (_request, reply) => {
        reply.header('cache-control', 'no-store').header('x-content-type-options', 'nosniff');
      });
      saml.get('/keys', async () => relayIssuer.jwks);
      saml.get('/metadata', async (_request, reply) =>
        reply.type('application/samlmetadata+xml').send(signIn.metadata()),
      );
      await saml.register(async (browser) => browserRoutes(browser, parts));
      await saml.register(async (program) => tokenRoute(program, parts));
    },
    { prefix: '/saml' },
  );
}

/** Where a person's browser comes by: what goes wrong is a page. */
function browserRoutes(app: FastifyInstance, parts: SamlParts): void {
  const { signIn } = parts;
  app.setErrorHandler((error, request, reply) => {
    const { status, detail, advice } = report(error, request, parts);
    retryAfter(reply, error);
    const body = [detail, advice].filter((text) => text !== '').map(sentence);
    return reply
      .code(status)
      .header('content-security-policy', CSP)
      .type('text/html; charset=utf-8')
      .send(messagePage('You are not signed in', body.join(' ')));
  });
  app.get('/sign-in', async (request, reply) =>
    reply.redirect((await signIn.start(request.query)).href, 303),
  );
  app.post('/acs', async (request, reply) => reply.redirect((await signIn.consume(request.body)).href, 303));
}

const CSP = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'";

/** Where a program redeems its code: RFC 6749, sections 5.1 and 5.2. */
function tokenRoute(app: FastifyInstance, parts: SamlParts): void {
  app.setErrorHandler((error, request, reply) => {
    const { status, code, detail } = report(error, request, parts);
    if (status === 429 || status === 421) {
      // No code of RFC 6749 says so; this one comes nearest.
      return retryAfter(reply, error)
        .code(status)
        .send({ error: 'temporarily_unavailable', error_description: detail });
    }
    if (status >= 500) return reply.code(status).send({ error: 'server_error', error_description: detail });
    const oauth = code === 'token_invalid' ? 'invalid_grant' : 'invalid_request';
    return reply.code(400).send({ error: oauth, error_description: detail });
  });
  app.post('/token', async (request) => {
    const { token, expiresInSeconds } = await parts.signIn.redeem(request.body);
    return { access_token: token, token_type: 'Bearer', expires_in: expiresInSeconds };
  });
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
