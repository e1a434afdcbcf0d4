/** The bytes of a chunk that can be opened again, in its encoding. */
export interface OpenedChunk {
  /** Bytes, uncompressed. */
  readonly byteLength: number;
  /** The same as one gzip member, where they are there so: who passes them on need not compress them anew. */
  readonly gzip: Uint8Array | null;
  /** Uncompressed. */
  bytes(): Promise<Uint8Array>;
  /** The SHA-256 of the uncompressed bytes, in base64. */
  digest(): Promise<string>;
}

/** A chunk that is there uncompressed. */
export function openedChunk(bytes: Uint8Array, gzip: Uint8Array | null = null): OpenedChunk {
  return {
    byteLength: bytes.byteLength,
    gzip,
    bytes: async () => bytes,
    // Not on this thread: a chunk is many megabytes.
    digest: async () =>
      Buffer.from(await crypto.subtle.digest('SHA-256', bytes as Uint8Array<ArrayBuffer>)).toString('base64'),
  };
}
