import { promisify } from 'node:util';
import { constants, gunzip, gzip, gzipSync } from 'node:zlib';

/** Compresses a chunk as drivers read it, gzip. */
export async function pack(bytes: Uint8Array): Promise<Uint8Array> {
  return await promisify(gzip)(bytes, FASTEST);
}

/** The same, for threads that have nothing else to do. */
export function packSync(bytes: Uint8Array): Uint8Array {
  return gzipSync(bytes, FASTEST);
}

/** What `pack` or a warehouse has packed, and was found to be whole. */
export async function unpack(packed: Uint8Array): Promise<Uint8Array> {
  return await promisify(gunzip)(packed, { chunkSize: PIECE });
}

/** Bytes of a piece: each is a turn of a thread. */
const PIECE = 256 * 1024;
/** For a driver, latency matters more than the last few percent of size. */
const FASTEST = { level: constants.Z_BEST_SPEED, chunkSize: PIECE };
