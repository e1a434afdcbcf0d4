import { createHmac, type KeyObject, timingSafeEqual } from 'node:crypto';
import type { DataKeysReader } from '../ports.ts';
import { openRelayKeys } from './data-keys.ts';
import type { KeyVault } from './key-vault.ts';

/** Shows of what stands in a table, and is no event, that a relay of this store wrote it. */
export interface RelaySeals {
  /** HMAC-SHA-256 over the log's name and the text, hex. */
  sealOf(text: string): string;
  isSealed(text: string, seal: string): Promise<boolean>;
}

/** @param options.log the log's name: stores may share a vault. */
export async function openSessionSeals(options: {
  readonly store: { readonly dataKeys: DataKeysReader };
  readonly vault: KeyVault;
  readonly log: string;
}): Promise<RelaySeals> {
  const { log, store, vault } = options;
  const keys = await openRelayKeys({ store, vault, use: 'sluice/session/v1' });
  const digest = (key: KeyObject, text: string) =>
    createHmac('sha256', key).update(`sluice/session/v1\n${log}\n${text}`).digest();
  const isUnderKnown = (text: string, seal: string) =>
    SEAL.test(seal) &&
    keys.known().some((key) => timingSafeEqual(digest(key, text), Buffer.from(seal, 'hex')));
  return {
    sealOf: (text) => digest(keys.current, text).toString('hex'),
    async isSealed(text, seal) {
      if (isUnderKnown(text, seal)) return true;
      // Another relay may have made a data key since.
      if (SEAL.test(seal)) await keys.renew();
      return isUnderKnown(text, seal);
    },
  };
}

const SEAL = /^[0-9a-f]{64}$/;
