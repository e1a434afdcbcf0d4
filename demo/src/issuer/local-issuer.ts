// Whatever compiles this file as a dependency of its own needs the declaration too.
// oxlint-disable-next-line typescript/triple-slash-reference
/// <reference path="./memory-adapter.d.ts" />
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair } from 'jose';
import { createMemoryAdapter } from 'oidc-provider/lib/adapters/memory_adapter.js';
import Provider, { type Configuration, interactionPolicy } from 'oidc-provider';
import { toEpochSeconds } from '@sluice/relay/epoch';
import { DECIDING_SCOPE, isLoopback, messagePage } from '@sluice/relay/identity';
import type { LocalPerson } from '../people.ts';
import { confirmPage, formPage, signInPage } from './sign-in-page.ts';

/** An OIDC issuer of the relay's own, for the demo and tests: real tokens, no passwords, this machine only. */
export interface LocalIssuer {
  readonly issuer: string;
  /** What a relay needs to know of it to trust it. */
  readonly trusted: {
    readonly issuer: string;
    readonly audience: string;
    readonly deciding: { readonly scope: string };
    readonly signIn: { readonly clientId: string };
  };
  /**
   * An access token for one of its people to run SQL with, as a sign-in in the browser would give. Seconds; an hour
   * by default.
   */
  tokenFor(subject: string, seconds?: number): Promise<string>;
  /** The same to decide with; `signedInAgo`: how many seconds ago the person signed in. */
  decidingTokenFor(subject: string, seconds?: number, signedInAgo?: number): Promise<string>;
  close(): Promise<void>;
}

export interface LocalIssuerOptions {
  readonly people: readonly LocalPerson[];
  /** 0 for any free port. */
  readonly port: number;
  /** Loopback only: whoever reaches it can be anybody. */
  readonly host?: string;
  /** For how long the tokens are good that it gives to browsers and renews; an hour by default. */
  readonly tokenSeconds?: number;
}

const AUDIENCE = 'urn:sluice:relay';
const CLIENT = 'sluice';
const SCOPE = 'openid profile email groups';
/** For how long a program may renew what one sign-in gave it (OpenID Connect Core, section 11). */
const STAYS_SECONDS = 86_400;
/** When a token was signed in for that no browser asked for; by its grant, seconds since the epoch. */
type SignIns = Map<string, number>;

