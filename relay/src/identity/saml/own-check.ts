import { constants, createHash, createPublicKey, type KeyObject, timingSafeEqual, verify } from 'node:crypto';
import { canonical } from './canonical.ts';
import type { SignatureShape } from './response-shape.ts';

/**
 * Whether one of the provider's keys made a signature, in time linear in what it signs. The library is asked after
 * that, and has to agree: it takes seconds over what a stranger can make up, and reads only what the provider wrote.
 *
 * @param keys of the provider, as `createPublicKey` gives them
 */
export function isSigned(shape: SignatureShape, keys: readonly KeyObject[]): boolean {
  const { signed, signature, info, method, digestMethod, digest, value, inclusive } = shape;
  // The signature before the digest: it is over little, whatever it says that it signs.
  const over = Buffer.from(canonical(info));
  const given = Buffer.from(value, 'base64');
  if (!keys.some((key) => verifies(method, over, key, given))) return false;
  const hash = digestMethod.endsWith('#sha512') ? 'sha512' : 'sha256';
  const made = createHash(hash)
    .update(canonical(signed, { without: signature, inclusive }))
    .digest();
  const said = Buffer.from(digest, 'base64');
  return made.length === said.length && timingSafeEqual(made, said);
}

export function publicKeys(pems: readonly string[]): readonly KeyObject[] {
  return pems.map((pem) => createPublicKey(pem));
}

function verifies(method: string, over: Uint8Array, key: KeyObject, signature: Uint8Array): boolean {
  const hash = method.endsWith('sha512') ? 'sha512' : 'sha256';
  if (!method.endsWith('MGF1')) return verify(hash, over, key, signature);
  const { RSA_PKCS1_PSS_PADDING: padding, RSA_PSS_SALTLEN_DIGEST: saltLength } = constants;
  return verify(hash, over, { key, padding, saltLength }, signature);
}
