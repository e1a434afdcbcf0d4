import { createHash, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';
import { SluiceError } from '../../errors.ts';
import type { Authenticate } from '../authenticator.ts';
import type { Identity } from '../identity.ts';
import { createOneTime } from '../one-time.ts';
import { proves } from '../pkce.ts';
import { isSameRedirect } from '../redirect-uri.ts';
import { isLoopback } from '../safe-url.ts';
import { mustRun } from '../token-use.ts';
import type { ClientDocuments } from './client-documents.ts';
import { consentPage } from './consent-page.ts';
import { isDocumentAddress } from './document-address.ts';
import type { IssuerClient } from './issuer-client.ts';
import { REFRESH_PREFIX, refreshable, refreshed, type Refreshed, refreshGrant } from './refreshes.ts';
import { type Program, program, readProgram } from './registration.ts';
import { sealedBy, type SealingKeys } from './sealed-by.ts';

/**
 * Sign-in of programs that register themselves, or have a document that says who they are, as an OAuth authorization server
 * in front of the issuers where people sign in (decisions 74 and 81). What it gives is no identity of its own: a token is the issuer's token for the relay, sealed, for one
 * resource of the relay; opened, it is checked as any. So whoever is revoked there is out here, and nobody who holds
 * such a token has the issuer's.
 *
 * Of strangers nothing is kept but some documents, for a while: a client id is what the program has said of itself, and a
 * sign-in under way is with the browser, both sealed. What is kept, codes, is of people whom an issuer has vouched for.
 */
export interface ProgramSignIn {
  /** Whether a client id may be the address of a document. */
  readonly readsDocuments: boolean;
  /** A client id for what a program says of itself (RFC 7591). @throws `request_malformed`. */
  register(said: unknown): Promise<{ readonly clientId: string; readonly program: Program }>;
  /** The page on which a person agrees. @throws `request_malformed`; nobody is sent anywhere for it. */
  ask(query: unknown, browser: string): Promise<string>;
  /** What they have answered: where to send the browser. @throws `request_malformed`, `token_invalid`. */
  answer(form: unknown, browser: string | null): Promise<URL>;
  /** What the issuer has sent the browser back with. @throws as `Authenticate` does, and `token_invalid`. */
  callback(came: URL, browser: string | null): Promise<URL>;
  /** A code, or a refresh token, for a token. @throws `token_invalid`, `request_malformed`. */
  redeem(grant: unknown): Promise<Redeemed>;
  /** Who comes with a token of this kind for this resource. @throws as `Authenticate` does, and `token_invalid`. */
  authenticate: Authenticate;
  /** Whether a token may be one of these. */
  isOne(token: string): boolean;
}

export interface Redeemed {
  readonly token: string;
  readonly expiresInSeconds: number;
  /** Null where the issuer gave none: then the person signs in again when the token is over. */
  readonly refreshToken: string | null;
}

export interface ProgramSignInOptions {
  /** The same at every relay on the store; what an earlier one has sealed is opened still. */
  readonly keys: SealingKeys;
  /** Addresses besides the loopback interface. */
  readonly redirectUris: readonly string[];
  /** Null where none are read. */
  readonly documents: ClientDocuments | null;
  /** Where clients reach the relay: an origin. */
  readonly origin: () => string;
  readonly issuers: IssuerClient;
  /** Checks an issuer's token. */
  readonly authenticate: Authenticate;
  /** Throws `identity_revoked` for who is out. */
  readonly confirmIdentity: (identity: Identity) => void;
  /** Awaited before a token is given: a sign-in that cannot be recorded is none. */
  readonly onSignedIn: (identity: Identity, program: Program) => Promise<void>;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  readonly random: (bytes: number) => Uint8Array;
}

const DAY = 86_400_000;
/** How long a registration is good for, and agreeing to what a document says; a program then registers, or asks, anew. */
const REGISTERED_MS = 180 * DAY;
/** How long a program may go on without the person, if their issuer lets it. */
const REFRESH_MS = 30 * DAY;
const SIGN_IN_MS = 10 * 60_000;
const CODE_MS = 60_000;
const MOST = { each: 100, all: 10_000 };

export function createProgramSignIn(options: ProgramSignInOptions): ProgramSignIn {
  const { redirectUris, documents, origin, issuers, now, random } = options;
  const sealed = <Value extends Record<string, unknown>>(
    use: string,
    schema: z.ZodType<Value>,
    lifetimeMs: number,
    longest: number,
  ) => sealedBy(options.keys, use, { schema, lifetimeMs, longest, now });
  const clients = sealed('client', program, REGISTERED_MS, 8_192);
  const requests = sealed('request', askedFor, SIGN_IN_MS, 8_192);
  const starts = sealed('start', started, SIGN_IN_MS, 12_288);
  const tokens = sealed('token', sealedToken, DAY, 32_768);
  const refreshes = sealed('refresh', refreshable, REFRESH_MS, 32_768);
  const codes = createOneTime<Granted>({ lifetimeMs: CODE_MS, most: MOST, now });
  const answered = createOneTime<true>({ lifetimeMs: SIGN_IN_MS, most: MOST, now });
  const resource = () => `${origin()}/mcp`;
  const issuer = () => `${origin()}/oauth`;
  const secret = () => Buffer.from(random(32)).toString('base64url');

  return {
    readsDocuments: documents !== null,

    async register(said) {
      const read = readProgram(said, redirectUris, now());
      return { clientId: await clients.seal(read), program: read };
    },

    async ask(query, browser) {
      const asked = read(authorizationQuery, query);
      if (asked.resource !== undefined && asked.resource !== resource())
        throw malformed('the token would be for something else than this relay’s MCP');
      const client = await clientOf(asked.client_id);
      if (!client.redirectUris.some((uri) => isSameRedirect(asked.redirect_uri, uri)))
        throw malformed('the redirect URI is not one that the program has registered');
      const request = await requests.seal({
        clientId: digest(asked.client_id),
        // Those that it did not ask for are for no one.
        program: { ...client, redirectUris: [asked.redirect_uri] },
        redirectUri: asked.redirect_uri,
        state: asked.state,
        challenge: asked.code_challenge,
        resource: resource(),
        browser: digest(browser),
      });
      return consentPage({
        program: client,
        redirectUri: asked.redirect_uri,
        isLoopback: isLoopback(new URL(asked.redirect_uri).hostname),
        issuers: issuers.issuers,
        request,
        action: `${issuer()}/consent`,
      });
    },

    async answer(form, browser) {
      const { request, issuer: chosen } = read(consentForm, form);
      const asked = await requests.open(request);
      if (asked === null || !isOfBrowser(asked.browser, browser))
        throw invalid('nobody asked for it in this browser, or too long ago');
      if (chosen === '') return back(asked, { error: 'access_denied' });
      const verifier = secret();
      const state = await starts.seal({ asked, issuer: chosen, verifier, nonce: secret() });
      return await issuers.start(chosen, { state, verifier }, `${issuer()}/callback`);
    },

    async callback(came, browser) {
      const state = came.searchParams.get('state') ?? '';
      const start = await starts.open(state);
      if (start === null || !isOfBrowser(start.asked.browser, browser))
        throw invalid('nobody asked for it in this browser, or too long ago');
      const { asked, verifier } = start;
      const { token, refresh } = await issuers.finish(start.issuer, came, { state, verifier });
      const identity = await options.authenticate(token);
      // Mix-up: the token has to be of the issuer that the person was sent to.
      if (identity.issuer !== start.issuer) throw invalid('the token is of another issuer');
      mustRun(identity);
      if (!answered.keep(identity.id, start.nonce, true)) throw invalid('it was used before');
      const code = secret();
      codes.keep(identity.id, code, { asked, token, refresh, identity });
      return back(asked, { code });
    },

    async redeem(grant) {
      if ((grant as { grant_type?: unknown } | null)?.grant_type === 'refresh_token') {
        const again = read(refreshGrant, grant);
        const { authenticate, confirmIdentity } = options;
        const parts = {
          sealed: refreshes,
          issuers,
          authenticate,
          confirmIdentity,
          goesOn,
          digest,
          resource,
          invalid,
        };
        return await given(await refreshed(parts, again), digest(again.client_id));
      }
      const code = read(codeGrant, grant);
      // Once, whatever becomes of it: who guesses wrong has spoiled it.
      const granted = codes.take(code.code);
      if (granted === undefined) throw invalid('the code is unknown, was used, or is too old');
      const { asked, token, refresh, identity } = granted;
      if (digest(code.client_id) !== asked.clientId) throw invalid('the code belongs to another program');
      if (code.redirect_uri !== asked.redirectUri) throw invalid('the code belongs to another redirect URI');
      if (!proves(code.code_verifier, asked.challenge)) throw invalid('the code belongs to another program');
      if (code.resource !== undefined && code.resource !== asked.resource)
        throw invalid('the code is for another resource');
      const { issuedAt } = identity;
      const { program: by, resource: of } = asked;
      return await given({ identity, issuedAt, program: by, resource: of, token, refresh }, asked.clientId);
    },

    async authenticate(token) {
      const opened = token.startsWith(PREFIX) ? await tokens.open(token.slice(PREFIX.length)) : null;
      if (opened === null) throw invalidToken();
      if (opened.resource !== resource()) throw invalidToken();
      const identity = await options.authenticate(opened.token);
      // Not what the relay is called at the issuer: programs that people use are told apart.
      const { program: name, document } = opened;
      return {
        ...identity,
        tokenClient: document === undefined ? `registered:${name}` : `document:${document}`,
      };
    },

    isOne: (token) => token.startsWith(PREFIX),
  };

  async function clientOf(clientId: string): Promise<Program> {
    if (!isDocumentAddress(clientId)) {
      const client = await clients.open(clientId);
      if (client === null) throw malformed('the program is not registered here, or no longer');
      return client;
    }
    if (documents !== null) return await documents.read(clientId);
    throw new SluiceError('request_malformed', 'the relay reads no documents that say who programs are', {
      advice: 'have the program register itself, or `identity.programs.documents` configured',
    });
  }

  /** Nothing is fetched for it: the person has agreed to what the document said then. */
  async function goesOn(clientId: string, { document, registeredAt }: Program): Promise<boolean> {
    if (document === undefined) return (await clients.open(clientId)) !== null;
    return documents?.mayBeAt(document) === true && registeredAt + REGISTERED_MS > now();
  }

  async function given(
    { identity, issuedAt, program: by, resource: of, token, refresh }: Refreshed,
    clientId: string,
  ): Promise<Redeemed> {
    await options.onSignedIn(identity, by);
    const lifetimeMs = Math.min(identity.expiresAt - now(), DAY);
    if (lifetimeMs < 1_000) throw invalid('the sign-in is over');
    const document = by.document === undefined ? {} : { document: by.document };
    const body = { token, resource: of, program: by.name, ...document };
    const { issuer: from, id } = identity;
    const next = { issuer: from, identity: id, issuedAt, clientId, program: by, resource: of };
    return {
      token: `${PREFIX}${await tokens.seal(body, lifetimeMs)}`,
      expiresInSeconds: Math.floor(lifetimeMs / 1_000),
      refreshToken:
        refresh === null
          ? null
          : `${REFRESH_PREFIX}${await refreshes.seal({ ...next, refresh }, REFRESH_MS)}`,
    };
  }

  function back(asked: AskedFor, answer: Readonly<Record<string, string>>): URL {
    const url = new URL(asked.redirectUri);
    for (const [name, value] of Object.entries(answer)) url.searchParams.set(name, value);
    if (asked.state !== undefined) url.searchParams.set('state', asked.state);
    // RFC 9207: so that a client of several servers knows which has answered.
    url.searchParams.set('iss', issuer());
    return url;
  }
}

/** What tells these tokens from others; no JWT begins so. */
const PREFIX = 'sluice_mcp_';

const authorizationQuery = z.looseObject({
  response_type: z.literal('code'),
  client_id: z.string().max(8_192),
  redirect_uri: z.url().max(500),
  state: z.string().max(1_000).optional(),
  code_challenge: z.string().regex(/^[\w-]{43}$/),
  code_challenge_method: z.literal('S256'),
  /** RFC 8707. */
  resource: z.string().max(500).optional(),
});

const askedFor = z.object({
  clientId: z.string(),
  program,
  redirectUri: z.string(),
  state: z.string().optional(),
  challenge: z.string(),
  resource: z.string(),
  /** Digest of what the browser was given: whoever answers, or comes back, is the one who was asked. */
  browser: z.string(),
});
type AskedFor = z.infer<typeof askedFor>;

const started = z.object({ asked: askedFor, issuer: z.string(), verifier: z.string(), nonce: z.string() });

const sealedToken = z.object({
  token: z.string(),
  resource: z.string(),
  program: z.string(),
  /** As of `Program`. */
  document: z.string().optional(),
});

const consentForm = z.looseObject({ request: z.string().max(8_192), issuer: z.string().max(500) });

const codeGrant = z.looseObject({
  grant_type: z.literal('authorization_code'),
  code: z.string().max(100),
  client_id: z.string().max(8_192),
  code_verifier: z.string().regex(/^[\w.~-]{43,128}$/),
  redirect_uri: z.string().max(500),
  resource: z.string().max(500).optional(),
});

interface Granted {
  readonly asked: AskedFor;
  readonly token: string;
  readonly refresh: string | null;
  readonly identity: Identity;
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('base64url');
}

function isOfBrowser(expected: string, browser: string | null): boolean {
  return browser !== null && timingSafeEqual(Buffer.from(digest(browser)), Buffer.from(expected));
}

function read<Shape>(schema: z.ZodType<Shape>, value: unknown): Shape {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw malformed('the sign-in request is not well-formed');
}

function malformed(message: string): SluiceError {
  return new SluiceError('request_malformed', message, { advice: 'begin again in your program' });
}

function invalid(message: string): SluiceError {
  return new SluiceError('token_invalid', message, { advice: 'begin again in your program' });
}

function invalidToken(): SluiceError {
  return new SluiceError('token_invalid', 'the token is not valid', { advice: 'sign in again' });
}
