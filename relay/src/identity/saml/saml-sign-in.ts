import { createHash, timingSafeEqual } from 'node:crypto';
import { SAML } from '@node-saml/node-saml';
import { z } from 'zod';
import { SluiceError } from '../../errors.ts';
import type { MintedToken, MintFor, RelayIssuer } from '../relay-issuer.ts';
import { isLoopback } from '../safe-url.ts';
import type { Assertion } from './assertion.ts';
import { createOneTime } from './one-time.ts';
import { refused } from './refused.ts';
import { samlAddresses, type SamlConfig } from './saml-config.ts';
import { readSignedResponse } from './signed-response.ts';

/**
 * SAML sign-in for programs, in the shape of OAuth's authorization code with PKCE (RFC 7636): what comes out
 * of the browser is a code that only the program which started can turn into a token. So no token is ever in
 * a URL, and nobody can be signed in as somebody else by a response that they did not ask for.
 *
 * Sign-ins under way are kept in memory: a restart ends them, and people start again.
 */
export interface SamlSignIn {
  /** This service provider's metadata, XML, for whoever sets up the identity provider. */
  metadata(): string;
  /** Where to send the browser. Throws `request_malformed`. */
  start(query: unknown): Promise<URL>;
  /**
   * Takes the form that the identity provider has the browser post, and answers where to send the browser
   * next: back to the program, with a code. Throws `token_invalid`, `token_untrusted`, `token_expired`.
   */
  consume(form: unknown): Promise<URL>;
  /** The program's code for a token of the relay's own. Throws `request_malformed`, `token_invalid`. */
  redeem(grant: unknown): Promise<MintedToken>;
}

export interface SamlSignInOptions {
  readonly config: SamlConfig;
  /** Where browsers reach the relay: an origin. */
  readonly publicUrl: string;
  /** Seconds that clocks may differ. */
  readonly clockTolerance: number;
  readonly relayIssuer: Pick<RelayIssuer, 'mint'>;
  /** Awaited before somebody gets a token: a sign-in that cannot be recorded is none. */
  readonly onSignedIn: (subject: string) => Promise<void>;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  readonly random: (bytes: number) => Uint8Array;
}

/** Milliseconds that a person has at the identity provider: passwords, second factors, new telephones. */
const SIGN_IN_TIME = 10 * 60_000;
/** Milliseconds that a program has to redeem its code. */
const CODE_TIME = 60_000;
/** Sign-ins under way at once. */
const LIMIT = 10_000;

export function createSamlSignIn(options: SamlSignInOptions): SamlSignIn {
  const { config, relayIssuer, onSignedIn, now, random } = options;
  const { assertionConsumerService } = samlAddresses(options.publicUrl);
  const requests = createOneTime<Start>({ lifetime: SIGN_IN_TIME, limit: LIMIT, now, random });
  const codes = createOneTime<SignedIn>({ lifetime: CODE_TIME, limit: LIMIT, now, random });
  const saml = serviceProvider(options);

  return {
    metadata: () => saml.generateServiceProviderMetadata(null),
    async start(query) {
      const start = read(startQuery, query);
      if (!isAllowed(start.redirect_uri, config.redirectUris)) {
        throw new SluiceError('request_malformed', 'the redirect URI is not one that the relay knows', {
          advice: 'use the loopback interface, or have the address added to the configuration',
        });
      }
      const id = requests.put(start);
      return new URL(await serviceProvider(options, id).getAuthorizeUrlAsync('', '', {}));
    },
    async consume(form) {
      const assertion = await readSignedResponse(saml, read(responseForm, form).SAMLResponse);
      if (assertion.issuer !== config.identityProvider.entityId) throw refused('it is of another issuer');
      if (assertion.recipient !== assertionConsumerService) throw refused('it is for another recipient');
      if (assertion.presentBefore + options.clockTolerance <= now() / 1000)
        throw refused('it comes too late');
      const start = requests.take(assertion.inResponseTo);
      if (start === undefined) throw refused('nobody asked for it, or it was used before');

      const code = codes.put({ start, person: personOf(config, assertion, now()) });
      const back = new URL(start.redirect_uri);
      back.searchParams.set('code', code);
      back.searchParams.set('state', start.state);
      return back;
    },
    async redeem(grant) {
      const { code, code_verifier: verifier, redirect_uri: redirectUri } = read(codeGrant, grant);
      const signedIn = codes.take(code);
      if (signedIn === undefined) throw refused('the code is unknown, used, or too old');
      const { start, person } = signedIn;
      if (redirectUri !== start.redirect_uri) throw refused('the code is of another redirect URI');
      if (!proves(verifier, start.code_challenge)) throw refused('the code is of another program');
      await onSignedIn(person.subject);
      return await relayIssuer.mint(person);
    },
  };
}

