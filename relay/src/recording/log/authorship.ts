import { createHmac, type KeyObject, timingSafeEqual } from 'node:crypto';
import type { DataKeysReader } from '../ports.ts';
import type { AuthoredEvent } from '../stored-event.ts';

/**
 * Tells which events were written by a relay of this store: each is stored with a MAC, under a key that all of them have
 * and the database has not. See docs/witnesses.md, "Who wrote it".
 */
export interface Authorship {
  /** @returns the MAC of an event at this position of this log: 16 bytes, hex. */
  macOf(log: string, event: Pick<AuthoredEvent, 'position' | 'hash'>): string;
  /** @param dataKeys as a transaction sees them, for what is asked within one. */
  authorOf(
    log: string,
    event: Pick<AuthoredEvent, 'position' | 'hash' | 'mac'>,
    dataKeys?: DataKeysReader,
  ): Promise<Author>;
}

/**
 * `relay`: of this store. `other`: the MAC is wrong. `unmarked`: it has none, as what was written by a version that made
 * none. `unknown`: the MAC is not of a key that this relay has, and the store has keys that it cannot open.
 */
export type Author = 'relay' | 'other' | 'unmarked' | 'unknown';

/** The keys that MACs are made with, 32 bytes each. */
export interface AuthorKeys {
  readonly current: KeyObject;
  /** All that this relay can open. */
  known(): readonly KeyObject[];
  /** Reads those that were made since. @returns whether there are some that the vault of this relay has no key for. */
  renew(dataKeys?: DataKeysReader): Promise<boolean>;
}

export function authorship(keys: AuthorKeys): Authorship {
  const isBy = (message: string, mac: Uint8Array) =>
    keys.known().some((key) => timingSafeEqual(digest(key, message), mac));
  return {
    macOf: (log, event) => digest(keys.current, messageOf(log, event)).toString('hex'),
    async authorOf(log, { mac, ...event }, dataKeys) {
      if (mac === '') return 'unmarked';
      if (!MAC.test(mac)) return 'other';
      const [message, bytes] = [messageOf(log, event), Buffer.from(mac, 'hex')];
      if (isBy(message, bytes)) return 'relay';
      const lacks = await keys.renew(dataKeys);
      if (isBy(message, bytes)) return 'relay';
      return lacks ? 'unknown' : 'other';
    },
  };
}

const MAC = /^[0-9a-f]{32}$/;

/** The position, so that what was deleted cannot be put elsewhere; the log, because stores may share a vault. */
function messageOf(log: string, { position, hash }: Pick<AuthoredEvent, 'position' | 'hash'>): string {
  return `sluice/event-author/v1\n${log}\n${position}\n${hash}`;
}

function digest(key: KeyObject, message: string): Buffer {
  return createHmac('sha256', key).update(message).digest().subarray(0, 16);
}
