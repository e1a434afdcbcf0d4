export { buildSnowflakeListener } from './app.ts';
export { toBinds } from './binds.ts';
export { toSnowflakeError } from './errors.ts';
export { presentResult } from './present-result.ts';
export { readQueryTag } from './query-tag.ts';
export { toRowType } from './row-type.ts';
export type { RefusedRequest, SnowflakeListenerDeps, SnowflakeListenerOptions } from './deps.ts';
