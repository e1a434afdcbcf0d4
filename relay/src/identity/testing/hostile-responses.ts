import {
  asForm,
  assertionXml,
  newSamlKey,
  PROVIDER,
  type ResponseContent,
  responseXml,
  SHA_1,
  sign,
} from './test-saml-provider.ts';

const MINUTES = 60_000;
export const RELAY = 'https://relay.example.com';
export const ACS = `${RELAY}/saml/acs`;
export const provider = newSamlKey();
const stranger = newSamlKey();

/** Responses that are refused, each with a part of the reason that goes to the log: made for the request of an id. */
export const hostileResponses: Record<string, [why: string, make: (id: string) => string]> = {
  'with no signature': ['has no `Signature`', (id) => responseXml(said(id), assertionXml(said(id)))],
  'signed by somebody else': [
    'not of the provider',
    (id) => responseXml(said(id), sign(assertionXml(said(id)), stranger.privateKey)),
  ],
  'changed after it was signed': ['not of the provider', (id) => xmlOf(id).replace('developers', 'security')],
  'signed with SHA-1': [
    'algorithm',
    (id) => responseXml(said(id), sign(assertionXml(said(id)), provider.privateKey, SHA_1)),
  ],
  'with SHA-1 spelt in another way': [
    'algorithm',
    (id) =>
      responseXml(said(id), sign(assertionXml(said(id)), provider.privateKey, SHA_1)).replaceAll(
        'sha1',
        'sha&#x31;',
      ),
  ],
  'for another service': ['audience mismatch', (id) => xmlOf(id, { audience: 'https://other.example.com' })],
  'for another recipient': [
    'for another recipient',
    (id) => responseXml(said(id), signedOf(id, { recipient: 'https://other.example.com/acs' })),
  ],
  'sent to another recipient': [
    'sent to another recipient',
    (id) => responseXml(said(id, { recipient: 'https://other.example.com/acs' }), signedOf(id)),
  ],
  'sent to nobody': ['sent to another recipient', (id) => xmlOf(id).replace(/ Destination="[^"]*"/, '')],
  'whose assertion is of another issuer': [
    'it comes from another issuer',
    (id) => responseXml(said(id), signedOf(id, { issuer: 'https://other.example.com' })),
  ],
  'whose assertion answers another request': [
    'answers another request',
    (id) => responseXml(said(id), signedOf('_another')),
  ],
  'whose response answers no request': [
    'nobody asked',
    (id) => xmlOf(id).replace(/ InResponseTo="[^"]*"/, ''),
  ],
  'of another version': ['SAML 2.0', (id) => xmlOf(id).replace('Version="2.0"', 'Version="1.1"')],
  'whose assertion is of another version': [
    'Version',
    (id) => signedWith(id, (xml) => xml.replace('Version="2.0"', 'Version="1.1"')),
  ],
  'that says two things of its status': [
    'multiple `Status`',
    (id) => xmlOf(id).replace(/<samlp:Status>.*<\/samlp:Status>/, (status) => status + status),
  ],
  'that has no status': [
    'has no `Status`',
    (id) => xmlOf(id).replace(/<samlp:Status>.*<\/samlp:Status>/, ''),
  ],
  'with conditions without a beginning': [
    'NotBefore',
    (id) => signedWith(id, (xml) => xml.replace(/<saml:Conditions NotBefore="[^"]*"/, '<saml:Conditions')),
  ],
  'with conditions without an end': [
    'NotOnOrAfter',
    (id) =>
      signedWith(id, (xml) => xml.replace(/(<saml:Conditions NotBefore="[^"]*") NotOnOrAfter="[^"]*"/, '$1')),
  ],
  'with conditions for nobody in particular': [
    'AudienceRestriction',
    (id) =>
      signedWith(id, (xml) => xml.replace(/<saml:AudienceRestriction>.*<\/saml:AudienceRestriction>/, '')),
  ],
  'for this service and for another at once': [
    'audience mismatch',
    (id) =>
      signedWith(id, (xml) =>
        xml.replace(
          '</saml:Conditions>',
          '<saml:AudienceRestriction><saml:Audience>https://other.example.com</saml:Audience></saml:AudienceRestriction></saml:Conditions>',
        ),
      ),
  ],
  ...Object.fromEntries(
    ['OneTimeUse', 'ProxyRestriction', 'Condition'].map(
      (name): [string, [string, (id: string) => string]] => [
        `with the condition ${name}`,
        [
          name,
          (id) =>
            signedWith(id, (xml) => xml.replace('</saml:Conditions>', `<saml:${name}/></saml:Conditions>`)),
        ],
      ],
    ),
  ),
  'with two sets of conditions': [
    'multiple conditions',
    (id) =>
      signedWith(id, (xml) => xml.replace(/<saml:Conditions[^]*<\/saml:Conditions>/, (one) => one + one)),
  ],
  'confirmed twice': [
    'SubjectConfirmation',
    (id) =>
      signedWith(id, (xml) =>
        xml.replace(/<saml:SubjectConfirmation [^]*<\/saml:SubjectConfirmation>/, (one) => one + one),
      ),
  ],
  'confirmed for no time': [
    'NotOnOrAfter',
    (id) => signedWith(id, (xml) => xml.replace(/(Recipient="[^"]*") NotOnOrAfter="[^"]*"/, '$1')),
  ],
  'that may not be presented yet': [
    'NotBefore',
    (id) =>
      signedWith(id, (xml) =>
        xml.replace('<saml:SubjectConfirmationData ', '$&NotBefore="2020-01-01T00:00:00Z" '),
      ),
  ],
  'with no recipient': ['Recipient', (id) => signedWith(id, (xml) => xml.replace(/ Recipient="[^"]*"/, ''))],
  'of another issuer': [
    'the response comes from another issuer',
    (id) => xmlOf(id, { issuer: 'https://other.example.com' }),
  ],
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
    'multiple `Assertion`',
    (id) => xmlOf(id).replace('<saml:Assertion', `${forged(id)}<saml:Assertion`),
  ],
  'with a second, forged assertion after the signed one': [
    'multiple `Assertion`',
    (id) => xmlOf(id).replace('</samlp:Response>', `${forged(id)}</samlp:Response>`),
  ],
  'whose signed assertion is wrapped in a forged one': [
    'has no `Signature`',
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
    'multiple assertions',
    (id) => wrappedInSignature(id),
  ],
  'whose forged assertion has the same id': [
    'multiple assertions',
    (id) =>
      xmlOf(id).replace(
        '<samlp:Status>',
        `<samlp:Extensions>${forged(id, '_assertion')}</samlp:Extensions><samlp:Status>`,
      ),
  ],
  'with another element of the same id': [
    'more than one element',
    (id) =>
      xmlOf(id).replace(
        '<samlp:Status>',
        '<samlp:Extensions><x ID="_assertion"/></samlp:Extensions><samlp:Status>',
      ),
  ],
  'with very much beside the assertion': [
    'too much beside',
    (id) =>
      xmlOf(id).replace('<samlp:Status>', `<samlp:Extensions>${'<a/>'.repeat(30)}</samlp:Extensions>$&`),
  ],
  'with what a response does not have': [
    'no `x` here',
    (id) => xmlOf(id).replace('<samlp:Status>', '<x/><samlp:Status>'),
  ],
  'whose signature is of another namespace': [
    'another namespace',
    (id) => xmlOf(id).replace('xmlns="http://www.w3.org/2000/09/xmldsig#"', 'xmlns="urn:x"'),
  ],
  'that holds what is called an assertion elsewhere': [
    '`Assertion` is of another namespace',
    (id) => inContext(id, '<Assertion xmlns="urn:x"/>'),
  ],
  'that holds a response': ['multiple responses', (id) => inContext(id, '<samlp:Response/>')],
  'with a signature of something else': [
    'something else than the element',
    (id) => xmlOf(id).replace('URI="#_assertion"', 'URI="#_response"'),
  ],
  'with a signature of everything': [
    'something else than the element',
    (id) => xmlOf(id).replace('URI="#_assertion"', 'URI=""'),
  ],
  'with a signature of two things': [
    'multiple `Reference`',
    (id) => xmlOf(id).replace(/<Reference .*<\/Reference>/, (one) => one + one),
  ],
  'with a signature too many': [
    'in another place',
    (id) => inContext(id, '<Signature xmlns="http://www.w3.org/2000/09/xmldsig#"/>'),
  ],
  'with an object in its signature': [
    'other parts',
    (id) => xmlOf(id).replace('</Signature>', '<Object/></Signature>'),
  ],
  'with a key to be fetched': [
    'in an odd way',
    (id) =>
      xmlOf(id).replace(
        '</Signature>',
        '<KeyInfo><RetrievalMethod URI="http://127.0.0.1/"/></KeyInfo></Signature>',
      ),
  ],
  'with many transforms': [
    'too many transforms',
    (id) => xmlOf(id).replace(/<Transform [^>]*\/>/, (one) => one.repeat(20)),
  ],
  'with something else among its transforms': [
    'among the transforms',
    (id) => xmlOf(id).replace(/<Transform ([^>]*enveloped-signature"\/>)/, '<Other $1'),
  ],
  'with elements in its digest': [
    '`DigestValue` holds elements',
    (id) => xmlOf(id).replace('<DigestValue>', '<DigestValue><x/>'),
  ],
  'with prefixes to keep that hold more': [
    'parameters',
    (id) =>
      xmlOf(id).replace(
        /(<Transform Algorithm="[^"]*exc-c14n#")\/>/,
        '$1><InclusiveNamespaces xmlns="http://www.w3.org/2001/10/xml-exc-c14n#" PrefixList="a"><x/></InclusiveNamespaces></Transform>',
      ),
  ],
  'with a transform by XSLT': [
    'algorithm',
    (id) =>
      xmlOf(id).replace(
        'http://www.w3.org/2000/09/xmldsig#enveloped-signature',
        'http://www.w3.org/TR/1999/REC-xslt-19991116',
      ),
  ],
  'with a transform that has parameters': [
    'parameters',
    (id) => xmlOf(id).replace(/(<Transform [^>]*)\/>/, '$1><XPath>//*</XPath></Transform>'),
  ],
  'with very many prefixes to keep': [
    'prefixes',
    (id) =>
      xmlOf(id).replace(
        /(<Transform Algorithm="[^"]*exc-c14n#")\/>/,
        `$1><InclusiveNamespaces xmlns="http://www.w3.org/2001/10/xml-exc-c14n#" PrefixList="${'a '.repeat(99)}"/></Transform>`,
      ),
  ],
  'with a document type': ['no element', (id) => `<!DOCTYPE r [<!ENTITY a "security">]>${xmlOf(id)}`],
  'with a comment in a name': [
    'no element',
    (id) =>
      xmlOf(id, { nameId: 'ada@example.com.evil.example' }).replace(
        'ada@example.com.evil',
        'ada@example.com<!-- -->.evil',
      ),
  ],
  'with a processing instruction': [
    'no element',
    (id) => xmlOf(id).replace('<samlp:Status>', '<?php?><samlp:Status>'),
  ],
  'with a CDATA section': ['no element', (id) => xmlOf(id).replace('developers', '<![CDATA[developers]]>')],
  'with an entity': ['an entity', (id) => xmlOf(id).replace('developers', '&developers;')],
  'with a character that XML has not': ['a character', (id) => xmlOf(id).replace('developers', '\u0000')],
  'with a character that XML has not, by number': [
    'an entity',
    (id) => xmlOf(id).replace('developers', '&#0;'),
  ],
  'with an attribute twice': ['an attribute twice', (id) => xmlOf(id).replace(' Version="2.0"', '$&$&')],
  'with a prefix that means nothing': [
    'a prefix',
    (id) => xmlOf(id).replace('<samlp:Status>', '<q:x/><samlp:Status>'),
  ],
  'that is not XML': ['not XML', () => 'hunter2'],
  'of a megabyte': ['too large', (id) => xmlOf(id) + ' '.repeat(1_000_000)],
};

export function said(inResponseTo: string, changes: Partial<ResponseContent> = {}): ResponseContent {
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

/** With an assertion that was changed before it was signed. */
function signedWith(id: string, change: (xml: string) => string): string {
  const before = assertionXml(said(id));
  const changed = change(before);
  if (changed === before) throw new Error('nothing was changed');
  return responseXml(said(id), sign(changed, provider.privateKey));
}

export function signedOf(id: string, changes: Partial<ResponseContent> = {}): string {
  return sign(assertionXml(said(id, changes)), provider.privateKey);
}

export function xmlOf(id: string, changes: Partial<ResponseContent> = {}): string {
  return responseXml(said(id, changes), signedOf(id, changes));
}

export function respond(id: string, changes: Partial<ResponseContent> = {}) {
  return asForm(xmlOf(id, changes));
}

/** With an element put into it where one may be, once it is signed. */
function inContext(id: string, element: string): string {
  return xmlOf(id).replace('<saml:AuthnContext/>', `<saml:AuthnContext>${element}</saml:AuthnContext>`);
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
