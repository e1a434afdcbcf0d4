import { createPublicKey, type KeyObject } from 'node:crypto';
import { SluiceError } from '../../errors.ts';

/**
 * Reads one or more Ed25519 public keys from a PEM text.
 * @throws SluiceError `config_invalid` when it holds no public key, or one that is not Ed25519.
 */
export function readPublicKeys(pem: string): readonly KeyObject[] {
  const blocks = pem.match(/-----BEGIN PUBLIC KEY-----[^-]+-----END PUBLIC KEY-----/g) ?? [];
  const keys = blocks.flatMap((block) => {
    try {
      const key = createPublicKey(block);
      return key.asymmetricKeyType === 'ed25519' ? [key] : [];
    } catch {
      return [];
    }
  });
  if (keys.length === 0 || keys.length !== blocks.length) {
    throw new SluiceError('config_invalid', 'the key file is not readable as public keys', {
      advice: "give the relay's Ed25519 public key in PEM (SPKI): the `.pub` file beside its signing key",
    });
  }
  return keys;
}
