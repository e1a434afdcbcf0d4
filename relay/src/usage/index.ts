export { createUsageMeter } from './usage-meter.ts';
export type { DayUsage, UsageMeter, UsageReader, UsageStore } from './usage-meter.ts';
