/**
 * For programs that analyse many statements and decide on them: an analyzer with a cache, the bound statement in
 * addition to the understanding, and ways to compare statements and parts of them.
 *
 * @module
 */
export { type Analysis, analyzeScript, tooComplex } from './analyze.ts';
export { type Analyzer, createAnalyzer } from './analyzer.ts';
export { condense } from './condense.ts';
export { skeletonOf } from './skeleton.ts';
export { unaccounted } from './accounting.ts';
