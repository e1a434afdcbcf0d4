import { expect, it } from 'vitest';
import { provider, xmlOf } from '../testing/hostile-responses.ts';
import { newSamlKey, sign } from '../testing/test-saml-provider.ts';
import { isSigned, publicKeys } from './own-check.ts';
import { readSignatures } from './response-shape.ts';
import { scanXml } from './xml-scan.ts';

const other = newSamlKey();
const own = publicKeys([provider.publicPem]);
const XMLDSIG = 'http://www.w3.org/2001/04/xmldsig-more#';
const PSS = 'http://www.w3.org/2007/05/xmldsig-more#sha256-rsa-MGF1';
const SHA_256 = 'http://www.w3.org/2001/04/xmlenc#sha256';
const SHA_512 = 'http://www.w3.org/2001/04/xmlenc#sha512';

const unsigned = xmlOf('_1').replace(/<Signature[^]*<\/Signature>/, '');
const assertion = /<saml:Assertion[^]*<\/saml:Assertion>/.exec(unsigned)![0];
const signed = (method: string, digest: string) => {
  const xml = sign(assertion, provider.privateKey, [method, digest]);
  return unsigned.replace(assertion, () => xml);
};
const check = (xml: string, keys = own) =>
  readSignatures(scanXml(xml)).every((shape) => isSigned(shape, keys));

it.each([
  [`${XMLDSIG}rsa-sha256`, SHA_256],
  [`${XMLDSIG}rsa-sha512`, SHA_512],
  [`${XMLDSIG}rsa-sha512`, SHA_256],
  [`${XMLDSIG}rsa-sha256`, SHA_512],
  [PSS, SHA_256],
])('is the provider’s by %s over %s, and of what it signed', (method, digest) => {
  const xml = signed(method, digest);
  expect(check(xml)).toBe(true);
  expect(check(xml, publicKeys([other.publicPem]))).toBe(false);
  expect(check(xml.replace('developers', 'security'))).toBe(false);
  // The same claim, by the same key, of another way of signing.
  const elsewise = method === PSS ? `${XMLDSIG}rsa-sha256` : PSS;
  expect(check(xml.replace(method, elsewise))).toBe(false);
});

it('may be by any of its keys, while it changes them', () => {
  const xml = signed(`${XMLDSIG}rsa-sha256`, SHA_256);
  expect(check(xml, publicKeys([other.publicPem, provider.publicPem]))).toBe(true);
  expect(check(xml, publicKeys([provider.publicPem, other.publicPem]))).toBe(true);
  expect(check(xml, [])).toBe(false);
});

it('is none over a digest of another length', () => {
  const xml = signed(`${XMLDSIG}rsa-sha256`, SHA_256);
  const [shape] = readSignatures(scanXml(xml));
  expect(isSigned({ ...shape!, digest: '' }, own)).toBe(false);
  const longer = Buffer.concat([Buffer.from(shape!.digest, 'base64'), Buffer.alloc(1)]);
  expect(isSigned({ ...shape!, digest: longer.toString('base64') }, own)).toBe(false);
});
