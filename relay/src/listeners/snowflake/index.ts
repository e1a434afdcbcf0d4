export { buildSnowflakeListener } from './app.ts';
export type { RefusedRequest, SnowflakeListenerDeps, SnowflakeListenerOptions } from './deps.ts';
