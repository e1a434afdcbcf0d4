import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { inflateRawSync } from 'node:zlib';
import { SignedXml } from 'xml-crypto';

/** A SAML identity provider for tests: answers with XML of its own making, signed as real ones sign. */
export const PROVIDER = 'https://idp.example.com/metadata';

export function newSamlKey(bits = 2048) {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: bits });
  return { privateKey, publicPem: publicKey.export({ type: 'spki', format: 'pem' }).toString() };
}

/** What a response says; tests change one thing each. */
export interface ResponseContent {
  readonly inResponseTo: string;
  readonly recipient: string;
  readonly audience: string;
  readonly issuer: string;
  /** XML. */
  readonly nameId: string;
  readonly nameIdFormat: string;
  /** Milliseconds since the epoch. */
  readonly notBefore: number;
  readonly notOnOrAfter: number;
  /** Of the subject confirmation. */
  readonly presentBefore: number;
  readonly method: string;
  readonly sessionEndsAt: number | null;
  /** When the person proved who they are; with the response when it is left out. */
  readonly signedInAt?: number;
  /** XML inside of each AuthnContext; one statement with an empty one when it is left out. */
  readonly contexts?: readonly string[];
  readonly attributes: Readonly<Record<string, readonly string[]>>;
}

export function assertionXml(content: ResponseContent, id = '_assertion'): string {
  const attributes = Object.entries(content.attributes).map(
    ([name, values]) =>
      `<saml:Attribute Name="${name}">${values
        .map((value) => `<saml:AttributeValue xsi:type="xs:string">${value}</saml:AttributeValue>`)
        .join('')}</saml:Attribute>`,
  );
  const ends =
    content.sessionEndsAt === null ? '' : ` SessionNotOnOrAfter="${instant(content.sessionEndsAt)}"`;
  const signedIn = instant(content.signedInAt ?? content.notBefore);
  const statements = (content.contexts ?? ['']).map(
    (context) =>
      `<saml:AuthnStatement AuthnInstant="${signedIn}"${ends}><saml:AuthnContext>${context}</saml:AuthnContext></saml:AuthnStatement>`,
  );
  return `<saml:Assertion xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion" xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" ID="${id}" Version="2.0" IssueInstant="${instant(content.notBefore)}">
  <saml:Issuer>${content.issuer}</saml:Issuer>
  <saml:Subject>
    <saml:NameID Format="${content.nameIdFormat}">${content.nameId}</saml:NameID>
    <saml:SubjectConfirmation Method="${content.method}">
      <saml:SubjectConfirmationData InResponseTo="${content.inResponseTo}" Recipient="${content.recipient}" NotOnOrAfter="${instant(content.presentBefore)}"/>
    </saml:SubjectConfirmation>
  </saml:Subject>
  <saml:Conditions NotBefore="${instant(content.notBefore)}" NotOnOrAfter="${instant(content.notOnOrAfter)}">
    <saml:AudienceRestriction><saml:Audience>${content.audience}</saml:Audience></saml:AudienceRestriction>
  </saml:Conditions>
  ${statements.join('')}
  <saml:AttributeStatement>${attributes.join('')}</saml:AttributeStatement>
</saml:Assertion>`;
}

export function responseXml(content: ResponseContent, inside: string, status = 'Success'): string {
  return `<samlp:Response xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" ID="_response" Version="2.0" IssueInstant="${instant(content.notBefore)}" Destination="${content.recipient}" InResponseTo="${content.inResponseTo}"><saml:Issuer xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion">${content.issuer}</saml:Issuer><samlp:Status><samlp:StatusCode Value="urn:oasis:names:tc:SAML:2.0:status:${status}"/></samlp:Status>${inside}</samlp:Response>`;
}

const SHA_256 = [
  'http://www.w3.org/2001/04/xmldsig-more#rsa-sha256',
  'http://www.w3.org/2001/04/xmlenc#sha256',
];
export const SHA_1 = ['http://www.w3.org/2000/09/xmldsig#rsa-sha1', 'http://www.w3.org/2000/09/xmldsig#sha1'];

/** With an enveloped signature after the issuer, as the schema has it. */
export function sign(
  xml: string,
  key: KeyObject,
  [signature, digest] = SHA_256,
  element: 'Assertion' | 'Response' = 'Assertion',
): string {
  const signer = new SignedXml({
    privateKey: key.export({ type: 'pkcs8', format: 'pem' }),
    signatureAlgorithm: signature!,
    canonicalizationAlgorithm: 'http://www.w3.org/2001/10/xml-exc-c14n#',
  });
  signer.addReference({
    xpath: `/*[local-name()='${element}']`,
    digestAlgorithm: digest!,
    transforms: [
      'http://www.w3.org/2000/09/xmldsig#enveloped-signature',
      'http://www.w3.org/2001/10/xml-exc-c14n#',
    ],
  });
  signer.computeSignature(xml, {
    location: { reference: "/*/*[local-name()='Issuer']", action: 'after' },
  });
  return signer.getSignedXml();
}

/** As the browser posts it. */
export function asForm(xml: string): { readonly SAMLResponse: string } {
  return { SAMLResponse: Buffer.from(xml).toString('base64') };
}

/** What a service provider sent the browser with. */
export function readRequest(url: URL): { readonly id: string; readonly xml: string } {
  const xml = inflateRawSync(Buffer.from(url.searchParams.get('SAMLRequest')!, 'base64')).toString();
  return { id: / ID="([^"]+)"/.exec(xml)![1]!, xml };
}

function instant(milliseconds: number): string {
  return new Date(milliseconds).toISOString();
}
