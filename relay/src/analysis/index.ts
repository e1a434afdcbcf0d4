export { type Analyses, type AnalysisOptions, createAnalyses } from './analysis.ts';
