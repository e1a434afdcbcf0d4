import { brotliDecompressSync, gunzipSync, inflateRawSync, inflateSync, zstdDecompressSync } from 'node:zlib';

/** Bytes of what was packed that are looked at. */
const MOST_BYTES = 256 * 1024;

/** What bytes were packed from, in whichever of the usual forms; null where they are in none, or come to too much. */
export function inflated(bytes: Uint8Array): string | null {
  const options = { maxOutputLength: MOST_BYTES };
  for (const unpack of [gunzipSync, inflateSync, zstdDecompressSync, brotliDecompressSync, inflateRawSync]) {
    try {
      const text = unpack(bytes, options).toString('utf8');
      if (text !== '') return text;
    } catch {
      // The next form, or none.
    }
  }
  return null;
}