const startQuery = z.object({
  response_type: z.literal('code'),
  redirect_uri: z.url().max(2_000),
  state: z.string().max(500),
  code_challenge: z.string().regex(/^[\w-]{43}$/),
  code_challenge_method: z.literal('S256'),
});
type Start = z.infer<typeof startQuery>;

const responseForm = z.object({ SAMLResponse: z.string() });

const codeGrant = z.object({
  grant_type: z.literal('authorization_code'),
  code: z.string().max(100),
  code_verifier: z.string().min(43).max(128),
  redirect_uri: z.string().max(2_000),
});

interface SignedIn {
  readonly start: Start;
  readonly person: MintFor;
}

function serviceProvider(options: SamlSignInOptions, requestId?: string): SAML {
  const { config, publicUrl, clockTolerance } = options;
  const { entityId, assertionConsumerService } = samlAddresses(publicUrl);
  const { signInUrl, certificates } = config.identityProvider;
  return new SAML({
    issuer: entityId,
    audience: entityId,
    callbackUrl: assertionConsumerService,
    entryPoint: signInUrl,
    idpCert: certificates,
    wantAssertionsSigned: true,
    // Many providers sign the assertion alone, and nothing but the assertion is read.
    wantAuthnResponseSigned: false,
    acceptedClockSkewMs: clockTolerance * 1_000,
    identifierFormat: null,
    // How people prove who they are is the provider's matter.
    disableRequestedAuthnContext: true,
    ...(requestId === undefined ? {} : { generateUniqueId: () => requestId }),
  });
}

function personOf(config: SamlConfig, assertion: Assertion, now: number): MintFor {
  const { name, email, groups } = config.attributes;
  const all = (attribute: string) => assertion.attributes.get(attribute) ?? [];
  const signedInAt = Math.floor(now / 1000);
  const expiresAt = Math.min(signedInAt + config.tokenLifetime, assertion.sessionEndsAt ?? Infinity);
  if (expiresAt <= signedInAt) {
    throw new SluiceError('token_expired', 'the sign-in at the identity provider has expired', {
      advice: 'sign in there again',
    });
  }
  return {
    subject: assertion.nameId,
    name: (name === null ? undefined : all(name)[0]) ?? assertion.nameId,
    email: all(email)[0] ?? null,
    groups: all(groups),
    expiresAt,
  };
}

/** RFC 8252, section 7.3: a native program takes any free port of the loopback interface. */
function isAllowed(redirectUri: string, known: readonly string[]): boolean {
  const { protocol, hostname } = new URL(redirectUri);
  return known.includes(redirectUri) || (protocol === 'http:' && isLoopback(hostname));
}

function proves(verifier: string, challenge: string): boolean {
  const made = createHash('sha256').update(verifier).digest('base64url');
  return timingSafeEqual(Buffer.from(made), Buffer.from(challenge));
}

function read<Shape>(schema: z.ZodType<Shape>, value: unknown): Shape {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const names = parsed.error.issues.map(({ path }) => path.join('.') || 'it').join(', ');
  throw new SluiceError('request_malformed', `the sign-in request is not well-formed: ${names}`);
}
