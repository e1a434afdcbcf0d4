import { describe, expect, it } from 'vitest';
import { provider, xmlOf } from '../testing/hostile-responses.ts';
import { sign } from '../testing/test-saml-provider.ts';
import { readShape, readSignatures } from './response-shape.ts';
import { scanXml } from './xml-scan.ts';

const EXCLUSIVE = 'http://www.w3.org/2001/10/xml-exc-c14n#';
const plain = xmlOf('_1');
const whole = sign(plain, provider.privateKey, undefined, 'Response');

/** What is made of the response when a part of it is written in another way; it has to be there. */
function changed(part: string | RegExp, instead: string, xml = plain) {
  const after = xml.replace(part, instead);
  if (after === xml) throw new Error('nothing was changed');
  return scanXml(after);
}

describe('what a response says of itself', () => {
  it('is where it was sent, what it answers, whose it is, and how it went', () => {
    expect(readShape(scanXml(plain))).toEqual({
      destination: 'https://relay.example.com/saml/acs',
      inResponseTo: '_1',
      issuer: 'https://idp.example.com/metadata',
      isSuccess: true,
    });
  });

  it('need not be whose it is', () => {
    expect(readShape(changed(/<saml:Issuer xmlns.*?<\/saml:Issuer>/, ''))).toMatchObject({ issuer: null });
  });

  it.each([
    ['two issuers', /<saml:Issuer xmlns.*?<\/saml:Issuer>/, '$&$&', 'multiple `Issuer`'],
    ['no status code', /<samlp:StatusCode [^>]*>/, '', 'no `StatusCode`'],
    ['another root', /samlp:Response/g, 'samlp:LogoutResponse', 'no response of SAML 2.0'],
    ['another namespace', /SAML:2\.0:protocol/, 'SAML:1.1:protocol', 'no response of SAML 2.0'],
  ])('is not believed with %s', (_title, part, instead, why) => {
    expect(() => readShape(changed(part, instead))).toThrow(why);
  });

  it.each([':status:Responder', ':status:success', ''])('is no success as %j', (status) => {
    expect(readShape(changed(':status:Success', status))).toMatchObject({ isSuccess: false });
  });
});

