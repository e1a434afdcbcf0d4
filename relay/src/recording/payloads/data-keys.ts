import { hkdfSync } from 'node:crypto';
import { SluiceError } from '../../errors.ts';
import type { DataKeysReader, RecordTransaction, StoredDataKey } from '../ports.ts';
import type { KeyVault } from './key-vault.ts';

/** What one data key is used for; the key itself is used for nothing. */
export interface DataKey {
  readonly id: string;
  /** Encrypts payloads. */
  readonly sealing: Uint8Array;
  /** Makes the salt that goes into a payload's address. */
  readonly salting: Uint8Array;
}

/** Looks a data key up by its id, unwrapping each once. */
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
 * Readies the key for new payloads, and follows the vault's rotation: a new current key there means a new
 * data key here, and the old data keys wrapped anew, so that the vault's old key can be destroyed.
 *
 * @throws SluiceError `config_invalid` when the vault does not open the keys that are there.
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
    // Another relay may have done it meanwhile.
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

/** Keys of another use, derived from the data keys: every relay on the store has them, and they rotate with those. */
export interface LinkKeys {
  /** What links are signed with now. */
  current(): LinkKey;
  /** The key of that id, whichever relay made it; null when there is none. */
  find(id: string): Promise<Uint8Array | null>;
}

export interface LinkKey {
  readonly id: string;
  /** 32 bytes. */
  readonly key: Uint8Array;
}

/**
 * Readies the keys that links to results are signed with. Call it when there is a data key.
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
      // One that another relay has wrapped by a newer key than this one's vault has opens nothing here.
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
      // A stranger may name any id: the store is asked once in a while.
      if (!known.has(wanted) && Math.abs(now() - readAt) >= READS_EVERY) {
        readAt = now();
        await read();
      }
      return known.get(wanted) ?? null;
    },
  };
}

/** Milliseconds. */
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
