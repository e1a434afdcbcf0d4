import type { SnowflakeType } from './snowflake-type.ts';

/** What a query's columns are called, which types they have, and whether they can be NULL; null for what DuckDB says of them. */
export type KnownColumns =
  readonly { readonly name: string; readonly type: SnowflakeType; readonly nullable: boolean }[] | null;
