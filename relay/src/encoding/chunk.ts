/** A value as text in Snowflake's JSON result format (driver protocol, section 6), or null. */
export type Cell = string | null;

/**
 * How a chunk's rows are written. `json`: Snowflake's JSON result format, arrays of texts and nulls joined by commas
 * (driver protocol, sections 6 and 7). `arrow`: an IPC stream with Snowflake's types and metadata (section 8).
 */
export type ResultEncoding = 'json' | 'arrow';

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
