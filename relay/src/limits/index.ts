export { documentFetches } from './document-fetches.ts';
export { createHourlyBudget } from './hourly-budget.ts';
export { limitsConfig, type LimitsConfig } from './limits-config.ts';
export { createLimits, type Exceeded, type Limits } from './limits.ts';
export type { Places, Release } from './places.ts';
export { createStrangers, type StrangerRequest, type Strangers } from './strangers.ts';
export { createTally, type Tally } from './tally.ts';
