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
  const subkey = (use: string) => new Uint8Array(hkdfSync('sha256', key, Buffer.alloc(0), use, 32));
  return { id, sealing: subkey('sluice/payload/sealing/v1'), salting: subkey('sluice/payload/salting/v1') };
}
