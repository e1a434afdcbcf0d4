/** A task for a worker thread: mask one chunk of one result. */
export interface MaskTask {
  /** Number of the result within this process. Threads cache a result's compiled plan by it. */
  readonly result: number;
  /**
   * The `MaskPlan`, serialized once for all chunks into memory that the threads share, because it may cover thousands
   * of columns.
   */
  readonly plan: SharedArrayBuffer;
  readonly bytes: Uint8Array;
  readonly rowCount: number;
  /** Whether what comes of it is to be packed, as it is passed on. */
  readonly packs: boolean;
}

/** A masked chunk that is packed. */
export interface PackedChunk {
  readonly gzip: Uint8Array;
  /** Of the bytes that were packed. */
  readonly byteLength: number;
  /** SHA-256 of them, in base64. */
  readonly digest: string;
}
