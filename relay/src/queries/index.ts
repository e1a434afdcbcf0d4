export type { Query, QueryOrder, QueryStatus, SettledStatus } from './query.ts';
export { isSettled } from './query.ts';
export { createQueries } from './queries.ts';
export type { Queries, QueriesOptions } from './queries.ts';
export type { QueryLimits } from './query-limits.ts';
export type { KeptChunkLimits } from './kept-chunks.ts';
export { openSpool, readRows } from './spool.ts';
export type { Spool, SpoolLimits } from './spool.ts';
export type { Chunk, EncodedRows, OpenChunk, SpooledResult } from './spooled-result.ts';
