/** What a thread is asked for: one chunk of one result. */
export interface MaskTask {
  /** Of the result, in this process: its plan is made ready once. */
  readonly result: number;
  /**
   * What it is masked with: a `MaskPlan`, serialized once for all chunks, in memory that the threads share. It may be
   * of thousands of columns.
   */
  readonly plan: SharedArrayBuffer;
  readonly bytes: Uint8Array;
  readonly rowCount: number;
}
