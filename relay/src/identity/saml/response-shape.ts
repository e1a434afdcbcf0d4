import { textOf, type XmlElement } from './xml-scan.ts';

/** What a response says of itself, before anybody has checked a signature: nothing of it is believed. */
export interface ResponseShape {
  readonly destination: string | undefined;
  readonly inResponseTo: string | undefined;
  /** Null when it names none. */
  readonly issuer: string | null;
  readonly isSuccess: boolean;
}

const PROTOCOL = 'urn:oasis:names:tc:SAML:2.0:protocol';
const ASSERTION = 'urn:oasis:names:tc:SAML:2.0:assertion';
const SIGNATURE = 'http://www.w3.org/2000/09/xmldsig#';
const EXCLUSIVE = 'http://www.w3.org/2001/10/xml-exc-c14n#';

/** Throws an `Error` when it is no response, or is made of anything but the parts that one has, each once. */
export function readShape(root: XmlElement): ResponseShape {
  if (!is(root, PROTOCOL, 'Response') || root.attributes.get('Version') !== '2.0')
    throw new Error('it is no response of SAML 2.0');
  const status = only(root, PROTOCOL, 'Status');
  const code = only(status, PROTOCOL, 'StatusCode').attributes.get('Value');
  const issuer = root.children.filter((child) => is(child, ASSERTION, 'Issuer'));
  return {
    destination: root.attributes.get('Destination'),
    inResponseTo: root.attributes.get('InResponseTo'),
    issuer: issuer.length === 0 ? null : textOf(only(root, ASSERTION, 'Issuer')),
    isSuccess: code === 'urn:oasis:names:tc:SAML:2.0:status:Success',
  };
}

/** One signature, and what it says of itself. */
export interface SignatureShape {
  readonly signed: XmlElement;
  readonly signature: XmlElement;
  readonly info: XmlElement;
  readonly method: string;
  readonly digestMethod: string;
  /** Base64. */
  readonly digest: string;
  readonly value: string;
  /** Prefixes that the transform keeps. */
  readonly inclusive: readonly string[];
}

/**
 * The signatures, once it is clear that what they sign is as simple as it can be: one assertion, which is signed, and
 * perhaps the whole response too; in each signature one reference, to the element that the signature is in, by the
 * two transforms that SAML needs. Throws an `Error` that says what is wrong.
 */
export function readSignatures(root: XmlElement): readonly SignatureShape[] {
  const assertion = only(root, ASSERTION, 'Assertion');
  for (const child of root.children) {
    if (!ROOT_CHILDREN.some(([namespace, name]) => is(child, namespace, name)))
      throw new Error(`a response has no \`${child.name}\` here`);
  }
  const own = only(assertion, SIGNATURE, 'Signature');
  const whole = root.children.some(({ name }) => name === 'Signature')
    ? only(root, SIGNATURE, 'Signature')
    : null;

  const ids = new Set<string>();
  walk(root, (element) => {
    // By its name alone, as the library looks for them: in another namespace it would be a disguise.
    const namespace = EXPECTED[element.name];
    if (namespace !== undefined && namespace !== element.namespace)
      throw new Error(`\`${element.name}\` is of another namespace`);
    if (element.name === 'Assertion' && element !== assertion)
      throw new Error('there are multiple assertions');
    if (element.name === 'Response' && element !== root) throw new Error('there are multiple responses');
    if (element.name === 'Signature' && element !== own && element !== whole)
      throw new Error('there is a signature in another place');
    for (const [name, value] of element.attributes) {
      if (name.toLowerCase() !== 'id') continue;
      if (name !== 'ID' || ids.has(value)) throw new Error('an id is given to more than one element');
      ids.add(value);
    }
  });
  const outside = root.children.filter((child) => child !== assertion && child !== whole);
  let unsigned = 0;
  for (const child of outside) walk(child, () => (unsigned += 1));
  if (unsigned > MOST_UNSIGNED) throw new Error('there is too much beside the assertion');
  const assertions = readSignature(assertion, own);
  return whole === null ? [assertions] : [assertions, readSignature(root, whole)];
}

/** Elements beside the assertion: an issuer, a status with its codes and a message. */
const MOST_UNSIGNED = 20;

const ROOT_CHILDREN = [
  [ASSERTION, 'Issuer'],
  [SIGNATURE, 'Signature'],
  [PROTOCOL, 'Extensions'],
  [PROTOCOL, 'Status'],
  [ASSERTION, 'Assertion'],
] as const;

const EXPECTED: Readonly<Record<string, string>> = {
  Response: PROTOCOL,
  Assertion: ASSERTION,
  Signature: SIGNATURE,
  SignedInfo: SIGNATURE,
  Reference: SIGNATURE,
  Transform: SIGNATURE,
};

