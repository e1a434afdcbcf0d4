import { createCipheriv, createDecipheriv, randomBytes, type Cipheriv, type Decipheriv } from 'node:crypto';
import type { Material } from '../answers/stage-answer.ts';

/** How a file is encrypted, as its metadata says it: each file has a key of its own, encrypted with the stage's. */
export interface EncryptedAs {
  readonly key: string;
  readonly iv: string;
  readonly matdesc: string;
}

const BLOCK = 16;

/** As Snowflake's drivers encrypt what they send: AES-CBC with a new key, which AES-ECB hides with the stage's. */
export function encryption(material: Material): { readonly cipher: Cipheriv; readonly as: EncryptedAs } {
  const { key, queryId, smkId } = material;
  const bits = key.length * 8;
  const fileKey = randomBytes(key.length);
  const iv = randomBytes(BLOCK);
  const wrap = createCipheriv(`aes-${bits}-ecb`, key, null);
  return {
    cipher: createCipheriv(`aes-${bits}-cbc`, fileKey, iv),
    as: {
      key: Buffer.concat([wrap.update(fileKey), wrap.final()]).toString('base64'),
      iv: iv.toString('base64'),
      matdesc: JSON.stringify({ queryId, smkId, keySize: String(bits) }),
    },
  };
}

/** @throws Error when the material is not what the file was encrypted with. */
export function decryption(
  { key }: Material,
  { key: wrapped, iv }: Pick<EncryptedAs, 'key' | 'iv'>,
): Decipheriv {
  const bits = key.length * 8;
  const unwrap = createDecipheriv(`aes-${bits}-ecb`, key, null);
  const fileKey = Buffer.concat([unwrap.update(Buffer.from(wrapped, 'base64')), unwrap.final()]);
  return createDecipheriv(`aes-${bits}-cbc`, fileKey, Buffer.from(iv, 'base64'));
}

/** Bytes of so many, encrypted: padded to whole blocks, and by a whole one at least in part. */
export function encryptedSize(size: number): number {
  return (Math.floor(size / BLOCK) + 1) * BLOCK;
}
