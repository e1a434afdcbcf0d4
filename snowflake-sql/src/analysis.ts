/**
 * For who analyses many statements, and decides on them: a memory of what was analysed, what is bound beside what is
 * understood, and what tells two statements or two parts of one apart.
 *
 * @module
 */
export { type Analysis, analyzeScript, tooComplex } from './analyze.ts';
export { type Analyzer, createAnalyzer } from './analyzer.ts';
export { condense } from './condense.ts';
export { skeletonOf } from './skeleton.ts';
export { unaccounted } from './accounting.ts';
