import type { SAML } from '@node-saml/node-saml';
import { z } from 'zod';
import { SluiceError } from '../../errors.ts';
import { isVisible } from '../../folded.ts';
import { joined, shown, word } from '../../text/index.ts';
import { createOneTime } from '../one-time.ts';
import { proves } from '../pkce.ts';
import { isAllowedRedirect } from '../redirect-uri.ts';
import { DECIDING_SCOPE, type MintedToken, type MintFor, type RelayIssuer } from '../relay-issuer.ts';
import { createSealed } from '../sealed.ts';
import type { Assertion } from './assertion.ts';
import { publicKeys } from './own-check.ts';
import { refused } from './refused.ts';
import { samlAddresses, type SamlConfig } from './saml-config.ts';
import { readResponse, readSignedAssertion, type UncheckedResponse } from './signed-response.ts';

/**
 * SAML sign-in for programs, in the shape of OAuth's authorization code with PKCE (RFC 7636): what comes out
 * of the browser is a code that only the program which started can turn into a token. So no token is ever in
 * a URL, and nobody can be signed in as somebody else by a response that they did not ask for.
 *
 * A sign-in under way is kept by nobody but the browser: the id of the request to the provider is the sign-in
 * itself, sealed, which the provider gives back and signs (`InResponseTo`). So anybody may start as many as they
 * like. What is kept, requests that were answered and codes, is of people whom the provider has vouched for. The
 * key and what is kept are the process's own: a restart ends the sign-ins under way, and people start again.
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
  /** By how much clocks may differ. */
  readonly clockToleranceMs: number;
  readonly relayIssuer: Pick<RelayIssuer, 'mint'>;
  /** Awaited before somebody gets a token: a sign-in that cannot be recorded is none. */
  readonly onSignedIn: (subject: string) => Promise<void>;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  readonly random: (bytes: number) => Uint8Array;
}

/** What a person has at the identity provider: for passwords, second factors, new telephones. */
const SIGN_IN_MS = 10 * 60_000;
/** What a program has to redeem its code. */
const CODE_MS = 60_000;
/** Sign-ins of one person, and of all, within those ten minutes; codes that wait to be redeemed. */
const MOST = { each: 100, all: 10_000 };

/** Loads the library for it: most relays have no SAML sign-in. */
export async function createSamlSignIn(options: SamlSignInOptions): Promise<SamlSignIn> {
  const { config, relayIssuer, onSignedIn, now, random } = options;
  const { assertionConsumerService } = samlAddresses(options.publicUrl);
  const key = random(32);
  const starts = createSealed({ key, schema: sealedStart, lifetimeMs: SIGN_IN_MS, now });
  const answered = createOneTime<true>({ lifetimeMs: SIGN_IN_MS, most: MOST, now });
  const codes = createOneTime<SignedIn>({ lifetimeMs: CODE_MS, most: MOST, now });
  const serviceProvider = await loadServiceProvider(options);
  const saml = serviceProvider();
  const keys = publicKeys(config.identityProvider.certificates);

  return {
    metadata: () => saml.generateServiceProviderMetadata(null),
    async start(query) {
      const start = read(startQuery, query);
      if (!isAllowedRedirect(start.redirect_uri, config.redirectUris)) {
        throw new SluiceError('request_malformed', 'the redirect URI is not one that the relay knows', {
          advice: 'use the loopback interface, or have the address added to the configuration',
        });
      }
      const nonce = Buffer.from(random(12)).toString('base64url');
      const id = `_${await starts.seal({ ...start, nonce, startedAt: now() })}`;
      const request = { id, anew: isToDecide(start) };
      return new URL(await serviceProvider(request).getAuthorizeUrlAsync('', '', {}));
    },
    async consume(form) {
      const response = readResponse(read(responseForm, form).SAMLResponse);
      const start = await startOf(response);
      if (!response.isSuccess) {
        throw new SluiceError('token_untrusted', 'the identity provider did not sign you in', {
          advice: 'ask the people who run it to let you use Sluice',
        });
      }
      const assertion = await readSignedAssertion(saml, keys, response);
      if (assertion.issuer !== config.identityProvider.entityId)
        throw refused('it comes from another issuer');
      if (assertion.recipient !== assertionConsumerService) throw refused('it is for another recipient');
      if (assertion.inResponseTo !== response.inResponseTo) throw refused('it answers another request');
      checkTimes(assertion, now(), options.clockToleranceMs);
      // Not every provider does as it is asked (`ForceAuthn`), and a browser is at the hand of more programs than its
      // person's: who was signed in already has not been asked whether they want to decide.
      if (isToDecide(start) && assertion.signedInAt + options.clockToleranceMs < start.startedAt)
        throw refused('the person was not asked to sign in again');
      const person = personOf(config, assertion, isToDecide(start), now());
      // Once more: another of the same may have been checked meanwhile.
      if (!answered.keep(person.subject, start.nonce, true)) throw refused('it was used before');

      const code = Buffer.from(random(32)).toString('base64url');
      codes.keep(person.subject, code, { start, person });
      const back = new URL(start.redirect_uri);
      back.searchParams.set('code', code);
      back.searchParams.set('state', start.state);
      return back;
    },
    async redeem(grant) {
      const { code, code_verifier: verifier, redirect_uri: redirectUri } = read(codeGrant, grant);
      const signedIn = codes.take(code);
      if (signedIn === undefined) throw refused('the code is unknown, was used, or is too old');
      const { start, person } = signedIn;
      if (redirectUri !== start.redirect_uri) throw refused('the code belongs to another redirect URI');
      if (!proves(verifier, start.code_challenge)) throw refused('the code belongs to another program');
      await onSignedIn(person.subject);
      return await relayIssuer.mint(person);
    },
  };

  /** Of the request that it answers, before anything costly: strangers know of none that was not sealed for them. */
  async function startOf({ destination, issuer, inResponseTo }: UncheckedResponse): Promise<SealedStart> {
    if (destination !== assertionConsumerService) throw refused('it was sent to another recipient');
    if (issuer !== null && issuer !== config.identityProvider.entityId)
      throw refused('the response comes from another issuer');
    const start = inResponseTo?.startsWith('_') === true ? await starts.open(inResponseTo.slice(1)) : null;
    if (start === null) throw refused('nobody asked for it, or the request is too old');
    if (answered.has(start.nonce)) throw refused('it was used before');
    return start;
  }
}

