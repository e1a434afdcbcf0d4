/** How statements are planned, without what runs them: pure, so that a thread without a warehouse can plan too. */
export { type Plan, type Planned, planWith, type SessionSurroundings } from './embedded/plan.ts';
export { type LoadedNames, loadNamed } from './load-named.ts';
