import { type Trouble, troubleOf } from '@sluice/sign-in';
import type { SIGN_IN_WORDS } from '../words/sign-in.ts';

type Words = Pick<typeof SIGN_IN_WORDS, 'certificate' | 'notYet'>;

/**
 * What to tell a person of a relay or an issuer that could not be spoken with. What lies below `fetch failed` is told apart where
 * something else is to be done about it: a certificate that is not trusted.
 */
export function networkTrouble(thrown: unknown, url: string, words: Words): Trouble {
  const host = URL.parse(url)?.host ?? url;
  const codes = codesOf(thrown);
  if (codes.some((code) => CERTIFICATE.has(code))) {
    return {
      code: 'certificate_untrusted',
      message: words.certificate.message(host),
      advice: words.certificate.advice,
    };
  }
  const trouble = troubleOf(thrown);
  if (trouble.code === 'token_invalid' && /not.*(yet|before)/i.test(trouble.message)) {
    return { code: 'clock', message: words.notYet.message(host), advice: words.notYet.advice };
  }
  return trouble;
}

/** As Node and OpenSSL name them. */
const CERTIFICATE: ReadonlySet<string> = new Set([
  'CERT_HAS_EXPIRED',
  'CERT_NOT_YET_VALID',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'ERR_TLS_CERT_ALTNAME_INVALID',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
]);

/** Of an error and whatever caused it, as deep as errors are wrapped here. */
function codesOf(thrown: unknown): readonly string[] {
  const codes: string[] = [];
  let error = thrown;
  for (let depth = 0; depth < 6 && error instanceof Error; depth += 1) {
    if ('code' in error && typeof error.code === 'string') codes.push(error.code);
    error = error.cause;
  }
  return codes;
}
