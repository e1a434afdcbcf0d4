/** An element of a document that is as plain as SAML needs. */
export interface XmlElement {
  /** Without its prefix, which is beside it: empty for none. */
  readonly name: string;
  readonly prefix: string;
  readonly namespace: string;
  /** What each prefix means here. */
  readonly namespaces: ReadonlyMap<string, string>;
  /** Those without a prefix. */
  readonly attributes: ReadonlyMap<string, string>;
  /** Those with one: they mean something to canonicalisation alone. */
  readonly prefixed: readonly PrefixedAttribute[];
  /** Elements and text, as they come. */
  readonly content: readonly (XmlElement | string)[];
  readonly children: readonly XmlElement[];
}

export interface PrefixedAttribute {
  readonly name: string;
  readonly prefix: string;
  readonly namespace: string;
  readonly value: string;
}

/** What a document may hold. Far more than any provider sends, and little enough for every reader that comes after. */
export const XML_LIMITS = {
  /** Elements inside of each other; a response has nine. */
  depth: 16,
  /** A response with a thousand groups has some 1,100. */
  elements: 3_000,
  /** Of one element, namespaces too. */
  attributes: 16,
  /** Prefixes that mean something at one place. */
  namespaces: 16,
  /** Characters of a name. */
  name: 128,
} as const;

/**
 * Reads a document in one pass, in time linear in its length, and refuses what SAML has no use for: document
 * types, entities but the five and numbers, comments, CDATA, processing instructions, and characters that XML
 * has not. What it lets pass is so plain that no two parsers read it differently, and so small that none takes
 * long. Throws an `Error` that says what it met.
 */
export function scanXml(text: string): XmlElement {
  if (/[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/u.test(text))
    throw new Error('not XML: a character');
  let at = matchAt(DECLARATION, text, 0)?.[0].length ?? 0;
  const open: Building[] = [];
  let root: XmlElement | null = null;
  let elements = 0;

  while (at < text.length) {
    if (text[at] !== '<') {
      const end = text.indexOf('<', at) === -1 ? text.length : text.indexOf('<', at);
      const found = text.slice(at, end);
      const inside = open.at(-1);
      if (inside === undefined && /[^ \t\r\n]/.test(found))
        throw new Error('not XML: text outside of the root');
      if (inside !== undefined) inside.content.push(unescape(found.replaceAll(/\r\n?/g, '\n')));
      at = end;
    } else if (text[at + 1] === '/') {
      const end = matchAt(END_TAG, text, at);
      const ended = open.pop();
      if (end === null || ended === undefined || ended.tag !== end[1]) throw new Error('not XML: an end tag');
      const element = elementOf(ended);
      const parent = open.at(-1);
      if (parent === undefined) root = element;
      else parent.content.push(element);
      at += end[0].length;
    } else {
      if (root !== null) throw new Error('not XML: a second root');
      elements += 1;
      if (elements > XML_LIMITS.elements) throw new Error('too many elements');
      const { building, end, isEmpty } = readStartTag(text, at, open.at(-1)?.namespaces ?? NO_NAMESPACES);
      if (open.length >= XML_LIMITS.depth) throw new Error('elements are too deep');
      if (!isEmpty) open.push(building);
      else if (open.length > 0) open.at(-1)!.content.push(elementOf(building));
      else root = elementOf(building);
      at = end;
    }
  }
  if (root === null || open.length > 0) throw new Error('not XML: it ends too early');
  return root;
}

interface Building {
  /** As written, with its prefix. */
  readonly tag: string;
  readonly namespaces: ReadonlyMap<string, string>;
  /** As written, without declarations of namespaces. */
  readonly attributes: ReadonlyMap<string, string>;
  readonly content: (XmlElement | string)[];
}

const NAME = String.raw`[A-Za-z_][\w.-]*(?::[A-Za-z_][\w.-]*)?`;
/** UTF-8 alone, which is what the bytes were read as. */
const DECLARATION =
  /<\?xml version=["']1\.0["'](?: encoding=["'](?:UTF|utf)-8["'])?(?: standalone=["'](?:yes|no)["'])? ?\?>/y;
const START = new RegExp(`<(${NAME})`, 'y');
const ATTRIBUTE = new RegExp(String.raw`\s+(${NAME})\s*=\s*(?:"([^"<]*)"|'([^'<]*)')`, 'y');
const START_END = /\s*(\/?)>/y;
const END_TAG = new RegExp(String.raw`</(${NAME})\s*>`, 'y');
const NO_NAMESPACES: ReadonlyMap<string, string> = new Map([['xml', 'http://www.w3.org/XML/1998/namespace']]);