export async function startLocalIssuer(options: LocalIssuerOptions): Promise<LocalIssuer> {
  const host = options.host ?? '127.0.0.1';
  if (!isLoopback(host))
    throw new Error(`the local issuer listens on the loopback interface only, not on ${host}`);

  const server = createServer();
  server.listen(options.port, host);
  await once(server, 'listening');
  const issuer = `http://${host}:${(server.address() as AddressInfo).port}`;
  const signIns: SignIns = new Map();
  const provider = new Provider(issuer, await configuration(options, signIns));
  server.on('request', requestHandler(provider, options.people, new URL(issuer).host));

  const mint = async (subject: string, scope: string, seconds: number, signedInAgo: number) => {
    const person = options.people.find((one) => one.subject === subject);
    const client = await provider.Client.find(CLIENT);
    if (person === undefined || client === undefined) throw new Error(`nobody here is called ${subject}`);
    const grantId = crypto.randomUUID();
    const token = new provider.AccessToken({
      accountId: subject,
      client,
      scope,
      grantId,
      gty: 'local',
      resourceServer: new provider.ResourceServer(AUDIENCE, resourceServer(seconds)),
      expiresIn: seconds,
    });
    signIns.set(grantId, toEpochSeconds(Date.now()) - signedInAgo);
    return await token.save().finally(() => signIns.delete(grantId));
  };

  return {
    issuer,
    trusted: {
      issuer,
      audience: AUDIENCE,
      deciding: { scope: DECIDING_SCOPE },
      signIn: { clientId: CLIENT },
    },
    tokenFor: async (subject, seconds = 3_600) => await mint(subject, SCOPE, seconds, 0),
    decidingTokenFor: async (subject, seconds = 3_600, signedInAgo = 0) =>
      await mint(subject, `${SCOPE} ${DECIDING_SCOPE}`, seconds, signedInAgo),
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

async function configuration(
  { people, tokenSeconds = 3_600 }: LocalIssuerOptions,
  signIns: SignIns,
): Promise<Configuration> {
  const { privateKey } = await generateKeyPair('ES256', { extractable: true });
  const key = { ...(await exportJWK(privateKey)), alg: 'ES256', use: 'sig' };
  return {
    // What it remembers is gone with the process, as its people's sign-ins should be.
    adapter: createMemoryAdapter(0),
    jwks: { keys: [key] },
    cookies: { keys: [crypto.randomUUID()] },
    clients: [
      {
        client_id: CLIENT,
        token_endpoint_auth_method: 'none',
        // A native application may use any port of the loopback interface (RFC 8252, section 7.3).
        application_type: 'native',
        redirect_uris: ['127.0.0.1', 'localhost'].flatMap((name) => [
          `http://${name}/callback`,
          `http://${name}/console/signed-in`,
          `http://${name}/oauth/callback`,
        ]),
        grant_types: ['authorization_code', 'refresh_token', 'urn:ietf:params:oauth:grant-type:device_code'],
        response_types: ['code'],
        id_token_signed_response_alg: 'ES256',
      },
    ],
    scopes: ['openid', 'offline_access', 'profile', 'email', 'groups', DECIDING_SCOPE],
    claims: {
      openid: ['sub'],
      profile: ['preferred_username', 'name'],
      email: ['email', 'email_verified'],
      groups: ['groups'],
    },
    pkce: { required: () => true },
    // The console's pages are on this machine too, at a port of their own.
    clientBasedCORS: (_context, origin) => isLoopback(new URL(origin).hostname),
    findAccount: (_context, subject) => {
      const person = people.find((one) => one.subject === subject);
      return person && { accountId: subject, claims: () => ({ sub: subject, ...claimsOf(person) }) };
    },
    extraTokenClaims: (context, token) => {
      if (!('accountId' in token)) return undefined;
      const person = people.find((one) => one.subject === token.accountId);
      const { AuthorizationCode, DeviceCode, RefreshToken } = context?.oidc.entities ?? {};
      const signedInAt =
        signIns.get(token.grantId ?? '') ?? (AuthorizationCode ?? DeviceCode ?? RefreshToken)?.authTime;
      return (
        person && { ...claimsOf(person), ...(signedInAt === undefined ? {} : { auth_time: signedInAt }) }
      );
    },
    loadExistingGrant: async (context) => {
      const { client, session, provider } = context.oidc;
      if (client === undefined || session?.accountId === undefined) return undefined;
      const grant = new provider.Grant({ clientId: client.clientId, accountId: session.accountId });
      grant.addOIDCScope(`${SCOPE} offline_access`);
      grant.addResourceScope(AUDIENCE, `${SCOPE} ${DECIDING_SCOPE}`);
      await grant.save();
      return grant;
    },
    interactions: { url: (_context, interaction) => `/interaction/${interaction.uid}`, policy: signInOnly() },
    ttl: {
      Interaction: 600,
      Session: 3_600,
      Grant: STAYS_SECONDS,
      AuthorizationCode: 60,
      DeviceCode: 600,
      RefreshToken: STAYS_SECONDS,
      AccessToken: tokenSeconds,
      IdToken: 3_600,
    },
    // Each is good once: one that comes a second time was stolen, by one of the two, and ends the sign-in for both
    // (RFC 9700, section 4.14).
    rotateRefreshToken: true,
    features: {
      devInteractions: { enabled: false },
      // Who signs out of a program ends what it could renew (RFC 7009).
      revocation: {
        enabled: true,
        allowedPolicy: (_context, client, token) => token.clientId === client.clientId,
      },
      deviceFlow: {
        enabled: true,
        userCodeInputSource: (context, form) => {
          context.body = formPage('Enter the code that your program shows', form, 'Continue');
        },
        userCodeConfirmSource: (context, form, _client, _device, userCode) => {
          context.body = confirmPage(userCode, form);
        },
        successSource: (context) => {
          context.body = messagePage('Signed in', 'You can close this page and go back to your program.');
        },
      },
      resourceIndicators: {
        enabled: true,
        defaultResource: () => AUDIENCE,
        useGrantedResource: () => true,
        getResourceServerInfo: () => resourceServer(tokenSeconds),
      },
    },
  };
}

/**
 * Its only client is the relay's own, so there is no consent to ask for; a program that is to stay signed in has to ask
 * for it by name (OpenID Connect Core, section 11), and the page that they choose who they are on says so.
 */
function signInOnly() {
  const policy = interactionPolicy.base();
  policy.remove('consent');
  policy.add(new interactionPolicy.Prompt({ name: 'consent', requestable: true }));
  return policy;
}

function resourceServer(seconds: number) {
  return {
    audience: AUDIENCE,
    scope: `${SCOPE} ${DECIDING_SCOPE}`,
    accessTokenFormat: 'jwt',
    accessTokenTTL: seconds,
    jwt: { sign: { alg: 'ES256' } },
  } as const;
}

function claimsOf({ subject, name, email, groups }: LocalPerson) {
  return { preferred_username: subject, name, email, email_verified: true, groups: [...groups] };
}

/** The sign-in page lies beside the provider's own endpoints. */
function requestHandler(provider: Provider, people: readonly LocalPerson[], host: string) {
  const rest = provider.callback();
  return (request: IncomingMessage, response: ServerResponse) => {
    // Whoever reaches it can be anybody: not a page of another site that had its own name point here (DNS rebinding).
    if (request.headers.host !== host) {
      response.writeHead(421, { 'content-type': 'text/plain; charset=utf-8' });
      response.end(`This is ${host}, and nothing else.\n`);
      return;
    }
    const path = request.url ?? '';
    if (!path.startsWith('/interaction/')) {
      void rest(request, response);
      return;
    }
    signIn(provider, people, request, response).catch(() => {
      response.writeHead(400, { 'content-type': 'text/html; charset=utf-8' });
      response.end(
        messagePage('Sign in again', 'This sign-in is no longer open. Start it again from your program.'),
      );
    });
  };
}

async function signIn(
  provider: Provider,
  people: readonly LocalPerson[],
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { uid, params } = await provider.interactionDetails(request, response);
  if (request.method === 'POST') {
    const subject = new URLSearchParams(await readBody(request)).get('subject');
    const person = people.find((one) => one.subject === subject);
    if (person !== undefined) {
      const login = { accountId: person.subject };
      await provider.interactionFinished(request, response, { login, consent: {} });
      return;
    }
  }
  response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' });
  response.end(signInPage(`/interaction/${uid}`, people, staysSignedIn(params['scope'])));
}

function staysSignedIn(scope: unknown): boolean {
  return typeof scope === 'string' && scope.split(' ').includes('offline_access');
}

async function readBody(request: IncomingMessage): Promise<string> {
  let body = '';
  for await (const chunk of request) {
    body += String(chunk);
    if (body.length > 4_096) throw new Error('the form is too large');
  }
  return body;
}
