import { createHash, createHmac } from 'node:crypto';

/**
 * A payload's address: SHA-256 over a purpose, its salt (32 bytes) and its bytes, hex. With the salt, anyone can check
 * that the bytes are those that an event names. Without it, the bytes cannot be guessed from the address, however few
 * possible values there are. See docs/recording-format.md, "Payloads".
 */
export function payloadAddress(salt: Uint8Array, bytes: Uint8Array): string {
  return createHash('sha256').update('sluice/payload/v1\n').update(salt).update(bytes).digest('hex');
}

/** The same bytes under the same key get the same salt and so the same address, which means they are stored once. */
export function payloadSalt(key: Uint8Array, bytes: Uint8Array): Buffer {
  return createHmac('sha256', key).update(bytes).digest();
}
