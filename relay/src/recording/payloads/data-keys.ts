import { createSecretKey, hkdfSync, type KeyObject } from 'node:crypto';
import { SluiceError } from '../../errors.ts';
import type { DataKeysReader, RecordTransaction, StoredDataKey } from '../ports.ts';
import type { AuthorKeys } from '../log/authorship.ts';
import type { KeyVault } from './key-vault.ts';

/** The keys derived from one data key. The data key itself is not used directly. */
export interface DataKey {
  readonly id: string;
  /** Encrypts payloads. */
  readonly sealing: Uint8Array;
  /** Derives the salt in a payload's address. */
  readonly salting: Uint8Array;
}

/** Returns a function that looks up a data key by its id and unwraps each key only once. */
export function dataKeys(store: DataKeysReader, vault: KeyVault): (id: string) => Promise<DataKey> {
  const known = new Map<string, Promise<DataKey>>();
  const load = async (id: string) => {
    const stored = (await store.list()).find((key) => key.id === id);
    if (stored === undefined) throw new Error(`there is no data key ${id}`);
    return derive(id, await unwrap(vault, stored));
  };
  return (id) => {
    const key = known.get(id) ?? load(id);
    known.set(id, key);
    return key;
  };
}

/**
 * Prepares the data key for new payloads and follows the vault's rotation. When the vault has a new current key, a new
 * data key is made and the existing data keys are rewrapped, so that the vault's old key can be destroyed.
 *
 * @returns the id of the data key for new payloads.
 * @throws SluiceError `config_invalid` when the vault does not open the existing data keys.
 */
export async function rotateDataKeys(options: {
  readonly store: {
    readonly dataKeys: DataKeysReader;
    transaction<T>(work: (tx: RecordTransaction) => Promise<T>): Promise<T>;
  };
  readonly vault: KeyVault;
  readonly now: () => number;
  readonly random: (bytes: number) => Uint8Array;
  readonly newId: () => string;
}): Promise<string> {
  const { store, vault, now } = options;
  const newest = (await store.dataKeys.list()).at(-1);
  if (newest?.wrappedBy === vault.currentKey) return newest.id;
  const id = options.newId();
  const wrapped = await vault.wrap(options.random(32));
  return store.transaction(async ({ dataKeys }) => {
    const keys = await dataKeys.list();
    // Another relay may have rotated the keys meanwhile.
    const current = keys.findLast(({ wrappedBy }) => wrappedBy === vault.currentKey);
    if (current !== undefined) return current.id;
    for (const key of keys) {
      const rewrapped = await vault.wrap(await unwrap(vault, key));
      await dataKeys.rewrap({ id: key.id, wrapped: rewrapped, wrappedBy: vault.currentKey });
    }
    await dataKeys.add({ id, createdAt: now(), wrapped, wrappedBy: vault.currentKey });
    return id;
  });
}

/** Keys that sign links to results. They are derived from the data keys, so all relays on a store share them. */
export interface LinkKeys {
  /** The key that signs new links. */
  current(): LinkKey;
  /** The key with that id, whichever relay made it; null when there is none. */
  find(id: string): Promise<Uint8Array | null>;
}

export interface LinkKey {
  readonly id: string;
  /** 32 bytes. */
  readonly key: Uint8Array;
}

/**
 * Opens the keys that sign links to results. The store must already have a data key.
 *
 * @param now milliseconds since the epoch.
 */
export async function openLinkKeys(options: {
  readonly store: { readonly dataKeys: DataKeysReader };
  readonly vault: KeyVault;
  readonly now: () => number;
}): Promise<LinkKeys> {
  const { store, vault, now } = options;
  const known = new Map<string, Uint8Array>();
  let readAt = -Infinity;
  const read = async () => {
    for (const stored of await store.dataKeys.list()) {
      // Another relay may have wrapped the data key with a newer key, which this relay's vault does not have.
      const key = known.has(stored.id) ? null : await unwrap(vault, stored).catch(() => null);
      if (key !== null) known.set(stored.id, subkeyOf(key, 'sluice/result-links/v1'));
    }
  };
  await read();
  const [id, key] = [...known].at(-1) ?? [];
  if (id === undefined || key === undefined) throw new Error('there is no data key');
  return {
    current: () => ({ id, key }),
    async find(wanted) {
      // The id comes from an untrusted link, so limit how often the store is read.
      if (!known.has(wanted) && Math.abs(now() - readAt) >= READS_EVERY) {
        readAt = now();
        await read();
      }
      return known.get(wanted) ?? null;
    },
  };
}

/**
 * Opens keys of one use, which show that a relay of this store wrote something. What is under the key of any data key that the
 * vault opens is a relay's: the vault authenticates what it has wrapped, so nobody else can add one.
 *
 * @param options.current the id of the data key for what is written now; by default, of the newest that the vault opens.
 */
export async function openRelayKeys(options: {
  readonly store: { readonly dataKeys: DataKeysReader };
  readonly vault: KeyVault;
  readonly use: 'sluice/event-author/v1' | 'sluice/session/v1';
  readonly current?: string;
}): Promise<AuthorKeys> {
  const { store, vault, use } = options;
  // As key objects: a MAC with one takes a quarter of the time.
  const known = new Map<string, KeyObject>();
  const renew = async (dataKeys: DataKeysReader = store.dataKeys) => {
    let lacks = false;
    for (const stored of await dataKeys.list()) {
      if (known.has(stored.id)) continue;
      const key = await unwrap(vault, stored).catch(() => null);
      if (key !== null) known.set(stored.id, createSecretKey(subkeyOf(key, use)));
      else lacks ||= !vault.has(stored.wrappedBy);
    }
    return lacks;
  };
  await renew();
  const current = known.get(options.current ?? [...known.keys()].at(-1) ?? '');
  if (current === undefined) throw new Error('there is no data key');
  return { current, known: () => [...known.values()].toReversed(), renew };
}

/** Shortest time between two reads of the store for unknown ids. Milliseconds. */
const READS_EVERY = 1_000;

async function unwrap(
  vault: KeyVault,
  { wrapped, wrappedBy }: Pick<StoredDataKey, 'wrapped' | 'wrappedBy'>,
): Promise<Uint8Array> {
  try {
    return await vault.unwrap(wrapped, wrappedBy);
  } catch (cause) {
    throw new SluiceError('config_invalid', `payload key \`${wrappedBy}\` does not open this record`, {
      advice:
        'give the payload key file that this record was written with; keep old keys in it when adding one',
      cause,
    });
  }
}

function derive(id: string, key: Uint8Array): DataKey {
  const sealing = subkeyOf(key, 'sluice/payload/sealing/v1');
  return { id, sealing, salting: subkeyOf(key, 'sluice/payload/salting/v1') };
}

function subkeyOf(key: Uint8Array, use: string): Uint8Array {
  return new Uint8Array(hkdfSync('sha256', key, Buffer.alloc(0), use, 32));
}
