/** How statements are planned, without what runs them: pure, so that a thread without a warehouse can plan too. */
export type { Plan, Planned } from './embedded/plan.ts';
export { planWith } from './embedded/plan-statement.ts';
export type { SessionSurroundings } from './session-state.ts';
export { type LoadedNames, loadNamed } from './load-named.ts';