function readStartTag(text: string, start: number, outer: ReadonlyMap<string, string>) {
  const tag = matchAt(START, text, start)?.[1];
  // Comments, CDATA, document types and processing instructions all begin with what is no name.
  if (tag === undefined) throw new Error('not plain XML: something that is no element');
  checkName(tag);
  let at = start + 1 + tag.length;
  const given = new Map<string, string>();
  for (let found = matchAt(ATTRIBUTE, text, at); found !== null; found = matchAt(ATTRIBUTE, text, at)) {
    const [all, name = '', double, single] = found;
    checkName(name);
    if (given.has(name)) throw new Error('not XML: an attribute twice');
    // XML 1.0, section 3.3.3: blanks as written are spaces, those by number are what they are.
    given.set(name, unescape((double ?? single ?? '').replaceAll(/\r\n|[\t\n\r]/g, ' ')));
    if (given.size > XML_LIMITS.attributes) throw new Error('too many attributes');
    at += all.length;
  }
  const end = matchAt(START_END, text, at);
  if (end === null) throw new Error('not XML: a start tag');
  const namespaces = namespacesOf(given, outer);
  const attributes = new Map([...given].filter(([name]) => prefixDeclaredBy(name) === null));
  const building: Building = { tag, namespaces, attributes, content: [] };
  return { building, end: at + end[0].length, isEmpty: end[1] === '/' };
}

function namespacesOf(
  given: ReadonlyMap<string, string>,
  outer: ReadonlyMap<string, string>,
): ReadonlyMap<string, string> {
  let namespaces: Map<string, string> | null = null;
  for (const [name, value] of given) {
    const prefix = prefixDeclaredBy(name);
    if (prefix === null) continue;
    if (/^xml/i.test(prefix) || (prefix !== '' && value === '')) throw new Error('not XML: a namespace');
    namespaces ??= new Map(outer);
    namespaces.set(prefix, value);
    if (namespaces.size > XML_LIMITS.namespaces) throw new Error('too many namespaces');
  }
  return namespaces ?? outer;
}

function prefixDeclaredBy(attribute: string): string | null {
  if (attribute === 'xmlns') return '';
  return attribute.startsWith('xmlns:') ? attribute.slice('xmlns:'.length) : null;
}

function elementOf({ tag, namespaces, attributes, content }: Building): XmlElement {
  const plain = new Map<string, string>();
  const prefixed: PrefixedAttribute[] = [];
  for (const [written, value] of attributes) {
    if (!written.includes(':')) plain.set(written, value);
    else prefixed.push({ ...resolve(written, namespaces), value });
  }
  const distinct = new Set(prefixed.map(({ namespace, name }) => `${namespace} ${name}`));
  if (distinct.size < prefixed.length) throw new Error('not XML: an attribute twice');
  const children = content.filter((part) => typeof part !== 'string');
  return { ...resolve(tag, namespaces), namespaces, attributes: plain, prefixed, content, children };
}

function resolve(written: string, namespaces: ReadonlyMap<string, string>) {
  const colon = written.indexOf(':');
  const prefix = colon === -1 ? '' : written.slice(0, colon);
  const namespace = namespaces.get(prefix) ?? (prefix === '' ? '' : undefined);
  if (namespace === undefined) throw new Error('not XML: a prefix that means nothing');
  return { prefix, namespace, name: written.slice(colon + 1) };
}

function checkName(name: string): void {
  if (name.length > XML_LIMITS.name) throw new Error('a name is too long');
}

const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

/** All text directly inside of an element. */
export function textOf({ content }: XmlElement): string {
  return content.filter((part) => typeof part === 'string').join('');
}

/** Without any reference but the five and characters by number. */
function unescape(text: string): string {
  if (text.includes(']]>')) throw new Error('not XML: the end of a CDATA section');
  if (!text.includes('&')) return text;
  return text.replaceAll(
    /&(?:#(\d{1,7})|#x([\dA-Fa-f]{1,6})|(\w{2,4}))?(;?)/g,
    (_, decimal, hex, name, end) => {
      const code = Number.parseInt(decimal ?? hex ?? '', decimal === undefined ? 16 : 10);
      const character = name === undefined ? characterOf(code) : ENTITIES[name as string];
      if (end !== ';' || character === undefined) throw new Error('not plain XML: an entity');
      return character;
    },
  );
}

function characterOf(code: number): string | undefined {
  const isLegal =
    code === 9 ||
    code === 10 ||
    code === 13 ||
    (code >= 0x20 && code <= 0xd7ff) ||
    (code >= 0xe000 && code <= 0xfffd) ||
    (code >= 0x1_0000 && code <= 0x10_ffff);
  return isLegal ? String.fromCodePoint(code) : undefined;
}

function matchAt(expression: RegExp, text: string, at: number): RegExpExecArray | null {
  expression.lastIndex = at;
  return expression.exec(text);
}
