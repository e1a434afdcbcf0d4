/** A value as the text that Snowflake's JSON result format gives it (driver protocol, section 6). */
export type Cell = string | null;

/** Some rows of a result, in its encoding, which come once. */
export interface ResultChunk {
  readonly rowCount: number;
  /**
   * Its bytes, which are the caller's to keep or to hand on. Called once. Throws SluiceError `statement_failed` or
   * `warehouse_unavailable`.
   */
  open(): Promise<Uint8Array>;
}
