export interface QueryLimits {
  /** How long outcomes are kept. Milliseconds; 24 hours by default, as in Snowflake. */
  readonly keptMs: number;
  /** How many settled statements are kept. The oldest are dropped first. */
  readonly keptQueries: number;
  /** Size of all SQL texts and first rows in memory, as they are sent. Bytes. */
  readonly keptBytes: number;
  /** Size of all chunk files, compressed. Bytes. */
  readonly spoolBytes: number;
  /**
   * How long an attended client may go without a poll before it counts as gone. Milliseconds; longer than a driver's
   * retries take.
   */
  readonly detachedMs: number;
  /** How long a statement and its result may take, without time spent waiting for approval. Milliseconds. */
  readonly statementMs: number;
  /** How many unfinished statements one session may have. */
  readonly unfinishedPerSession: number;
}

export const defaultQueryLimits: QueryLimits = {
  keptMs: 24 * 3_600_000,
  keptQueries: 100_000,
  keptBytes: 256 * 1024 * 1024,
  spoolBytes: 20 * 1024 ** 3,
  detachedMs: 120_000,
  statementMs: 3_600_000,
  unfinishedPerSession: 64,
};
