export { type Analyses, type AnalysisOptions, createAnalyses } from './analysis.ts';
export type { Assessed, Assessment, ForApproval } from './assess.ts';
export type { Question } from './question.ts';
export type { Split, SplitStatement } from './split.ts';
