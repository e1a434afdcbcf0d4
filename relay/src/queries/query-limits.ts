export interface QueryLimits {
  /** How long outcomes are kept. Milliseconds; 24 hours, as Snowflake does. */
  readonly keptMs: number;
  /** How many settled statements are known, the oldest forgotten first. */
  readonly keptQueries: number;
  /** Of all SQL texts and first rows in memory, as they are sent. */
  readonly keptBytes: number;
  /** Of all chunk files, compressed as they are. */
  readonly spoolBytes: number;
  /** Without a poll for so long, an attended client is gone. Milliseconds; more than a driver's retries take. */
  readonly detachedMs: number;
  /** How long a statement may take with its result, without the time that people take. Milliseconds; an hour. */
  readonly statementMs: number;
  /** Statements that one session may have unfinished. */
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
