import { createPublicKey, type KeyObject } from 'node:crypto';
import { type Checkpoint, isSignedBy, namesKey } from '../checkpoints/checkpoint.ts';
import { fingerprint } from '../checkpoints/signer.ts';

/** The trusted public keys by fingerprint: those given, and those that these vouch for. */
export type Trust = Map<string, KeyObject>;

export function trustIn(keys: readonly KeyObject[]): Trust {
  return new Map(keys.map((key) => [fingerprint(key), key]));
}

/** Whether a trusted key signed this checkpoint. */
export function vouchesFor(trust: Trust, checkpoint: Checkpoint): boolean {
  return signerIn(trust, checkpoint) !== undefined;
}

/** The trusted key that signed this checkpoint. */
export function signerIn(trust: Trust, checkpoint: Checkpoint): KeyObject | undefined {
  return [...trust.values()].find((key) => isSignedBy(checkpoint, key));
}

/** Whether the checkpoint says that a trusted key signed it, be it true or not. */
export function namesSignerIn(trust: Trust, checkpoint: Checkpoint): boolean {
  return [...trust.values()].some((key) => namesKey(checkpoint, key));
}

/**
 * Adds the key that a `signing_key` event names to the trusted keys. The caller must have established that the event
 * can be trusted.
 * @returns false when it is not an Ed25519 key or its fingerprint does not match.
 */
export function believe(trust: Trust, body: { readonly key: string; readonly publicKey: string }): boolean {
  try {
    const key = createPublicKey({ key: Buffer.from(body.publicKey, 'base64'), format: 'der', type: 'spki' });
    if (key.asymmetricKeyType !== 'ed25519' || fingerprint(key) !== body.key) return false;
    trust.set(body.key, key);
    return true;
  } catch {
    return false;
  }
}
