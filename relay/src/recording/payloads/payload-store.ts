import { promisify } from 'node:util';
import { zstdCompress, zstdCompressSync, zstdDecompress } from 'node:zlib';
import { SluiceError } from '../../errors.ts';
import type { RecordReaders, StoredPayload } from '../ports.ts';
import { dataKeys } from './data-keys.ts';
import { type KeyVault, open, seal } from './key-vault.ts';
import { payloadAddress, payloadSalt } from './payload-address.ts';

/** Reads the original payloads, each with the salt that its address is derived from. */
export interface PayloadReader {
  /**
   * Returns null when there is none, because retention has removed it.
   * @throws SluiceError `record_unavailable` when the stored payload does not decrypt or does not match its address.
   */
  read(address: string): Promise<Payload | null>;
}

export interface Payload {
  readonly bytes: Buffer;
  /** 32 bytes. */
  readonly salt: Buffer;
}

/** A payload ready to be stored, encrypted with the relay's keys. */
export type SealedPayload = StoredPayload;

export function payloadReader(options: {
  readonly store: Pick<RecordReaders, 'payloads' | 'dataKeys'>;
  readonly vault: KeyVault;
}): PayloadReader {
  const { store } = options;
  const keyOf = dataKeys(store.dataKeys, options.vault);
  return {
    async read(address) {
      const stored = await store.payloads.find(address);
      if (stored === null) return null;
      try {
        const { sealing } = await keyOf(stored.dataKey);
        const content = open(sealing, stored.sealed, address);
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
 * @param options.current the id of the data key for new payloads.
 * @returns the function that seals a payload, `Recorder.seal`.
 */
export async function openSealer(options: {
  readonly store: Pick<RecordReaders, 'dataKeys'>;
  readonly vault: KeyVault;
  readonly current: string;
}): Promise<(payload: Uint8Array) => Promise<SealedPayload>> {
  const { store, vault, current } = options;
  const { id, sealing, salting } = await dataKeys(store.dataKeys, vault)(current);

  return async (bytes) => {
    const salt = payloadSalt(salting, bytes);
    const address = payloadAddress(salt, bytes);
    const sealed = seal(sealing, Buffer.concat([salt, await compress(bytes)]), address);
    return { address, dataKey: id, sealed };
  };
}

const SALT = 32;
const compressApart = promisify(zstdCompress);
/** Bytes; up to so many, going to another thread and back takes longer than compressing them. */
const SMALL = 16 * 1024;

async function compress(bytes: Uint8Array): Promise<Buffer> {
  return bytes.byteLength <= SMALL ? zstdCompressSync(bytes) : await compressApart(bytes);
}

const decompress = promisify(zstdDecompress);
