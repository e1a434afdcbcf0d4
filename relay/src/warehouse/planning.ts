/** How statements are planned, without what runs them: pure, so that a thread without a warehouse can plan too. */
export type { Plan, Planned, ToPlan } from './plan.ts';
export { planWith } from './plan-with.ts';
export type { SessionSurroundings } from './session-state.ts';
export { type LoadedNames, loadNamed, unlessTooMany } from './load-named.ts';
