import { type KeyObject, verify } from 'node:crypto';
import { canonicalJson } from '@sluice/contract';
import { z } from 'zod';

const digest = z.string().regex(/^[0-9a-f]{64}$/);

/** A signed statement by the relay: the log of this name held exactly these `size` events, in this order. */
export const checkpoint = z.strictObject({
  log: z.uuid(),
  /** Number of events. */
  size: z.int().positive(),
  /** The Merkle tree's root over them. */
  root: digest,
  at: z.iso.datetime({ precision: 3 }),
  /** The signing key's fingerprint. */
  key: digest,
  /** Ed25519 over `checkpointBytes`, hex. */
  signature: z.string().regex(/^[0-9a-f]{128}$/),
});

export type Checkpoint = z.infer<typeof checkpoint>;

/** The bytes to sign. See docs/recording-format.md, "Checkpoints". */
export function checkpointBytes({ log, size, root, at, key }: Omit<Checkpoint, 'signature'>): Buffer {
  return signedBytes('sluice/checkpoint/v1', { log, size, root, at, key });
}

/** The purpose comes first, so that a signature made for one purpose is never valid for another. */
export function signedBytes(purpose: string, value: unknown): Buffer {
  return Buffer.from(`${purpose}\n${canonicalJson(value)}`);
}

/**
 * Whether the Ed25519 signature is valid.
 * @param signature hex.
 */
export function isSigned(bytes: Uint8Array, publicKey: KeyObject, signature: string): boolean {
  return verify(null, bytes, publicKey, Buffer.from(signature, 'hex'));
}
