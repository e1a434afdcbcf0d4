import type { KeyObject } from 'node:crypto';
import { jcs, publicKey, signed } from './bytes.ts';
import type { Json } from './shapes.ts';

/** The signing keys that are trusted, by fingerprint. */
export interface Trust {
  readonly key: (fingerprint: string) => KeyObject | undefined;
  /** Whether a trusted key has signed this checkpoint. */
  readonly signedCheckpoint: (checkpoint: Json) => boolean;
  /** Trusts the key of a `signing_key` event's body, once a trusted checkpoint covers it; false if it lies. */
  readonly add: (body: Json) => boolean;
}

export function trustedKeys(given: readonly Uint8Array[]): Trust {
  const keys = new Map<string, KeyObject>();
  for (const spki of given) {
    const { key, fingerprint } = publicKey(spki);
    keys.set(fingerprint, key);
  }
  return {
    key: (fingerprint) => keys.get(fingerprint),
    signedCheckpoint({ signature, ...rest }) {
      const key = keys.get(String(rest['key']));
      const value = Buffer.from(String(signature), 'hex');
      return key !== undefined && signed(`sluice/checkpoint/v1\n${jcs(rest)}`, key, value);
    },
    add(body) {
      try {
        const { key, fingerprint } = publicKey(Buffer.from(String(body['publicKey']), 'base64'));
        if (fingerprint !== body['key']) return false;
        keys.set(fingerprint, key);
        return true;
      } catch {
        return false;
      }
    },
  };
}
