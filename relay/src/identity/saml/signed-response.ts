import { type SAML, SamlStatusError } from '@node-saml/node-saml';
import { SluiceError } from '../../errors.ts';
import { type Assertion, readAssertion } from './assertion.ts';
import { refused } from './refused.ts';

/** Characters of base64. A response with hundreds of groups has some 50,000. */
const LONGEST_RESPONSE = 512 * 1024;

/**
 * The assertion in a SAML response, once its signature, audience and time are checked by the library.
 * Throws `token_invalid`, or `token_untrusted` when the provider itself says no.
 */
export async function readSignedResponse(saml: SAML, response: string): Promise<Assertion> {
  if (response.length > LONGEST_RESPONSE) throw refused('it is too large');
  refuseWeakXml(Buffer.from(response, 'base64').toString('utf8'));
  try {
    const { profile } = await saml.validatePostResponseAsync({ SAMLResponse: response });
    // What the signature covers: nothing else in the response has been checked by anybody.
    return readAssertion(profile?.getAssertion?.());
  } catch (cause) {
    if (cause instanceof SamlStatusError) {
      throw new SluiceError('token_untrusted', 'the identity provider did not sign you in', {
        advice: 'ask the people who run it whether you may use Sluice',
        cause,
      });
    }
    throw refused('the library or the profile refuses it', cause);
  }
}

const ALGORITHMS = [
  'http://www.w3.org/2000/09/xmldsig#enveloped-signature',
  'http://www.w3.org/2001/10/xml-exc-c14n#',
  'http://www.w3.org/2001/04/xmldsig-more#rsa-sha256',
  'http://www.w3.org/2001/04/xmldsig-more#rsa-sha512',
  'http://www.w3.org/2007/05/xmldsig-more#sha256-rsa-MGF1',
  'http://www.w3.org/2001/04/xmlenc#sha256',
  'http://www.w3.org/2001/04/xmlenc#sha512',
].map((algorithm) => `Algorithm="${algorithm}"`);

/**
 * The library takes SHA-1 too, and has no setting against it. Checked on the text, so that no parser's view
 * of it matters: whatever names another algorithm, or could do so in disguise, is refused.
 */
function refuseWeakXml(xml: string): void {
  const rest = ALGORITHMS.reduce((text, algorithm) => text.replaceAll(algorithm, ''), xml);
  if (/Algorithm\s*=/.test(rest)) throw refused('it names an algorithm that is too weak, or unknown');
  if (xml.includes('<!DOCTYPE')) throw refused('it brings a document type');
}
