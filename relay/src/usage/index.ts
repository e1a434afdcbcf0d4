export { createUsageMeter, keptUsage } from './usage-meter.ts';
export type { DayUsage, OpenUsageMeter, UsageMeter, UsageReader, UsageStore } from './usage-meter.ts';
