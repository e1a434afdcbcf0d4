import { createHash, generateKeyPairSync, randomBytes, randomUUID } from 'node:crypto';
import { beforeEach, describe, expect, it } from 'vitest';
import {
  createAuthenticator,
  createRelayIssuer,
  createSamlSignIn,
  identityConfig,
  type SamlSignIn,
} from '../index.ts';
import {
  asForm,
  assertionXml,
  newSamlKey,
  PROVIDER,
  readRequest,
  type ResponseContent,
  responseXml,
  SHA_1,
  sign,
} from '../testing/test-saml-provider.ts';

const MINUTES = 60_000;
const RELAY = 'https://relay.example.com';
const ACS = `${RELAY}/saml/acs`;
const provider = newSamlKey();
const stranger = newSamlKey();
const relayKey = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
const verifier = randomBytes(32).toString('base64url');
const redirectUri = 'http://127.0.0.1:49152/signed-in';
const query = {
  response_type: 'code',
  redirect_uri: redirectUri,
  state: 's1',
  code_challenge: createHash('sha256').update(verifier).digest('base64url'),
  code_challenge_method: 'S256',
};

/** The library has the real clock: ours is the real one too, and goes ahead of it where a test says so. */
let ahead: number;
const now = () => Date.now() + ahead;
let signIn: SamlSignIn;
let record: () => Promise<void>;
let identify: (token: string) => Promise<unknown>;

beforeEach(async () => {
  ahead = 0;
  const config = identityConfig.parse({
    saml: {
      identityProvider: {
        entityId: PROVIDER,
        signInUrl: 'https://idp.example.com/sso',
        certificates: [provider.publicPem],
      },
      attributes: { name: 'displayName', email: 'mail', groups: 'memberOf' },
      redirectUris: ['vscode://sluice.sluice/signed-in'],
    },
  });
  const relayIssuer = await createRelayIssuer({ url: RELAY, keys: [relayKey], now, newId: randomUUID });
  const { clockTolerance } = config;
  record = async () => {};
  signIn = createSamlSignIn({
    config: config.saml!,
    publicUrl: RELAY,
    clockTolerance,
    relayIssuer,
    onSignedIn: () => record(),
    now,
    random: randomBytes,
  });
  identify = createAuthenticator({ config, relayIssuer, revocations: { check: () => {} }, now });
});

describe('a sign-in', () => {
  it('ends in a token that the authenticator takes like any other', async () => {
    const back = await signIn.consume(respond(await started()));
    expect(back.origin + back.pathname).toBe(redirectUri);
    expect(back.searchParams.get('state')).toBe('s1');
    const { token, expiresIn } = await signIn.redeem(grant(back));
    expect(expiresIn).toBe(3_600);
    expect(await identify(token)).toMatchObject({
      id: `${RELAY}|ada@example.com`,
      name: 'Ada',
      email: 'ada@example.com',
      groups: ['developers', 'eu'],
      kind: 'person',
      tokenId: expect.any(String),
    });
    ahead = 62 * MINUTES;
    await expect(identify(token)).rejects.toMatchObject({ code: 'token_expired' });
  });

  it('that cannot be recorded is none', async () => {
    const code = grant(await signIn.consume(respond(await started())));
    record = () => Promise.reject(new Error('the disk is full'));
    await expect(signIn.redeem(code)).rejects.toThrow('the disk is full');
  });

  it('ends when the provider says', async () => {
    const inTenMinutes = { sessionEndsAt: Date.now() + 10 * MINUTES };
    const { expiresIn } = await signIn.redeem(
      grant(await signIn.consume(respond(await started(), inTenMinutes))),
    );
    expect(expiresIn).toBeLessThanOrEqual(600);
    const over = { sessionEndsAt: Date.now() - 1_000 };
    await expect(signIn.consume(respond(await started(), over))).rejects.toMatchObject({
      code: 'token_expired',
    });
  });

  it('asks the provider for an answer to this relay', async () => {
    const url = await signIn.start(query);
    expect(url.origin + url.pathname).toBe('https://idp.example.com/sso');
    expect(readRequest(url).xml).toContain(`AssertionConsumerServiceURL="${ACS}"`);
    expect(readRequest(url).xml).toContain(`${RELAY}/saml/metadata</saml:Issuer>`);
  });

  it('is described by metadata', () => {
    expect(signIn.metadata()).toMatch(/WantAssertionsSigned="true"/);
    expect(signIn.metadata()).toContain(`Location="${ACS}"`);
  });
});

