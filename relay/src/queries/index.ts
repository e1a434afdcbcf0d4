export type { Query, QueryOrder, QueryStatus, SettledStatus } from './query.ts';
export { isSettled } from './query.ts';
export { createQueries } from './queries.ts';
export type { Queries, QueriesOptions } from './queries.ts';
export type { QueryLimits } from './query-limits.ts';
export { openSpool, readRows } from './spool.ts';
export type { Spool, SpoolLimits } from './spool.ts';
export type { Chunk, EncodedRows, SpooledResult } from './spooled-result.ts';
