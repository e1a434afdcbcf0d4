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
}
