import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  sign,
} from 'node:crypto';
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { SluiceError } from '../../errors.ts';

/**
 * Signs for the relay with Ed25519. The private key is never exposed, so a key management service can implement this
 * interface.
 */
export interface Signer {
  /** SHA-256 of the public key's SPKI, hex. */
  readonly key: string;
  readonly publicKey: KeyObject;
  /** @returns the signature, 64 bytes. */
  sign(bytes: Uint8Array): Promise<Uint8Array>;
}

/**
 * Reads the signers from a PEM file of PKCS #8 private keys, the current one first. To rotate the key, put the new one
 * above the old one and keep the old one until it has handed over, which happens at the next start. With `create`, a
 * missing file is created, readable by its owner only, and the current public key is written to `PATH.pub` for `sluice
 * verify`.
 *
 * @throws SluiceError `config_invalid` when the file holds no key, or anything but Ed25519 private keys.
 */
export function signersFromFile(
  path: string,
  options: { readonly create: boolean },
): readonly [Signer, ...Signer[]] {
  if (options.create && !existsSync(path)) {
    const { privateKey } = generateKeyPairSync('ed25519');
    writeFileSync(path, privateKey.export({ type: 'pkcs8', format: 'pem' }), { mode: 0o600, flag: 'wx' });
  }
  const [current, ...former] = pemBlocks(readFileSync(path, 'utf8')).map((pem) => {
    try {
      return signerOf(createPrivateKey(pem));
    } catch (cause) {
      throw notAKey(path, cause);
    }
  });
  if (current === undefined) throw notAKey(path);
  if (options.create) publish(`${path}.pub`, current);
  return [current, ...former];
}

/** The keys in a file, each as it stands there. */
export function pemBlocks(text: string): readonly string[] {
  return text.match(/-----BEGIN [^-]+-----[^-]+-----END [^-]+-----/g) ?? [];
}

/** Writes the public key for `sluice verify`. One of an earlier key is kept beside it, under the first of its fingerprint. */
function publish(path: string, { publicKey }: Signer): void {
  const pem = String(publicKey.export({ type: 'spki', format: 'pem' }));
  const there = existsSync(path) ? readFileSync(path, 'utf8') : pem;
  if (there !== pem) {
    const name = createHash('sha256').update(there).digest('hex');
    renameSync(path, `${path}.${keyNameOf(there) ?? name.slice(0, NAME)}`);
  }
  if (!existsSync(path)) writeFileSync(path, pem);
}

function keyNameOf(pem: string): string | null {
  try {
    return fingerprint(createPublicKey(pem)).slice(0, NAME);
  } catch {
    return null;
  }
}

/** Characters of a fingerprint in a file's name. */
const NAME = 16;

export function signerOf(privateKey: KeyObject): Signer {
  if (privateKey.asymmetricKeyType !== 'ed25519') throw new TypeError('not an Ed25519 key');
  const publicKey = createPublicKey(privateKey);
  return {
    key: fingerprint(publicKey),
    publicKey,
    sign: async (bytes) => sign(null, bytes, privateKey),
  };
}

/** SHA-256 of the public key's SPKI, hex. Checkpoints name keys by it. */
export function fingerprint(publicKey: KeyObject): string {
  return createHash('sha256').update(spki(publicKey)).digest('hex');
}

/** The 32 bytes of RFC 8032. They end the SPKI of an Ed25519 key (RFC 8410, section 4). */
export function rawKey(publicKey: KeyObject): Buffer {
  return spki(publicKey).subarray(-32);
}

export function spki(publicKey: KeyObject): Buffer {
  return publicKey.export({ type: 'spki', format: 'der' });
}

function notAKey(path: string, cause?: unknown): SluiceError {
  return new SluiceError('config_invalid', `the signing key file \`${path}\` is not readable as keys`, {
    advice: 'give Ed25519 private keys in PEM (PKCS #8), the current one first',
    cause,
  });
}
