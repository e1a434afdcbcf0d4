import type { SnowflakeType } from './snowflake-type.ts';

/** What a query's columns are called, and which types they have; null for what DuckDB says of them. */
export type KnownColumns = readonly { readonly name: string; readonly type: SnowflakeType }[] | null;
