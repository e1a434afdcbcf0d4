/**
 * What an editor shows while SQL is being written. Nothing that decides or runs imports it.
 *
 * @module
 */
export { type Draft, type DraftStatement, parseDraft } from './draft/draft.ts';
export type { Problem } from './draft/problems.ts';
