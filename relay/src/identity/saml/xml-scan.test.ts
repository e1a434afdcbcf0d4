import { expect, it } from 'vitest';
import { scanXml, textOf, XML_LIMITS } from './xml-scan.ts';

it('reads elements, what they are called by, and what is in them', () => {
  const root = scanXml('<p:a xmlns:p="urn:p" xmlns="urn:d" b="1" p:c="&#x41;"><d e=\'"\'/>x &amp; y</p:a>\n');
  expect(root).toMatchObject({ name: 'a', prefix: 'p', namespace: 'urn:p' });
  expect([...root.attributes]).toEqual([['b', '1']]);
  expect(root.prefixed).toEqual([{ name: 'c', prefix: 'p', namespace: 'urn:p', value: 'A' }]);
  expect(root.children).toMatchObject([{ name: 'd', namespace: 'urn:d', content: [] }]);
  expect(textOf(root)).toBe('x & y');
});

const many = (count: number, make: (index: number) => string) =>
  Array.from({ length: count }, (_, index) => make(index)).join('');
const nested = (depth: number) => `${'<a>'.repeat(depth)}${'</a>'.repeat(depth)}`;

it.each<[string, keyof typeof XML_LIMITS, (count: number) => string]>([
  ['too deep', 'depth', nested],
  ['too many elements', 'elements', (count) => `<a>${'<a/>'.repeat(count - 1)}</a>`],
  ['too many attributes', 'attributes', (count) => `<a ${many(count, (index) => `a${index}="" `)}/>`],
  // One more means something everywhere: `xml`.
  [
    'too many namespaces',
    'namespaces',
    (count) => {
      const inner = Math.floor((count - 1) / 2);
      const declare = (from: number, to: number) =>
        many(to - from, (index) => ` xmlns:n${from + index}="urn:n"`);
      return `<a${declare(0, inner)}><b${declare(inner, count - 1)}/></a>`;
    },
  ],
  ['too long', 'name', (count) => `<${'a'.repeat(count)}/>`],
])('%s is what has more than may be', (why, limit, make) => {
  expect(scanXml(make(XML_LIMITS[limit]))).toMatchObject({ namespace: '' });
  expect(() => scanXml(make(XML_LIMITS[limit] + 1))).toThrow(why);
});

it.each([
  // Some providers say what it is first, and break lines in any way.
  ['<?xml version="1.0"?>\r\n \t<a/>', ''],
  ["<?xml version='1.0' encoding='utf-8' standalone='yes' ?><a/>", ''],
  ['\n\t <a>b</a> \r\n', 'b'],
  ['<a>one\r\ntwo\rthree\nfour</a>', 'one\ntwo\nthree\nfour'],
  ['<a  >b</a\n>', 'b'],
  [
    '<a>&#x20;&#xD7FF;&#xE000;&#xFFFD;&#x10000;&#x10FFFF;&#9;&#10;&#13;</a>',
    ' \ud7ff\ue000\ufffd\u{10000}\u{10ffff}\t\n\r',
  ],
  ['<a>&lt;&gt;&amp;&quot;&apos;</a>', '<>&"\''],
  ['<a>]] ></a>', ']] >'],
])('reads %j', (xml, text) => {
  expect(textOf(scanXml(xml))).toBe(text);
});

it('reads a namespace that only has xml in its name', () => {
  expect(scanXml('<a xmlns:my-xml="urn:x"><my-xml:b/></a>').children).toMatchObject([{ namespace: 'urn:x' }]);
});

it.each([
  ['<a></b>', 'an end tag'],
  ['<a/></a>', 'an end tag'],
  ['<a></a', 'an end tag'],
  ['<a b=c/>', 'a start tag'],
  ['<a b', 'a start tag'],
  ['<a>', 'it ends too early'],
  ['<a/><a>', 'a second root'],
  ['<a><b></a>', 'an end tag'],
  [`<a ${'b'.repeat(129)}=""/>`, 'a name is too long'],
  ['<a>&#x1F;</a>', 'an entity'],
  ['<a>&#xDFFF;</a>', 'an entity'],
  ['<a>&#xFFFF;</a>', 'an entity'],
  ['<a>&#x110000;</a>', 'an entity'],
  ['<a>&lt</a>', 'an entity'],
])('says of %j what it met', (xml, why) => {
  expect(() => scanXml(xml)).toThrow(why);
});

it.each([
  '',
  'a',
  '<a>',
  '</a>',
  '<a></b>',
  '<a/><b/>',
  '<a/>b',
  '<a b=c/>',
  '<a b="<"/>',
  '<a b="1"c="2"/>',
  '<a b/>',
  '<a>&</a>',
  '<a>&lt</a>',
  '<a>&nbsp;</a>',
  '<a>&#xFFFE;</a>',
  '<a>&#xD800;</a>',
  '<a>&#1114112;</a>',
  '<a>]]></a>',
  '<a>\u0001</a>',
  '<a>\ud800</a>',
  '<a><!-- --></a>',
  '<a><![CDATA[]]></a>',
  '<a><?a?></a>',
  '<!DOCTYPE a><a/>',
  '<?xml version="1.1"?><a/>',
  '<?xml version="1.0" encoding="UTF-16"?><a/>',
  ' <?xml version="1.0"?><a/>',
  '<p:a/>',
  '<a p:b=""/>',
  '<a xmlns:xml="urn:x"/>',
  '<a xmlns:xmlns="urn:x"/>',
  '<a xmlns:p=""/>',
  '<a xmlns:p="urn:x" xmlns:q="urn:x" p:b="" q:b=""/>',
  '<a b="" b=""/>',
  '<\u00e9/>',
  '<a:b:c xmlns:a="urn:a"/>',
  // Blank to a reader, and no blank of XML.
  '\u00a0<a/>',
  '<a/>\u2003',
])('refuses %j', (xml) => {
  expect(() => scanXml(xml)).toThrow(Error);
});
