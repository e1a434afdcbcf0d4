export { accountAt, type AccountConfig, accountConfig } from './config.ts';
export { type ClientLimits, defaultClientLimits } from './limits.ts';
export { openUpstream, type UpstreamOptions } from './open-upstream.ts';
export type { UpstreamNotice } from './session/account.ts';
export type * from './upstream.ts';
