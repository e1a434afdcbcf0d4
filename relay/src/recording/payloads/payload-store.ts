import { promisify } from 'node:util';
import { zstdCompress, zstdDecompress } from 'node:zlib';
import type { Kysely } from 'kysely';
import { SluiceError } from '../../errors.ts';
import type { EventLog } from '../log/event-log.ts';
import { type RecordingTables, recordingTables } from '../tables.ts';
import { dataKeys, rotateDataKeys } from './data-keys.ts';
import { type KeyVault, open, seal } from './key-vault.ts';
import { payloadAddress, payloadSalt } from './payload-address.ts';

/** Payloads as they were handed in, and the salt that ties each to its address. */
export interface PayloadReader {
  /**
   * Null when there is none: retention has removed it.
   * @throws SluiceError `record_unavailable` when what is stored does not open or is not what it says.
   */
  read(address: string): Promise<Payload | null>;
}

export interface Payload {
  readonly bytes: Buffer;
  /** 32 bytes. */
  readonly salt: Buffer;
}

export function payloadReader(options: {
  readonly database: Kysely<unknown>;
  readonly vault: KeyVault;
}): PayloadReader {
  const database = recordingTables(options.database);
  const keyOf = dataKeys(database, options.vault);
  return {
    async read(address) {
      const row = await rowOf(database, address);
      if (row === undefined) return null;
      try {
        const { sealing } = await keyOf(row.data_key);
        const content = open(sealing, row.sealed, address);
        const salt = content.subarray(0, SALT);
        const bytes = await decompress(content.subarray(SALT));
        if (payloadAddress(salt, bytes) !== address) throw new Error('its bytes have another address');
        return { bytes, salt };
      } catch (cause) {
        throw new SluiceError('record_unavailable', `payload \`${address}\` does not open`, {
          advice: 'check that the payload key file is the one that this record was written with',
          cause,
        });
      }
    },
  };
}

/**
 * Opens the store for writing.
 * @returns what keeps a payload: `Recorder.keep`.
 */
export async function openPayloadStore(options: {
  readonly database: Kysely<unknown>;
  readonly vault: KeyVault;
  readonly now: () => number;
  readonly random: (bytes: number) => Uint8Array;
  readonly newId: () => string;
  readonly log: EventLog;
}): Promise<(payload: Uint8Array) => Promise<string>> {
  const { now, log } = options;
  const database = recordingTables(options.database);
  const current = await rotateDataKeys({ ...options, database });
  const { id, sealing, salting } = await dataKeys(database, options.vault)(current);

  return async (bytes) => {
    const salt = payloadSalt(salting, bytes);
    const address = payloadAddress(salt, bytes);
    const sealed = seal(sealing, Buffer.concat([salt, await compress(bytes)]), address);
    await log.write(async (transaction) => {
      await transaction
        .insertInto('recorded_payload')
        .values({ address, data_key: id, sealed, kept_at: now() })
        // Known already: only say that it is wanted, so that retention does not take it from under an event.
        .onConflict((conflict) => conflict.doUpdateSet({ kept_at: now() }))
        .execute();
    });
    return address;
  };
}

const SALT = 32;
const compress = promisify(zstdCompress);
const decompress = promisify(zstdDecompress);

async function rowOf(database: Kysely<RecordingTables>, address: string) {
  return database
    .selectFrom('recorded_payload')
    .selectAll()
    .where('address', '=', address)
    .executeTakeFirst();
}
