import type { KeyObject } from 'node:crypto';
import type { SAML } from '@node-saml/node-saml';
import { type Assertion, readAssertion } from './assertion.ts';
import { isSigned } from './own-check.ts';
import { refused } from './refused.ts';
import { readSignatures, readShape, type ResponseShape } from './response-shape.ts';
import { scanXml, type XmlElement } from './xml-scan.ts';

/** A response that has been looked over, and whose signature nobody has checked yet. */
export interface UncheckedResponse extends ResponseShape {
  /** Base64. */
  readonly encoded: string;
  readonly root: XmlElement;
}

/** Characters of base64. A response with hundreds of groups has some 50,000. */
const LONGEST_RESPONSE = 256 * 1024;

/**
 * Looks over what was posted, in linear time, with neither cryptography nor a library for XML: whoever has no
 * sign-in under way gets no further than this. Throws `token_invalid`.
 */
export function readResponse(posted: string): UncheckedResponse {
  if (posted.length > LONGEST_RESPONSE) throw refused('it is too large');
  // Some providers wrap their lines.
  const encoded = posted.replaceAll(/\s+/g, '');
  if (!/^[A-Za-z\d+/]*={0,2}$/.test(encoded)) throw refused('it is not base64');
  try {
    const root = scanXml(new TextDecoder('utf-8', { fatal: true }).decode(Buffer.from(encoded, 'base64')));
    return { ...readShape(root), encoded, root };
  } catch (cause) {
    throw refused('it is no response that is read here', cause);
  }
}

/**
 * The assertion in a SAML response, once its signatures are checked by us, and they, its audience and its time by the
 * library. Throws `token_invalid`.
 */
export async function readSignedAssertion(
  saml: SAML,
  keys: readonly KeyObject[],
  response: UncheckedResponse,
): Promise<Assertion> {
  try {
    if (!readSignatures(response.root).every((shape) => isSigned(shape, keys)))
      throw new Error('the signature is not of the provider');
    const { profile } = await saml.validatePostResponseAsync({ SAMLResponse: response.encoded });
    // What the signature covers: nothing else in the response has been checked by anybody.
    return readAssertion(profile?.getAssertion?.());
  } catch (cause) {
    throw refused('its shape, the library or the profile refuses it', cause);
  }
}
