export { type Activity, createActivity, WAITED_UP_TO } from './activity.ts';
export type * from './ports.ts';
