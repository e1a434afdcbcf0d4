import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { SluiceError } from '../../errors.ts';

/**
 * Holds the keys that wrap the data keys. The keys are never exposed, so a key management service can implement this
 * interface.
 */
export interface KeyVault {
  /** The id of the key that `wrap` uses. */
  readonly currentKey: string;
  /** Whether it has this key. Another relay's vault may have one that is newer. */
  has(key: string): boolean;
  wrap(dataKey: Uint8Array): Promise<Uint8Array>;
  /**
   * @param key the id of the key that wrapped the data key.
   * @throws when `key` is not in the vault or did not wrap these bytes.
   */
  unwrap(wrapped: Uint8Array, key: string): Promise<Uint8Array>;
}

/**
 * Reads a vault from a file with one key per line, `ID BASE64`, 32 bytes each. The current key comes first; keep older
 * keys below it until they wrap no data key. With `create`, a missing file is created with a new key, readable by its
 * owner only.
 *
 * @throws SluiceError `config_invalid` when the file has another form or holds no key.
 */
export function vaultFromFile(path: string, options: { readonly create: boolean }): KeyVault {
  if (options.create && !existsSync(path)) {
    writeFileSync(path, `key-1 ${randomBytes(32).toString('base64')}\n`, { mode: 0o600, flag: 'wx' });
    chmodSync(path, 0o600);
  }
  return vaultOf(payloadKeysIn(path));
}

/**
 * The keys in such a file by id, in its order.
 *
 * @throws SluiceError `config_invalid` when the file has another form.
 */
export function payloadKeysIn(path: string): ReadonlyMap<string, Uint8Array> {
  return parse(readFileSync(path, 'utf8'), path);
}

/**
 * A vault of these keys by id, 32 bytes each, the current one first.
 *
 * @throws SluiceError `config_invalid` when there is no key.
 */
export function vaultOf(keys: ReadonlyMap<string, Uint8Array>): KeyVault {
  const [first] = keys.keys();
  if (first === undefined) throw new SluiceError('config_invalid', 'the payload key file holds no key');
  const key = (id: string) => {
    const found = keys.get(id);
    if (found === undefined) throw new Error(`the vault has no key ${id}`);
    return found;
  };
  return {
    currentKey: first,
    has: (id) => keys.has(id),
    wrap: async (dataKey) => seal(key(first), dataKey, first),
    unwrap: async (wrapped, id) => open(key(id), wrapped, id),
  };
}

function parse(text: string, path: string): ReadonlyMap<string, Uint8Array> {
  const keys = new Map<string, Uint8Array>();
  for (const line of text.split('\n')) {
    if (line.trim() === '') continue;
    const [id, encoded, ...rest] = line.trim().split(/\s+/);
    const key = Buffer.from(encoded ?? '', 'base64');
    if (id === undefined || key.length !== 32 || rest.length > 0 || keys.has(id)) {
      throw new SluiceError('config_invalid', `the payload key file \`${path}\` has a line that is no key`, {
        advice: 'write one key a line: an id of its own, a space, and 32 random bytes in base64',
      });
    }
    keys.set(id, key);
  }
  return keys;
}

const NONCE = 12;
const TAG = 16;

/**
 * Encrypts with AES-256-GCM. `open` needs the same `context`.
 * @returns nonce, tag and ciphertext.
 */
export function seal(key: Uint8Array, plain: Uint8Array, context: string): Buffer {
  const nonce = randomBytes(NONCE);
  const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(Buffer.from(context));
  const body = Buffer.concat([cipher.update(plain), cipher.final()]);
  return Buffer.concat([nonce, cipher.getAuthTag(), body]);
}

/**
 * Decrypts what `seal` returned.
 * @throws when the key or the context differ from those of `seal`, or the bytes were changed.
 */
export function open(key: Uint8Array, sealed: Uint8Array, context: string): Buffer {
  const nonce = sealed.subarray(0, NONCE);
  const decipher = createDecipheriv('aes-256-gcm', key, nonce, { authTagLength: TAG })
    .setAAD(Buffer.from(context))
    .setAuthTag(sealed.subarray(NONCE, NONCE + TAG));
  return Buffer.concat([decipher.update(sealed.subarray(NONCE + TAG)), decipher.final()]);
}
