import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import type { SystemSecrets } from './secrets.ts';

/** A system that keeps secrets as Electron says that one does, for tests. */
export interface TestSystem extends SystemSecrets {
  /** From now on what was encrypted before should be encrypted anew. */
  rotate(): void;
}

export function testSystem(
  backend: ReturnType<SystemSecrets['getSelectedStorageBackend']> = 'gnome_libsecret',
  isAvailable = true,
): TestSystem {
  const keys = [randomBytes(32)];
  return {
    rotate: () => void keys.push(randomBytes(32)),
    getSelectedStorageBackend: () => backend,
    isAsyncEncryptionAvailable: async () => isAvailable,
    async encryptStringAsync(text) {
      const nonce = randomBytes(12);
      const cipher = createCipheriv('aes-256-gcm', keys.at(-1)!, nonce);
      const body = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
      return Buffer.concat([Buffer.of(keys.length - 1), nonce, cipher.getAuthTag(), body]);
    },
    async decryptStringAsync(bytes) {
      const cipher = createDecipheriv('aes-256-gcm', keys[bytes[0]!]!, bytes.subarray(1, 13));
      cipher.setAuthTag(bytes.subarray(13, 29));
      const result = Buffer.concat([cipher.update(bytes.subarray(29)), cipher.final()]).toString('utf8');
      return { result, shouldReEncrypt: bytes[0] !== keys.length - 1 };
    },
  };
}