function readSignature(signed: XmlElement, signature: XmlElement): SignatureShape {
  const info = only(signature, SIGNATURE, 'SignedInfo');
  const reference = only(info, SIGNATURE, 'Reference');
  const id = signed.attributes.get('ID');
  if (id === undefined || reference.attributes.get('URI') !== `#${id}`)
    throw new Error('the signature is of something else than the element that it is in');
  checkParts(signature, ['SignedInfo', 'SignatureValue'], ['KeyInfo']);
  checkParts(info, ['CanonicalizationMethod', 'SignatureMethod', 'Reference'], []);
  checkParts(reference, ['Transforms', 'DigestMethod', 'DigestValue'], []);
  for (const key of signature.children.filter(({ name }) => name === 'KeyInfo')) walk(key, checkKeyInfo);

  const { children: transforms } = only(reference, SIGNATURE, 'Transforms');
  const [enveloped, exclusive, ...more] = transforms;
  if (more.length > 0 || enveloped === undefined || exclusive === undefined)
    throw new Error('there are too many transforms, or too few');
  if (!transforms.every((transform) => is(transform, SIGNATURE, 'Transform')))
    throw new Error('among the transforms is something else');
  algorithmOf(enveloped, [`${SIGNATURE}enveloped-signature`]);
  algorithmOf(exclusive, [EXCLUSIVE], true);
  algorithmOf(only(info, SIGNATURE, 'CanonicalizationMethod'), [EXCLUSIVE]);
  return {
    signed,
    signature,
    info,
    method: algorithmOf(only(info, SIGNATURE, 'SignatureMethod'), SIGNATURES),
    digestMethod: algorithmOf(only(reference, SIGNATURE, 'DigestMethod'), DIGESTS),
    digest: leafText(only(reference, SIGNATURE, 'DigestValue')),
    value: leafText(only(signature, SIGNATURE, 'SignatureValue')),
    inclusive: exclusive.children.flatMap(prefixesIn),
  };
}

/** The library takes SHA-1 too, and has no setting against it. */
const SIGNATURES = [
  'http://www.w3.org/2001/04/xmldsig-more#rsa-sha256',
  'http://www.w3.org/2001/04/xmldsig-more#rsa-sha512',
  'http://www.w3.org/2007/05/xmldsig-more#sha256-rsa-MGF1',
];
const DIGESTS = ['http://www.w3.org/2001/04/xmlenc#sha256', 'http://www.w3.org/2001/04/xmlenc#sha512'];

/** Prefixes that exclusive canonicalisation is told to keep: each is looked for at each element. */
const MOST_PREFIXES = 8;

function algorithmOf(element: XmlElement, allowed: readonly string[], mayKeepPrefixes = false): string {
  const algorithm = element.attributes.get('Algorithm') ?? '';
  if (!allowed.includes(algorithm)) throw new Error('it names an algorithm that is too weak, or unknown');
  if (element.children.length > (mayKeepPrefixes ? 1 : 0)) throw new Error('an algorithm has parameters');
  return algorithm;
}

function prefixesIn(element: XmlElement): readonly string[] {
  if (!is(element, EXCLUSIVE, 'InclusiveNamespaces') || element.children.length > 0)
    throw new Error('an algorithm has parameters');
  const prefixes = (element.attributes.get('PrefixList') ?? '').split(' ').filter((prefix) => prefix !== '');
  if (prefixes.length > MOST_PREFIXES) throw new Error('too many prefixes are kept');
  return prefixes;
}

function leafText(element: XmlElement): string {
  if (element.children.length > 0) throw new Error(`\`${element.name}\` holds elements`);
  return textOf(element).replaceAll(/\s+/g, '');
}

/** Keys that a response brings are not believed; what could make a library look elsewhere is not even read. */
const KEY_INFO = new Set([
  'KeyInfo',
  'KeyName',
  'KeyValue',
  'RSAKeyValue',
  'Modulus',
  'Exponent',
  'X509Data',
  'X509Certificate',
  'X509IssuerSerial',
  'X509IssuerName',
  'X509SerialNumber',
  'X509SKI',
  'X509SubjectName',
]);

function checkKeyInfo({ name, namespace }: XmlElement): void {
  if (namespace !== SIGNATURE || !KEY_INFO.has(name))
    throw new Error('the signature names its key in an odd way');
}

/** Each of the needed parts once, and of the others at most one. */
function checkParts(element: XmlElement, needed: readonly string[], others: readonly string[]): void {
  const names = element.children.map(({ name }) => name);
  const isFine =
    element.children.every(({ namespace }) => namespace === SIGNATURE) &&
    needed.every((name) => names.includes(name)) &&
    names.every((name) => needed.includes(name) || others.includes(name)) &&
    new Set(names).size === names.length;
  if (!isFine) throw new Error(`\`${element.name}\` has other parts than a signature has`);
}

function walk(element: XmlElement, visit: (element: XmlElement) => void): void {
  visit(element);
  for (const child of element.children) walk(child, visit);
}

function only(element: XmlElement, namespace: string, name: string): XmlElement {
  const found = element.children.filter((child) => child.name === name);
  const [first, ...more] = found;
  if (first === undefined) throw new Error(`\`${element.name}\` has no \`${name}\``);
  if (more.length > 0) throw new Error(`there are multiple \`${name}\` in \`${element.name}\``);
  if (first.namespace !== namespace) throw new Error(`\`${name}\` is of another namespace`);
  return first;
}

function is(element: XmlElement, namespace: string, name: string): boolean {
  return element.name === name && element.namespace === namespace;
}
