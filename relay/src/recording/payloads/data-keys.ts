import { hkdfSync } from 'node:crypto';
import type { Kysely } from 'kysely';
import { SluiceError } from '../../errors.ts';
import type { RecordingTables } from '../tables.ts';
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
export function dataKeys(
  database: Kysely<RecordingTables>,
  vault: KeyVault,
): (id: string) => Promise<DataKey> {
  const known = new Map<string, Promise<DataKey>>();
  const load = async (id: string) => {
    const row = await database
      .selectFrom('recorded_data_key')
      .selectAll()
      .where('id', '=', id)
      .executeTakeFirstOrThrow();
    return derive(id, await unwrap(vault, row));
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
  readonly database: Kysely<RecordingTables>;
  readonly vault: KeyVault;
  readonly now: () => number;
  readonly random: (bytes: number) => Uint8Array;
  readonly newId: () => string;
}): Promise<string> {
  const { database, vault } = options;
  const rows = await database.selectFrom('recorded_data_key').selectAll().orderBy('created_at').execute();
  const newest = rows.at(-1);
  if (newest?.wrapped_by === vault.currentKey) return newest.id;
  const id = options.newId();
  const fresh = {
    id,
    created_at: options.now(),
    wrapped: await vault.wrap(options.random(32)),
    wrapped_by: vault.currentKey,
  };
  const moved = await Promise.all(
    rows.map(async ({ id, wrapped, wrapped_by }) => ({
      id,
      wrapped: await vault.wrap(await unwrap(vault, { wrapped, wrapped_by })),
    })),
  );
  await database.transaction().execute(async (transaction) => {
    await transaction.insertInto('recorded_data_key').values(fresh).execute();
    for (const { id, wrapped } of moved) {
      await transaction
        .updateTable('recorded_data_key')
        .set({ wrapped, wrapped_by: vault.currentKey })
        .where('id', '=', id)
        .execute();
    }
  });
  return id;
}

async function unwrap(
  vault: KeyVault,
  { wrapped, wrapped_by }: Pick<RecordingTables['recorded_data_key'], 'wrapped' | 'wrapped_by'>,
): Promise<Uint8Array> {
  try {
    return await vault.unwrap(wrapped, wrapped_by);
  } catch (cause) {
    throw new SluiceError('config_invalid', `payload key \`${wrapped_by}\` does not open this record`, {
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
