import { createHash, createHmac } from 'node:crypto';

/**
 * A payload's name: SHA-256 over a purpose, its salt (32 bytes) and its bytes. Whoever holds the salt can
 * check that the bytes are what an event names; whoever does not cannot guess them, however few they could
 * be. docs/recording-format.md, "Payloads".
 */
export function payloadAddress(salt: Uint8Array, bytes: Uint8Array): string {
  return createHash('sha256').update('sluice/payload/v1\n').update(salt).update(bytes).digest('hex');
}

/** The same bytes under the same key get the same salt, and so the same address: kept once. */
export function payloadSalt(key: Uint8Array, bytes: Uint8Array): Buffer {
  return createHmac('sha256', key).update(bytes).digest();
}
