import { hkdfSync } from 'node:crypto';
import { createSealed, type Sealed, type SealedOptions } from '../sealed.ts';

/** Keys that all relays on a store have, by their ids: the current one, and those before it. */
export interface SealingKeys {
  current(): { readonly id: string; readonly key: Uint8Array };
  find(id: string): Promise<Uint8Array | null>;
}

/** Values sealed with the current key of several, for one use alone: `ID.JWE`. */
export function sealedBy<Value extends Record<string, unknown>>(
  keys: SealingKeys,
  use: string,
  options: Omit<SealedOptions<Value>, 'key'>,
): Sealed<Value> {
  const by = (key: Uint8Array) =>
    createSealed({
      ...options,
      key: new Uint8Array(hkdfSync('sha256', key, Buffer.alloc(0), `sluice/programs/${use}/v1`, 32)),
    });
  return {
    async seal(value, lifetimeMs) {
      const { id, key } = keys.current();
      return `${id}.${await by(key).seal(value, lifetimeMs)}`;
    },
    async open(text) {
      const at = text.indexOf('.');
      if (at < 1 || at > 64) return null;
      const key = await keys.find(text.slice(0, at));
      return key === null ? null : await by(key).open(text.slice(at + 1));
    },
  };
}
