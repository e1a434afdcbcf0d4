/** How an agent tried to reach Snowflake past the relay. */
export type AttemptKind =
  /** A client of Snowflake's: `snow`, `snowsql`, dbt, or one that was given a connection string. */
  | 'client'
  /** Code that uses a driver. */
  | 'driver'
  /** A request to an account's host. */
  | 'request'
  /** A credential that is read, handed over or written. */
  | 'credential'
  /** Another MCP server, or another extension's tool, that reaches Snowflake; or a configuration that starts one. */
  | 'server'
  /** The hook itself, taken out. */
  | 'hook';

/** What was recognised, in the words of this package: it never quotes a value. */
export interface Finding {
  readonly kind: AttemptKind;
  /** A few words, such as `snow sql` or `snowflake.connector in load.py`. */
  readonly evidence: string;
}
