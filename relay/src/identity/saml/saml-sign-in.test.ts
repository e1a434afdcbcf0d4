import { randomBytes } from 'node:crypto';
import { beforeEach, describe, expect, it } from 'vitest';
import { DECIDING_SCOPE, identityConfig } from '../index.ts';
import {
  ACS,
  hostileResponses,
  provider,
  RELAY,
  respond,
  said,
  signedOf,
  xmlOf,
} from '../testing/hostile-responses.ts';
import { causes, query, redirectUri, samlRelay, type SamlRelay } from '../testing/saml-relay.ts';
import {
  asForm,
  newSamlKey,
  PROVIDER,
  readRequest,
  responseXml,
  sign,
  type ResponseContent,
} from '../testing/test-saml-provider.ts';

const MINUTES = 60_000;

let relay: SamlRelay;
beforeEach(async () => {
  relay = await samlRelay();
});

describe('a sign-in', () => {
  it('ends in a token that the authenticator takes like any other', async () => {
    const back = await relay.signIn.consume(respond(await relay.started()));
    expect(back.origin + back.pathname).toBe(redirectUri);
    expect(back.searchParams.get('state')).toBe('s1');
    const { token, expiresInSeconds } = await relay.signIn.redeem(relay.grant(back));
    expect(expiresInSeconds).toBe(3_600);
    expect(await relay.identify(token)).toMatchObject({
      id: `${RELAY}|ada@example.com`,
      name: 'Ada',
      person: { email: 'ada@example.com', employee: null, corp: 'ada@example.com' },
      signedInAt: expect.any(Number),
      groups: ['developers', 'eu'],
      kind: 'person',
      tokenId: expect.any(String),
    });
    relay.ahead = 62 * MINUTES;
    await expect(relay.identify(token)).rejects.toMatchObject({ code: 'token_expired' });
  });

  it('that cannot be recorded is none', async () => {
    const code = relay.grant(await relay.signIn.consume(respond(await relay.started())));
    relay.record = () => Promise.reject(new Error('the disk is full'));
    await expect(relay.signIn.redeem(code)).rejects.toThrow('the disk is full');
  });

  it('ends when the provider says', async () => {
    const inTenMinutes = { sessionEndsAt: Date.now() + 10 * MINUTES };
    const { expiresInSeconds } = await relay.signIn.redeem(
      relay.grant(await relay.signIn.consume(respond(await relay.started(), inTenMinutes))),
    );
    expect(expiresInSeconds).toBeLessThanOrEqual(600);
    const over = { sessionEndsAt: Date.now() - 1_000 };
    await expect(relay.signIn.consume(respond(await relay.started(), over))).rejects.toMatchObject({
      code: 'token_expired',
    });
  });

  it('asks the provider for an answer to this relay', async () => {
    const url = await relay.signIn.start(query);
    expect(url.origin + url.pathname).toBe('https://idp.example.com/sso');
    expect(readRequest(url).xml).toContain(`AssertionConsumerServiceURL="${ACS}"`);
    expect(readRequest(url).xml).toContain(`${RELAY}/saml/metadata</saml:Issuer>`);
  });

  it('is described by metadata', () => {
    expect(relay.signIn.metadata()).toMatch(/WantAssertionsSigned="true"/);
    expect(relay.signIn.metadata()).toContain(`Location="${ACS}"`);
  });
});

