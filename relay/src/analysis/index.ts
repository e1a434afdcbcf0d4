export { type Analyses, type AnalysisOptions, createAnalyses } from './analysis.ts';
export type { Assessed, Assessment, Question } from './assess.ts';
export type { Split } from './split.ts';
