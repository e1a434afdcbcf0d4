/** Orders texts by their bytes, as DuckDB does, and Snowflake without a collation. */
export function byBytes(one: string, other: string): number {
  return Buffer.compare(Buffer.from(one), Buffer.from(other));
}
