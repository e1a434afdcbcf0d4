import { createHash, generateKeyPairSync, randomBytes, randomUUID } from 'node:crypto';
import {
  type Authenticate,
  createAuthenticator,
  createRelayIssuer,
  createSamlSignIn,
  identityConfig,
  samlPersonNames,
  type SamlSignIn,
} from '../index.ts';
import { provider, RELAY } from './hostile-responses.ts';
import { PROVIDER, readRequest } from './test-saml-provider.ts';

const relayKey = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
const verifier = randomBytes(32).toString('base64url');
/** Where the program that signs its person in waits for them. */
export const redirectUri = 'http://127.0.0.1:49152/signed-in';
export const query = {
  response_type: 'code',
  redirect_uri: redirectUri,
  state: 's1',
  code_challenge: createHash('sha256').update(verifier).digest('base64url'),
  code_challenge_method: 'S256',
};

/** A relay where people sign in by SAML, at the provider of the tests. */
export interface SamlRelay {
  /** The library has the real clock: the relay's is the real one too, and goes ahead of it by so many milliseconds. */
  ahead: number;
  record: () => Promise<void>;
  readonly signIn: SamlSignIn;
  readonly identify: Authenticate;
  /** The id of a request, with which a sign-in has begun. */
  started(): Promise<string>;
  /** What redeems the code that somebody came back with. */
  grant(back: URL): Readonly<Record<string, string | null>>;
}

export async function samlRelay(): Promise<SamlRelay> {
  const config = identityConfig.parse({
    saml: {
      identityProvider: {
        entityId: PROVIDER,
        signInUrl: 'https://idp.example.com/sso',
        certificates: [provider.publicPem],
      },
      attributes: {
        name: 'displayName',
        email: 'mail',
        groups: 'memberOf',
        person: { employee: 'employeeNumber', corp: 'NameID' },
      },
      redirectUris: ['vscode://sluice.sluice/signed-in'],
    },
  });
  const now = () => Date.now() + relay.ahead;
  const relayIssuer = await createRelayIssuer({
    url: RELAY,
    personNames: samlPersonNames(config.saml!),
    keys: [relayKey],
    now,
    newId: randomUUID,
  });
  const signIn = await createSamlSignIn({
    config: config.saml!,
    publicUrl: RELAY,
    clockToleranceMs: config.clockTolerance * 1_000,
    relayIssuer,
    onSignedIn: () => relay.record(),
    now,
    random: randomBytes,
  });
  const relay: SamlRelay = {
    ahead: 0,
    record: async () => {},
    signIn,
    identify: createAuthenticator({ config, relayIssuer, revocations: { check: () => {} }, now }),
    started: async () => readRequest(await signIn.start(query)).id,
    grant: (back) => ({
      grant_type: 'authorization_code',
      code: back.searchParams.get('code'),
      code_verifier: verifier,
      redirect_uri: redirectUri,
    }),
  };
  return relay;
}

/** The reasons that go to the log: so that each case is refused for its own. */
export function causes(error: unknown): string {
  return error instanceof Error ? `${error.message}\n${causes(error.cause)}` : '';
}
