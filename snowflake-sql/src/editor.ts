/**
 * Diagnostics for an editor while SQL is being written. Code that decides on or runs statements must not use it.
 *
 * @module
 */
export { type Draft, type DraftStatement, parseDraft } from './draft/draft.ts';
export type { Problem } from './draft/problems.ts';