describe('signatures', () => {
  it('are of the assertion, and of the whole where it has one', () => {
    const [assertion, ...others] = readSignatures(scanXml(plain));
    expect(others).toEqual([]);
    expect(assertion).toMatchObject({
      signed: { name: 'Assertion' },
      signature: { name: 'Signature' },
      info: { name: 'SignedInfo' },
      method: 'http://www.w3.org/2001/04/xmldsig-more#rsa-sha256',
      digestMethod: 'http://www.w3.org/2001/04/xmlenc#sha256',
      inclusive: [],
    });
    expect(assertion!.digest).toMatch(/^[\w+/]{43}=$/);
    expect(readSignatures(scanXml(whole)).map(({ signed }) => signed.name)).toEqual([
      'Assertion',
      'Response',
    ]);
  });

  it('may be written over several lines, as some providers do', () => {
    const [{ digest, value }] = readSignatures(scanXml(plain)) as never as [
      { digest: string; value: string },
    ];
    const wrapped = changed(digest, `\n  ${digest.slice(0, 20)}\n\t${digest.slice(20)}\n`);
    expect(readSignatures(wrapped)).toMatchObject([{ digest, value }]);
  });

  it('keep the prefixes that they say, and no more than anybody has', () => {
    const keeping = (list: string) =>
      changed(
        /(<Transform Algorithm="[^"]*exc-c14n#")\/>/,
        `$1><InclusiveNamespaces xmlns="${EXCLUSIVE}"${list}/></Transform>`,
      );
    const eight = 'a b c d e f g h';
    expect(readSignatures(keeping(` PrefixList=" ${eight}  "`))).toMatchObject([
      { inclusive: eight.split(' ') },
    ]);
    expect(readSignatures(keeping(''))).toMatchObject([{ inclusive: [] }]);
    expect(() => readSignatures(keeping(` PrefixList="${eight} i"`))).toThrow('too many prefixes');
  });

  it('may name their key, which nobody believes', () => {
    const data = '<X509Data><X509Certificate>AAAA</X509Certificate></X509Data>';
    const named = changed('</Signature>', `<KeyInfo>${data}</KeyInfo></Signature>`);
    expect(readSignatures(named)).toHaveLength(1);
  });

  it.each([
    '<RetrievalMethod URI="http://127.0.0.1/"/>',
    '<X509Data xmlns="urn:x"/>',
    '<X509Data><Object/></X509Data>',
  ])('do not name their key by %s', (odd) => {
    const named = changed('</Signature>', `<KeyInfo>${odd}</KeyInfo></Signature>`);
    expect(() => readSignatures(named)).toThrow('in an odd way');
  });

  const NAMESPACE = 'another namespace';
  const PARTS = 'other parts than a signature has';
  it.each<[string, string | RegExp, string, string]>([
    ['two assertions', /<saml:Assertion[^]*<\/saml:Assertion>/, '$&$&', 'multiple `Assertion`'],
    ['no assertion', /<saml:Assertion[^]*<\/saml:Assertion>/, '', 'no `Assertion`'],
    [
      'an assertion of another namespace',
      /<saml:Assertion xmlns:saml="[^"]*"([^]*)<\/saml:Assertion>/,
      '<saml:Assertion xmlns:saml="urn:x"$1</saml:Assertion>',
      '`Assertion` is of another namespace',
    ],
    [
      'an element of the same id',
      '<saml:AuthnContext/>',
      '<saml:AuthnContext ID="_assertion"/>',
      'more than one',
    ],
    [
      'an id spelt in another way',
      '<saml:AuthnContext/>',
      '<saml:AuthnContext Id="_other"/>',
      'more than one',
    ],
    ['an id in small letters', '<saml:AuthnContext/>', '<saml:AuthnContext id="_other"/>', 'more than one'],
    ['no id', ' ID="_assertion"', '', 'something else than the element'],
    ['no signed info', /<SignedInfo>[^]*<\/SignedInfo>/, '', 'no `SignedInfo`'],
    ['two values', /<SignatureValue>[^]*<\/SignatureValue>/, '$&$&', PARTS],
    ['no value', /<SignatureValue>[^]*<\/SignatureValue>/, '', PARTS],
    ['no method', /<SignatureMethod [^>]*>/, '', PARTS],
    ['no digest', /<DigestValue>[^]*<\/DigestValue>/, '', PARTS],
    ['a value of another namespace', '<SignatureValue>', '<SignatureValue xmlns="urn:x">', PARTS],
    ['two names of keys', '</Signature>', '<KeyInfo/><KeyInfo/></Signature>', PARTS],
    ['a reference of another namespace', '<Reference ', '<Reference xmlns="urn:x" ', NAMESPACE],
    ['one transform', /<Transform [^>]*enveloped-signature"\/>/, '', 'too many transforms, or too few'],
    ['no transform', /<Transform [^>]*>/g, '', 'too many transforms, or too few'],
    ['another algorithm', '#rsa-sha256', '#hmac-sha256', 'too weak, or unknown'],
    ['no algorithm', / Algorithm="[^"]*sha256"/, '', 'too weak, or unknown'],
  ])('are refused with %s', (_title, part, instead, why) => {
    expect(() => readSignatures(changed(part, instead))).toThrow(why);
  });

  it('leave room for a status and a message beside what is signed, and for little more', () => {
    // Issuer, Status and StatusCode are there already.
    const beside = (count: number) =>
      changed('<samlp:Status>', `<samlp:Extensions>${'<a/>'.repeat(count)}</samlp:Extensions>$&`);
    expect(readSignatures(beside(16))).toHaveLength(1);
    expect(() => readSignatures(beside(17))).toThrow('too much beside');
    // What is signed as a whole is signed besides; its signature takes no room.
    const signed = changed(
      '<samlp:Status>',
      `<samlp:Extensions>${'<a/>'.repeat(16)}</samlp:Extensions>$&`,
      whole,
    );
    expect(readSignatures(signed)).toHaveLength(2);
  });
});
