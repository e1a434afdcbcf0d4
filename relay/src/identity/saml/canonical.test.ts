import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { SignedXml } from 'xml-crypto';
import { newSamlKey } from '../testing/test-saml-provider.ts';
import { canonical } from './canonical.ts';
import { scanXml } from './xml-scan.ts';

const privateKey = newSamlKey().privateKey.export({ type: 'pkcs8', format: 'pem' });
const EXCLUSIVE = 'http://www.w3.org/2001/10/xml-exc-c14n#';

/** The digest that another library makes of the same text, when it signs it. */
function theirDigest(xml: string): string {
  const signer = new SignedXml({
    privateKey,
    signatureAlgorithm: 'http://www.w3.org/2001/04/xmldsig-more#rsa-sha256',
    canonicalizationAlgorithm: EXCLUSIVE,
  });
  const digestAlgorithm = 'http://www.w3.org/2001/04/xmlenc#sha256';
  signer.addReference({ xpath: '/*', digestAlgorithm, transforms: [EXCLUSIVE] });
  signer.computeSignature(xml.replaceAll(/\r\n?/g, '\n'));
  return /<DigestValue>([^<]*)</.exec(signer.getSignatureXml())![1]!;
}

function ourDigest(xml: string): string {
  return createHash('sha256')
    .update(canonical(scanXml(xml)))
    .digest('base64');
}

it.each([
  '<a/>',
  '<a b="1" a="2"/>',
  '<p:a xmlns:p="urn:p" xmlns:q="urn:q"><q:b/><p:c q:x="1" y="2" p:x="3"/></p:a>',
  '<a xmlns="urn:a"><b xmlns=""><c xmlns="urn:a"/></b></a>',
  '<a xmlns:p="urn:1"><p:b/><c xmlns:p="urn:2"><p:b/></c><p:b/></a>',
  '<a>&lt;&gt;&amp;&quot;&apos;\u00e9\u{1f600}</a>',
  '<a b="&lt;&gt;&amp;&quot;&apos;"/>',
  "<a b='\"'/>",
  '<a>\n  <b>\r\n</b>\t</a>',
  '<a xml:lang="en"/>',
])('is what xml-crypto makes of %j', (inner) => {
  const xml = `<r ID="i">${inner}</r>`;
  expect(ourDigest(xml)).toBe(theirDigest(xml));
});

it('is what xml-crypto makes of any document', () => {
  const prefix = fc.constantFrom('', 'p', 'q');
  const text = fc.string({
    unit: fc.constantFrom('a', ' ', '\n', '&amp;', '&lt;', '&gt;', '\u00e9'),
    maxLength: 4,
  });
  const { element } = fc.letrec<{ element: string }>((tie) => ({
    element: fc
      .tuple(
        prefix,
        fc.constantFrom('x', 'y'),
        fc.uniqueArray(fc.tuple(prefix, fc.constantFrom('1', '2', '')), { selector: ([name]) => name }),
        fc.uniqueArray(fc.tuple(prefix, fc.constantFrom('b', 'c'), text), {
          selector: ([, name]) => name,
        }),
        fc.array(fc.oneof({ maxDepth: 3 }, text, tie('element')), { maxLength: 3 }),
      )
      .map(([own, name, declared, attributes, content]) => {
        const qualified = (of: string, what: string) => (of === '' ? what : `${of}:${what}`);
        const namespaces = declared
          .filter(([of, value]) => of === '' || value !== '')
          .map(
            ([of, value]) =>
              ` ${of === '' ? 'xmlns' : `xmlns:${of}`}="${value === '' ? '' : `urn:${value}`}"`,
          );
        const given = attributes.map(
          ([of, what, value]) => ` ${qualified(of, what)}="${value.replaceAll('\n', ' ')}"`,
        );
        const tag = qualified(own, name);
        return `<${tag}${namespaces.join('')}${given.join('')}>${content.join('')}</${tag}>`;
      }),
  }));
  fc.assert(
    fc.property(element, (inner) => {
      const xml = `<r ID="i" xmlns:p="urn:p" xmlns:q="urn:q">${inner}</r>`;
      expect(ourDigest(xml)).toBe(theirDigest(xml));
    }),
    { numRuns: 500 },
  );
});

it('keeps the prefixes that it is told to keep, where they are declared', () => {
  const root = scanXml('<a xmlns:p="urn:p" xmlns:q="urn:q"><b><p:c/></b></a>');
  expect(canonical(root, { inclusive: ['p', 'none'] })).toBe('<a xmlns:p="urn:p"><b><p:c></p:c></b></a>');
});

it('writes blanks that were given by number so that they stay', () => {
  expect(canonical(scanXml('<a b="&#9;&#10;&#13; \n">&#13;\n</a>'))).toBe(
    '<a b="&#x9;&#xA;&#xD;  ">&#xD;\n</a>',
  );
});