describe('a response', () => {
  const refused: Record<string, [why: string, make: (id: string) => string]> = {
    'with no signature': ['Invalid signature', (id) => responseXml(said(id), assertionXml(said(id)))],
    'signed by somebody else': [
      'Invalid signature',
      (id) => responseXml(said(id), sign(assertionXml(said(id)), stranger.privateKey)),
    ],
    'changed after it was signed': ['Invalid signature', (id) => xmlOf(id).replace('developers', 'security')],
    'signed with SHA-1': [
      'algorithm',
      (id) => responseXml(said(id), sign(assertionXml(said(id)), provider.privateKey, SHA_1)),
    ],
    'whose algorithm is spelt in another way': [
      'algorithm',
      (id) =>
        xmlOf(id).replace(
          'Algorithm="http://www.w3.org/2001/04/xmlenc#',
          "Algorithm='http://www.w3.org/2001/04/xmlenc#",
        ),
    ],
    'for another service': [
      'audience mismatch',
      (id) => xmlOf(id, { audience: 'https://other.example.com' }),
    ],
    'for another recipient': [
      'another recipient',
      (id) => xmlOf(id, { recipient: 'https://other.example.com/acs' }),
    ],
    'of another issuer': ['another issuer', (id) => xmlOf(id, { issuer: 'https://other.example.com' })],
    'that nobody asked for': ['nobody asked', () => xmlOf('_made-up')],
    'that answers nothing': [
      'InResponseTo',
      (id) =>
        responseXml(
          said(id),
          sign(assertionXml(said(id)).replace(`InResponseTo="${id}" `, ''), provider.privateKey),
        ),
    ],
    'that has expired': ['assertion expired', (id) => xmlOf(id, { notOnOrAfter: Date.now() - MINUTES })],
    'not yet valid': ['not yet valid', (id) => xmlOf(id, { notBefore: Date.now() + MINUTES })],
    'presented too late': ['too late', (id) => xmlOf(id, { presentBefore: Date.now() - MINUTES })],
    'with a proof of possession in place of a bearer': [
      'Method',
      (id) => xmlOf(id, { method: 'urn:oasis:names:tc:SAML:2.0:cm:holder-of-key' }),
    ],
    'with a name for this once': [
      'Format',
      (id) => xmlOf(id, { nameIdFormat: 'urn:oasis:names:tc:SAML:2.0:nameid-format:transient' }),
    ],
    'with no subject': [
      'Subject',
      (id) =>
        responseXml(
          said(id),
          sign(assertionXml(said(id)).replace(/<saml:Subject>[^]*<\/saml:Subject>/, ''), provider.privateKey),
        ),
    ],
    'with no conditions': [
      'AudienceRestriction',
      (id) =>
        responseXml(
          said(id),
          sign(
            assertionXml(said(id)).replace(/<saml:Conditions[^]*<\/saml:Conditions>/, ''),
            provider.privateKey,
          ),
        ),
    ],
    'with a second, forged assertion before the signed one': [
      'multiple assertions',
      (id) => xmlOf(id).replace('<saml:Assertion', `${forged(id)}<saml:Assertion`),
    ],
    'with a second, forged assertion after the signed one': [
      'multiple assertions',
      (id) => xmlOf(id).replace('</samlp:Response>', `${forged(id)}</samlp:Response>`),
    ],
    'whose signed assertion is wrapped in a forged one': [
      'Invalid signature',
      (id) =>
        responseXml(
          said(id),
          forged(id).replace(
            '</saml:Assertion>',
            `<saml:Advice>${signedOf(id)}</saml:Advice></saml:Assertion>`,
          ),
        ),
    ],
    'whose forged assertion has the signed one inside its signature': [
      'Referenced node',
      (id) => wrappedInSignature(id),
    ],
    'whose forged assertion has the same id': [
      'more than one element',
      (id) => xmlOf(id).replace('<saml:Assertion', `<x>${forged(id, '_assertion')}</x><saml:Assertion`),
    ],
    'with a document type': ['document type', (id) => `<!DOCTYPE r [<!ENTITY a "security">]>${xmlOf(id)}`],
    'that is not XML': ['Not a valid XML', () => 'hunter2'],
    'of a megabyte': ['too large', (id) => xmlOf(id) + ' '.repeat(1_000_000)],
  };
  it.each(Object.entries(refused))('%s is refused', async (_, [why, make]) => {
    const error: unknown = await signIn
      .consume(asForm(make(await started())))
      .catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({
      code: 'token_invalid',
      message: 'the sign-in is not valid, or is no longer open',
    });
    expect(causes(error)).toContain(why);
  });

  it('is accepted once', async () => {
    const response = respond(await started());
    const both = await Promise.allSettled([signIn.consume(response), signIn.consume(response)]);
    expect(both.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
    await expect(signIn.consume(response)).rejects.toMatchObject({ code: 'token_invalid' });
  });

  it('that is refused leaves the sign-in open for the real one', async () => {
    const id = await started();
    await expect(signIn.consume(asForm(refused['with no signature']![1](id)))).rejects.toThrow('not valid');
    await expect(signIn.consume(respond(id))).resolves.toBeDefined();
  });

  it('comes too late after ten minutes', async () => {
    const id = await started();
    ahead = 11 * MINUTES;
    const late = respond(id, { presentBefore: Date.now() + 60 * MINUTES });
    await expect(signIn.consume(late)).rejects.toMatchObject({ code: 'token_invalid' });
  });

  it('says a name with a comment in it whole', async () => {
    const id = await started();
    const signed = xmlOf(id, { nameId: 'ada@example.com.evil.example' });
    const cut = signed.replace('ada@example.com.evil', 'ada@example.com<!-- -->.evil');
    const { token } = await signIn.redeem(grant(await signIn.consume(asForm(cut))));
    expect(await identify(token)).toMatchObject({ subject: 'ada@example.com.evil.example' });
  });

  it('in which the provider says no is told apart', async () => {
    const id = await started();
    const no = asForm(responseXml(said(id), '', 'Responder'));
    await expect(signIn.consume(no)).rejects.toMatchObject({ code: 'token_untrusted' });
  });
});

describe('a code', () => {
  it('is good once, for the program that started, for a minute', async () => {
    const code = async () => grant(await signIn.consume(respond(await started())));
    const other = randomBytes(32).toString('base64url');
    const no = { code: 'token_invalid' };

    const used = await code();
    await signIn.redeem(used);
    await expect(signIn.redeem(used)).rejects.toMatchObject(no);
    await expect(signIn.redeem({ ...(await code()), code_verifier: other })).rejects.toMatchObject(no);
    const elsewhere = { redirect_uri: 'http://127.0.0.1:1/' };
    await expect(signIn.redeem({ ...(await code()), ...elsewhere })).rejects.toMatchObject(no);
    const late = await code();
    ahead = 61_000;
    await expect(signIn.redeem(late)).rejects.toMatchObject(no);
  });
});

describe('a program', () => {
  it.each([
    ['to another site', { redirect_uri: 'https://evil.example/signed-in' }],
    ['to what only looks like the loopback', { redirect_uri: 'http://127.0.0.1@evil.example/' }],
    ['to what only begins like a known address', { redirect_uri: 'vscode://sluice.sluice/signed-in2' }],
    ['without a challenge', { code_challenge: undefined }],
    ['with a plain challenge', { code_challenge_method: 'plain' }],
  ])('cannot start a sign-in %s', async (_, changes) => {
    await expect(signIn.start({ ...query, ...changes })).rejects.toMatchObject({ code: 'request_malformed' });
  });

  it('may have people sent back to an address that the relay knows', async () => {
    const known = { ...query, redirect_uri: 'vscode://sluice.sluice/signed-in' };
    const { id } = readRequest(await signIn.start(known));
    expect((await signIn.consume(respond(id))).href).toMatch(/^vscode:\/\/sluice\.sluice\/signed-in\?code=/);
  });
});

it('takes keys that are strong enough, and nothing else', () => {
  const saml = (pem: string) => ({
    saml: {
      identityProvider: { entityId: PROVIDER, signInUrl: 'https://idp.example.com/sso', certificates: [pem] },
    },
  });
  expect(identityConfig.safeParse(saml(provider.publicPem)).success).toBe(true);
  expect(identityConfig.safeParse(saml(newSamlKey(1024).publicPem)).success).toBe(false);
  expect(identityConfig.safeParse(saml('secret')).success).toBe(false);
});

async function started(): Promise<string> {
  return readRequest(await signIn.start(query)).id;
}

function said(inResponseTo: string, changes: Partial<ResponseContent> = {}): ResponseContent {
  return {
    inResponseTo,
    recipient: ACS,
    audience: `${RELAY}/saml/metadata`,
    issuer: PROVIDER,
    nameId: 'ada@example.com',
    nameIdFormat: 'urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress',
    notBefore: Date.now() - 1_000,
    notOnOrAfter: Date.now() + 5 * MINUTES,
    presentBefore: Date.now() + 5 * MINUTES,
    method: 'urn:oasis:names:tc:SAML:2.0:cm:bearer',
    sessionEndsAt: null,
    attributes: { displayName: ['Ada'], mail: ['ada@example.com'], memberOf: ['developers', 'eu'] },
    ...changes,
  };
}

function signedOf(id: string, changes: Partial<ResponseContent> = {}): string {
  return sign(assertionXml(said(id, changes)), provider.privateKey);
}

function xmlOf(id: string, changes: Partial<ResponseContent> = {}): string {
  return responseXml(said(id, changes), signedOf(id, changes));
}

function respond(id: string, changes: Partial<ResponseContent> = {}) {
  return asForm(xmlOf(id, changes));
}

/** What an attacker would like the relay to read. */
function forged(id: string, assertionId = '_forged'): string {
  return assertionXml(
    said(id, { nameId: 'alan@example.com', attributes: { memberOf: ['security'] } }),
    assertionId,
  );
}

/** The attack that moves what was signed into an `Object` of the signature, and puts a forgery in its place. */
function wrappedInSignature(id: string): string {
  const signed = signedOf(id);
  const signature = /<Signature[^]*<\/Signature>/.exec(signed)![0];
  const withObject = signature.replace(
    '</Signature>',
    `<Object>${signed.replace(signature, '')}</Object></Signature>`,
  );
  return responseXml(said(id), forged(id).replace('</saml:Issuer>', `</saml:Issuer>${withObject}`));
}

/** The reasons that go to the log: so that each case is refused for its own. */
function causes(error: unknown): string {
  return error instanceof Error ? `${error.message}\n${causes(error.cause)}` : '';
}

function grant(back: URL) {
  return {
    grant_type: 'authorization_code',
    code: back.searchParams.get('code'),
    code_verifier: verifier,
    redirect_uri: redirectUri,
  };
}
