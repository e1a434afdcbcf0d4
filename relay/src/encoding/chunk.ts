/** A value as text in Snowflake's JSON result format (driver protocol, section 6), or null. */
export type Cell = string | null;

/** Some rows of a result, in the result's encoding. They can be read once. */
export interface ResultChunk {
  readonly rowCount: number;
  /**
   * Returns the bytes, which then belong to the caller. May be called only once.
   *
   * @throws SluiceError `statement_failed` or `warehouse_unavailable`.
   */
  open(): Promise<Uint8Array>;
}
