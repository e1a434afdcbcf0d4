export { createUsageMeter, usageMigrations } from './usage-meter.ts';
export type { UsageMeter } from './usage-meter.ts';
