import { createHash, generateKeyPairSync, randomBytes, randomUUID } from 'node:crypto';
import { expect, it } from 'vitest';
import { createRelayIssuer, createSamlSignIn, identityConfig } from '../index.ts';
import {
  asForm,
  assertionXml,
  newSamlKey,
  PROVIDER,
  readRequest,
  type ResponseContent,
  responseXml,
  sign,
} from '../testing/test-saml-provider.ts';

/** Somebody without a key may post what they like: here, what was made to take long. */
const RELAY = 'https://relay.example.com';
const provider = newSamlKey();
const config = identityConfig.parse({
  saml: {
    identityProvider: {
      entityId: PROVIDER,
      signInUrl: 'https://idp.example.com/sso',
      certificates: [provider.publicPem, newSamlKey().publicPem],
    },
  },
});
const relayIssuer = await createRelayIssuer({
  url: RELAY,
  personNames: ['email'],
  keys: [generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey],
  now: Date.now,
  newId: randomUUID,
});
const signIn = await createSamlSignIn({
  config: config.saml!,
  publicUrl: RELAY,
  clockToleranceMs: 30_000,
  relayIssuer,
  onSignedIn: async () => {},
  now: Date.now,
  random: randomBytes,
});

/** A sign-in that the attacker has begun: without one nothing gets beyond the first look. */
const start = await signIn.start({
  response_type: 'code',
  redirect_uri: 'http://127.0.0.1:49152/signed-in',
  state: 's1',
  code_challenge: createHash('sha256').update('v').digest('base64url'),
  code_challenge_method: 'S256',
});
const { id } = readRequest(start);

/** Times as long as the yardstick: less than 1 at the worst. With the library in the way some take more than 20. */
const MOST_RATIO = 5;
/** Bytes of XML: as much as is read. */
const MOST = 196_000;

function said(groups: readonly string[]): ResponseContent {
  return {
    inResponseTo: id,
    recipient: `${RELAY}/saml/acs`,
    audience: `${RELAY}/saml/metadata`,
    issuer: PROVIDER,
    nameId: 'ada@example.com',
    nameIdFormat: 'urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress',
    notBefore: Date.now() - 1_000,
    notOnOrAfter: Date.now() + 300_000,
    presentBefore: Date.now() + 300_000,
    method: 'urn:oasis:names:tc:SAML:2.0:cm:bearer',
    sessionEndsAt: null,
    attributes: { groups },
  };
}

/**
 * With what the provider signed for somebody else, so that all of it is canonicalised before it is found that it has
 * changed: whoever has signed in once can send that.
 */
function forged(groups: readonly string[]): string {
  return responseXml(said(groups), sign(assertionXml(said(groups)), provider.privateKey));
}

const small = forged(['g']);
const within = (part: string, piece: string, count: number) =>
  small.replace(part, () => part + piece.repeat(count));
const fill = (piece: string, room = MOST - small.length) => Math.floor(room / piece.length);
const EXTENSIONS = (inside: string) =>
  small.replace('<samlp:Status>', () => `<samlp:Extensions>${inside}</samlp:Extensions><samlp:Status>`);
const VALUE = '<saml:AttributeValue xsi:type="xs:string">g</saml:AttributeValue>';
const reference = /<Reference .*<\/Reference>/.exec(small)![0];
const transform = /<Transform [^>]*\/>/.exec(small)![0];
const signature = /<Signature .*<\/Signature>/.exec(small)![0];
const names = (count: number, make: (index: number) => string) =>
  Array.from({ length: count }, (_, index) => make(index)).join('');
const manyNamespaces = names(11, (index) => ` xmlns:n${index}="urn:${index}"`);
const nested = (open: string, close: string, depth: number) => open.repeat(depth) + close.repeat(depth);

