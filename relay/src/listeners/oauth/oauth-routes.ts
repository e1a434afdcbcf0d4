import type { FastifyRequest } from 'fastify';
import { toEpochSeconds } from '../../epoch.ts';
import { SluiceError } from '../../errors.ts';
import type { ProgramSignIn } from '../../identity/index.ts';
import type { OwnAddress } from '../door/index.ts';
import { PAGE_CSP, type Router, type SignInErrorParts, signInErrors } from '../router/index.ts';

export interface OauthParts extends SignInErrorParts {
  readonly programs: ProgramSignIn;
  readonly own: Pick<OwnAddress, 'origin' | 'isOwnOrigin'>;
  /** Cryptographically random bytes. */
  readonly random: (bytes: number) => Uint8Array;
}

/**
 * The relay as the authorization server of programs that register themselves or have a document (RFC 8414, 7591, 7636, 8707,
 * 9207; draft-ietf-oauth-client-id-metadata-document), as the Model Context Protocol's revision of 2026-07-28 has it, and those
 * before.
 */
export async function registerOauth(router: Router, parts: OauthParts): Promise<void> {
  const { programs, own, random } = parts;
  const issuer = () => `${own.origin()}/oauth`;

  await router.serve(
    'oauth',
    {
      server: async () => ({
        status: 200,
        body: {
          issuer: issuer(),
          authorization_endpoint: `${issuer()}/authorize`,
          token_endpoint: `${issuer()}/token`,
          registration_endpoint: `${issuer()}/register`,
          response_types_supported: ['code'],
          grant_types_supported: ['authorization_code', 'refresh_token'],
          code_challenge_methods_supported: ['S256'],
          token_endpoint_auth_methods_supported: ['none'],
          authorization_response_iss_parameter_supported: true,
          client_id_metadata_document_supported: programs.readsDocuments,
        },
      }),
      async register({ body }) {
        const { clientId, program } = await programs.register(body);
        const registered = {
          client_id: clientId,
          client_id_issued_at: toEpochSeconds(program.registeredAt),
          client_name: program.name,
          redirect_uris: program.redirectUris,
          grant_types: ['authorization_code', 'refresh_token'],
          response_types: ['code'],
          token_endpoint_auth_method: 'none',
        } as const;
        return { status: 201, body: registered };
      },
      async authorize({ query, request }) {
        const known = cookieOf(request, cookieName());
        const browser = known ?? Buffer.from(random(32)).toString('base64url');
        const text = await programs.ask(query, browser);
        const headers = {
          'content-type': 'text/html; charset=utf-8',
          'content-security-policy': PAGE_CSP,
          'x-frame-options': 'DENY',
          // Without a referrer, browsers do not say either where the answer was posted from.
          'referrer-policy': 'same-origin',
          'set-cookie': `${cookieName()}=${browser}; Path=/; HttpOnly; SameSite=Lax; Max-Age=3600${isTls() ? '; Secure' : ''}`,
        };
        return { status: 200, response: new Response(text, { headers }) };
      },
      async consent({ body, request }) {
        const { origin } = request.headers;
        // Browsers say where a form was posted from.
        if (origin === undefined || !own.isOwnOrigin(origin))
          throw new SluiceError('token_invalid', 'the answer comes from another site', {
            advice: 'begin again in your program',
          });
        return { status: 303, location: await programs.answer(body, cookieOf(request, cookieName())) };
      },
      async callback({ request }) {
        const came = new URL(request.url, own.origin());
        return { status: 303, location: await programs.callback(came, cookieOf(request, cookieName())) };
      },
      async token({ body }) {
        const { token, expiresInSeconds, refreshToken } = await programs.redeem(body);
        const refresh = refreshToken === null ? {} : { refresh_token: refreshToken };
        return {
          status: 200,
          body: { access_token: token, token_type: 'Bearer', expires_in: expiresInSeconds, ...refresh },
        };
      },
    },
    { errors: signInErrors(parts) },
  );

  function isTls(): boolean {
    return own.origin().startsWith('https:');
  }
  /** With the prefix, no other host and no plain http can have set it. */
  function cookieName(): string {
    return isTls() ? '__Host-sluice-programs' : 'sluice-programs';
  }
}

function cookieOf({ headers }: FastifyRequest, name: string): string | null {
  const found = (headers.cookie ?? '').split(/;\s*/).filter((pair) => pair.startsWith(`${name}=`));
  // Two of a name: one of them is not ours.
  if (found.length !== 1) return null;
  const value = found[0]!.slice(name.length + 1);
  return /^[\w-]{43}$/.test(value) ? value : null;
}