describe('what the provider says of the sign-in', () => {
  const PHR = 'urn:oasis:names:tc:SAML:2.0:ac:classes:Password';
  const classRef = (name: string) => `<saml:AuthnContextClassRef>${name}</saml:AuthnContextClassRef>`;
  const tokenFor = async (change: Partial<ResponseContent>, scope?: string) => {
    const url = await relay.signIn.start({ ...query, ...(scope === undefined ? {} : { scope }) });
    const { id, xml } = readRequest(url);
    const { token } = await relay.signIn.redeem(relay.grant(await relay.signIn.consume(respond(id, change))));
    return { identity: await relay.identify(token), isAnew: xml.includes('ForceAuthn="true"') };
  };

  it('is in the token: when it was, and how', async () => {
    const signedInAt = Math.floor(Date.now() / 1000) * 1000 - 3_600_000;
    const { identity } = await tokenFor({ signedInAt, contexts: [classRef(PHR)] });
    expect(identity).toMatchObject({ signedInAt, acr: PHR, mayDecide: false });
  });

  it.each<[string, readonly string[]]>([
    ['none', ['']],
    ['two that differ', [classRef(PHR), classRef('other')]],
  ])('says no way when it names %s', async (_, contexts) => {
    expect((await tokenFor({ contexts })).identity).toMatchObject({ acr: null });
  });

  it('is asked for anew when the token is to decide, and only then', async () => {
    expect(await tokenFor({})).toMatchObject({ isAnew: false, identity: { mayDecide: false } });
    expect(await tokenFor({}, 'openid')).toMatchObject({ isAnew: false, identity: { mayDecide: false } });
    expect(await tokenFor({}, DECIDING_SCOPE)).toMatchObject({ isAnew: true, identity: { mayDecide: true } });
    expect(await tokenFor({}, `openid ${DECIDING_SCOPE}`)).toMatchObject({ identity: { mayDecide: true } });
    expect(await tokenFor({}, `x${DECIDING_SCOPE}`)).toMatchObject({ identity: { mayDecide: false } });
  });

  it('has to be of this very time when the token is to decide, whether or not the provider asked anew', async () => {
    const before = Date.now() - 60_000;
    await expect(tokenFor({ signedInAt: before }, DECIDING_SCOPE)).rejects.toMatchObject({
      code: 'token_invalid',
      cause: expect.objectContaining({ message: 'the person was not asked to sign in again' }),
    });
    const { identity } = await tokenFor({ signedInAt: before });
    expect(identity).toMatchObject({ mayDecide: false });
    // Clocks differ.
    const { identity: own } = await tokenFor({ signedInAt: Date.now() - 20_000 }, DECIDING_SCOPE);
    expect(own).toMatchObject({ mayDecide: true });
  });

  it('names the person as the configuration says', async () => {
    const attributes = { mail: ['Ada+x@Example.com'], employeeNumber: ['0017'] };
    const { identity } = await tokenFor({ attributes });
    expect(identity).toMatchObject({
      person: { email: 'ada@example.com', employee: '17', corp: 'ada@example.com' },
    });
    const { identity: without } = await tokenFor({ attributes: { other: ['x'] } });
    expect(without).toMatchObject({ person: { email: null, employee: null, corp: 'ada@example.com' } });
  });

  it.each(['ada\u200b@example.com', 'a\u00adda@example.com', 'ada@example.com\u3164'])(
    'is nobody’s when the name id holds what nobody can see: %j',
    async (nameId) => {
      await expect(tokenFor({ nameId })).rejects.toMatchObject({ code: 'token_invalid' });
    },
  );

  it('is one person’s in every spelling', async () => {
    const spelt = await Promise.all(
      ['ADA@example.com', ' ada@Example.com\n'].map(async (nameId) => (await tokenFor({ nameId })).identity),
    );
    for (const identity of spelt) expect(identity).toMatchObject({ id: `${RELAY}|ada@example.com` });
  });
});