const shapes: Readonly<Record<string, string>> = {
  references: small.replace(reference, reference.repeat(fill(reference))),
  transforms: small.replace(transform, transform.repeat(fill(transform))),
  'signatures in the assertion': small.replace(signature, signature.repeat(fill(signature))),
  'signatures elsewhere': EXTENSIONS(signature.repeat(fill(signature))),
  'elements, too many': EXTENSIONS('<a/>'.repeat(fill('<a/>'))),
  'elements, as many as may be': within(VALUE, VALUE, 2_400),
  'empty elements, as many as may be': EXTENSIONS('<a/>'.repeat(2_900)),
  'elements with all the namespaces there may be': within(VALUE, `<a${manyNamespaces}/>`, 800),
  'prefixes in use': within(VALUE, '<saml:a xsi:b="" xs:c="" xml:d=""/>', 2_400),
  'attributes of one element': EXTENSIONS(`<a ${names(20_000, (index) => `a${index}="" `)}/>`),
  'attributes, as many as may be': within(VALUE, `<a ${names(16, (index) => `a${index}="" `)}/>`, 1_000),
  depth: EXTENSIONS(nested('<a>', '</a>', fill('<a></a>'))),
  'depth, as much as may be, many times': within(VALUE, nested('<a>', '</a>', 9), 270),
  text: within('>g', 'x', fill('x')),
  'text of characters that are escaped': within('>g', '&gt;', fill('&gt;')),
  'characters by number': within('>g', '&#65;', fill('&#65;')),
  'carriage returns': within('>g', '&#13;', fill('&#13;')),
  blanks: within('<saml:Subject>', ' ', fill(' ')),
  'blanks in a tag': small.replace('<samlp:Status>', `<samlp:Status${' '.repeat(fill(' '))}!>`),
  'a name': small.replace('<samlp:Status>', `<${'a'.repeat(fill('a'))}!>`),
  'a value': small.replace('<samlp:Status>', `<a b="${'a'.repeat(fill('a'))}"/><samlp:Status>`),
  'a value that does not end': small.replace('<samlp:Status>', `<a b="${'a'.repeat(fill('a'))}`),
  'ends of tags': '</a>'.repeat(fill('</a>')),
  'less-than signs': '<'.repeat(MOST),
  ampersands: within('>g', '&', fill('&')),
  'a document type': `<!DOCTYPE a [${'<!ENTITY a "a">'.repeat(10_000)}]>${small}`,
  'an id that was never given': forged(['g']).replaceAll(id, `_${'A.'.repeat(40_000)}`),
};

it('a hostile response takes as long as a few passes over its bytes', async () => {
  const yardstickMs = yardstick();
  const ratios: Record<string, number> = {};
  for (const [name, xml] of Object.entries(shapes)) {
    if (xml.length < 10_000 || xml.length > MOST + 1_000)
      throw new Error(`${name}: ${xml.length} characters`);
    ratios[name] = (await fastest(xml)) / yardstickMs;
  }
  ratios['blanks in base64'] = (await fastest(`${' '.repeat(250_000)}!`, (text) => text)) / yardstickMs;
  expect(Object.entries(ratios).filter(([, ratio]) => ratio >= MOST_RATIO)).toEqual([]);
}, 300_000);

/** Milliseconds that this machine takes now over the largest document as plain JSON, read and written ten times. */
function yardstick(): number {
  const json = JSON.stringify(
    Array.from({ length: MOST / 20 }, (_, index) => ({ name: `${index}`, of: 'abc' })),
  );
  let best = Infinity;
  for (let run = 0; run < 4; run += 1) {
    const began = performance.now();
    for (let pass = 0; pass < 10; pass += 1)
      expect(JSON.stringify(JSON.parse(json))).toHaveLength(json.length);
    best = Math.min(best, performance.now() - began);
  }
  return best;
}

/** Milliseconds of the fastest of a few. */
async function fastest(xml: string, encode = (text: string) => asForm(text).SAMLResponse): Promise<number> {
  const form = { SAMLResponse: encode(xml.replace('>ada@', '>eve@')) };
  let best = Infinity;
  for (let run = 0; run < 4; run += 1) {
    const began = performance.now();
    await expect(signIn.consume(form)).rejects.toMatchObject({ code: 'token_invalid' });
    best = Math.min(best, performance.now() - began);
  }
  return best;
}