/** As the library does, which has the machine's clock: ours is the one that the relay goes by. */
function checkTimes({ notBefore, notAfter, presentBefore }: Assertion, now: number, tolerance: number): void {
  if (presentBefore + tolerance <= now) throw refused('it comes too late');
  if (notAfter + tolerance <= now) throw refused('it has expired');
  if (notBefore - tolerance > now) throw refused('it is not yet valid');
}

const startQuery = z.object({
  response_type: z.literal('code'),
  redirect_uri: z.url().max(1_000),
  state: z.string().max(500),
  /** RFC 6749, section 3.3; only one makes a difference. */
  scope: z.string().max(500).default(''),
  code_challenge: z.string().regex(/^[\w-]{43}$/),
  code_challenge_method: z.literal('S256'),
});

/** What the browser carries; the nonce tells it apart from every other, so that it is answered once. */
const sealedStart = startQuery.extend({ nonce: z.string(), startedAt: z.number() });
type SealedStart = z.infer<typeof sealedStart>;

function isToDecide({ scope }: Pick<SealedStart, 'scope'>): boolean {
  return scope.split(' ').includes(DECIDING_SCOPE);
}

const responseForm = z.object({ SAMLResponse: z.string() });

const codeGrant = z.object({
  grant_type: z.literal('authorization_code'),
  code: z.string().max(100),
  code_verifier: z.string().min(43).max(128),
  redirect_uri: z.string().max(1_000),
});

interface SignedIn {
  readonly start: SealedStart;
  readonly person: MintFor;
}

/** @param request.anew whether the person has to prove who they are once more, signed in or not. */
async function loadServiceProvider({
  config,
  publicUrl,
  clockToleranceMs,
}: SamlSignInOptions): Promise<(request?: { readonly id: string; readonly anew: boolean }) => SAML> {
  const { SAML } = await import('@node-saml/node-saml');
  const { entityId, assertionConsumerService } = samlAddresses(publicUrl);
  const { signInUrl, certificates } = config.identityProvider;
  return (request) =>
    new SAML({
      issuer: entityId,
      audience: entityId,
      callbackUrl: assertionConsumerService,
      entryPoint: signInUrl,
      idpCert: certificates,
      wantAssertionsSigned: true,
      // Many providers sign the assertion alone, and nothing but the assertion is read.
      wantAuthnResponseSigned: false,
      acceptedClockSkewMs: clockToleranceMs,
      identifierFormat: null,
      // How people prove who they are is the provider's matter.
      disableRequestedAuthnContext: true,
      ...(request === undefined ? {} : { generateUniqueId: () => request.id, forceAuthn: request.anew }),
    });
}

function personOf(config: SamlConfig, assertion: Assertion, toDecide: boolean, now: number): MintFor {
  const { name, email, groups, person } = config.attributes;
  const { nameId, signedInAt, acr } = assertion;
  if (!isVisible(nameId)) throw refused('the name id contains invisible characters');
  const all = (attribute: string) => assertion.attributes.get(attribute) ?? [];
  const expiresAt = Math.min(now + config.tokenLifetime * 1_000, assertion.sessionEndsAt ?? Infinity);
  if (expiresAt <= now) {
    throw new SluiceError('token_expired', 'the sign-in at the identity provider has expired', {
      advice: 'sign in there again',
    });
  }
  return {
    subject: nameId,
    name: (name === null ? undefined : all(name)[0]) ?? nameId,
    email: (email === null ? undefined : all(email)[0]) ?? null,
    person: Object.fromEntries(
      Object.entries(person).flatMap(([called, attribute]) => {
        const value = attribute === 'NameID' ? nameId : all(attribute)[0];
        return value === undefined ? [] : [[called, value]];
      }),
    ),
    groups: all(groups),
    signedInAt,
    acr,
    toDecide,
    expiresAt,
  };
}

function read<Shape>(schema: z.ZodType<Shape>, value: unknown): Shape {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const names = parsed.error.issues
    .slice(0, 5)
    .map(({ path }) => word(path.join('.') || 'it', { most: 100 }));
  throw new SluiceError(
    'request_malformed',
    shown`the sign-in request is not well-formed: ${joined(names, ', ')}`,
  );
}