describe('a response', () => {
  it.each(Object.entries(hostileResponses))('%s is refused', async (_, [why, make]) => {
    const error: unknown = await relay.signIn
      .consume(asForm(make(await relay.started())))
      .catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({
      code: 'token_invalid',
      message: 'the sign-in is not valid, or is no longer open',
    });
    expect(causes(error)).toContain(why);
  });

  it('is accepted once', async () => {
    const response = respond(await relay.started());
    const both = await Promise.allSettled([relay.signIn.consume(response), relay.signIn.consume(response)]);
    expect(both.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
    await expect(relay.signIn.consume(response)).rejects.toMatchObject({ code: 'token_invalid' });
  });

  it('that is refused leaves the sign-in open for the real one', async () => {
    const id = await relay.started();
    await expect(relay.signIn.consume(asForm(hostileResponses['with no signature']![1](id)))).rejects.toThrow(
      'not valid',
    );
    await expect(relay.signIn.consume(respond(id))).resolves.toBeDefined();
  });

  it('comes too late after ten minutes', async () => {
    const id = await relay.started();
    relay.ahead = 11 * MINUTES;
    const late = respond(id, { presentBefore: Date.now() + 60 * MINUTES });
    await expect(relay.signIn.consume(late)).rejects.toMatchObject({ code: 'token_invalid' });
  });

  it('that is signed as a whole besides, as some providers do, is accepted', async () => {
    const id = await relay.started();
    const whole = sign(xmlOf(id), provider.privateKey, undefined, 'Response');
    const changed = whole.replace('ID="_response"', 'ID="_response" Consent="x"');
    await expect(relay.signIn.consume(asForm(changed))).rejects.toThrow('not valid');
    await expect(relay.signIn.consume(asForm(whole))).resolves.toBeDefined();
  });

  it('may wrap its lines, say what it is, and write characters by number', async () => {
    const id = await relay.started();
    const xml = `<?xml version="1.0" encoding="UTF-8"?>\n${xmlOf(id).replace('Ada<', '&#65;da<')}`;
    const wrapped = asForm(xml).SAMLResponse.replaceAll(/.{76}/g, '$&\r\n');
    const { token } = await relay.signIn.redeem(
      relay.grant(await relay.signIn.consume({ SAMLResponse: wrapped })),
    );
    expect(await relay.identify(token)).toMatchObject({ name: 'Ada' });
  });

  it.each(['\u{1f600}', 'AAA=A', 'A-_A'])('that is no base64 is refused: %j', async (SAMLResponse) => {
    const error: unknown = await relay.signIn.consume({ SAMLResponse }).catch((thrown: unknown) => thrown);
    expect(causes(error)).toContain('not base64');
  });

  it('in which the provider says no is told apart', async () => {
    const id = await relay.started();
    const no = asForm(responseXml(said(id), '', 'Responder'));
    await expect(relay.signIn.consume(no)).rejects.toMatchObject({ code: 'token_untrusted' });
    const yesAndNo = asForm(responseXml(said(id), signedOf(id), 'Responder'));
    await expect(relay.signIn.consume(yesAndNo)).rejects.toMatchObject({ code: 'token_untrusted' });
    const nobodys = asForm(responseXml(said('_made-up'), '', 'Responder'));
    await expect(relay.signIn.consume(nobodys)).rejects.toMatchObject({ code: 'token_invalid' });
  });
});

describe('sign-ins under way', () => {
  it('are kept by nobody: however many strangers begin, the others end', async () => {
    const id = await relay.started();
    for (let count = 0; count < 10_000; count += 100) {
      const others = await Promise.all(Array.from({ length: 100 }, relay.started));
      expect(others).not.toContain(id);
    }
    await expect(relay.signIn.consume(respond(id))).resolves.toBeDefined();
  }, 60_000);

  it('cannot be read, changed or made by who carries them', async () => {
    const id = await relay.started();
    expect(Buffer.from(id, 'base64').toString('latin1')).not.toContain('127.0.0.1');
    expect(id).toMatch(/^_[\w.-]+$/);
    const at = id.length - 30;
    const changed = `${id.slice(0, at)}${id[at] === 'A' ? 'B' : 'A'}${id.slice(at + 1)}`;
    for (const forgery of [changed, id.slice(1), `_${id}`, `${id}x`, '_a..b.c.d', '_']) {
      await expect(relay.signIn.consume(respond(forgery))).rejects.toMatchObject({ code: 'token_invalid' });
    }
  });

  it('of one person are so many, and leave room for others', async () => {
    const as = async (nameId: string) =>
      await relay.signIn.consume(respond(await relay.started(), { nameId }));
    for (let count = 0; count < 100; count += 1) await as('eve@example.com');
    await expect(as('eve@example.com')).rejects.toMatchObject({ code: 'rate_limited' });
    await expect(as('ada@example.com')).resolves.toBeDefined();
  }, 60_000);
});

describe('a code', () => {
  it('is good once, for the program that started, for a minute', async () => {
    const code = async () => relay.grant(await relay.signIn.consume(respond(await relay.started())));
    const other = randomBytes(32).toString('base64url');
    const no = { code: 'token_invalid' };

    const used = await code();
    await relay.signIn.redeem(used);
    await expect(relay.signIn.redeem(used)).rejects.toMatchObject(no);
    await expect(relay.signIn.redeem({ ...(await code()), code_verifier: other })).rejects.toMatchObject(no);
    const elsewhere = { redirect_uri: 'http://127.0.0.1:1/' };
    await expect(relay.signIn.redeem({ ...(await code()), ...elsewhere })).rejects.toMatchObject(no);
    const late = await code();
    relay.ahead = 61_000;
    await expect(relay.signIn.redeem(late)).rejects.toMatchObject(no);
  });
});

describe('a program', () => {
  it.each([
    ['to another site', { redirect_uri: 'https://evil.example/signed-in' }],
    ['to what only looks like the loopback', { redirect_uri: 'http://127.0.0.1@evil.example/' }],
    ['to what only begins like a known address', { redirect_uri: 'vscode://sluice.sluice/signed-in2' }],
    ['to the loopback, with a name before it', { redirect_uri: 'http://ada@127.0.0.1/' }],
    ['to the loopback, with a fragment', { redirect_uri: 'http://127.0.0.1/#code=' }],
    ['to the loopback by another scheme', { redirect_uri: 'ftp://127.0.0.1/' }],
    ['without a challenge', { code_challenge: undefined }],
    ['with a plain challenge', { code_challenge_method: 'plain' }],
  ])('cannot start a sign-in %s', async (_, changes) => {
    await expect(relay.signIn.start({ ...query, ...changes })).rejects.toMatchObject({
      code: 'request_malformed',
    });
  });

  it('may have people sent back to an address that the relay knows', async () => {
    const known = { ...query, redirect_uri: 'vscode://sluice.sluice/signed-in' };
    const { id } = readRequest(await relay.signIn.start(known));
    expect((await relay.signIn.consume(respond(id))).href).toMatch(
      /^vscode:\/\/sluice\.sluice\/signed-in\?code=/,
    );
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
