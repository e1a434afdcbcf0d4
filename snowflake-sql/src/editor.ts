/**
 * Diagnostics for an editor while SQL is being written, and what it may propose. Code that decides on or runs statements must not use it.
 *
 * @module
 */
export { type Draft, type DraftStatement, parseDraft } from './draft/draft.ts';
export { misspelled } from './draft/misspelled.ts';
export type { Problem } from './draft/problems.ts';
export { type FunctionSignature, knownFunctions } from './functions/index.ts';
export { isReserved } from './keywords.ts';
