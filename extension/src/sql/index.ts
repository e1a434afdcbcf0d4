export { type CatalogMemory, createCatalogMemory } from './catalog.ts';
export { type Completion, completionsAt } from './completion.ts';
export { createExplainer, type Explainer, type Question } from './explainer.ts';
export { explainedFindings, type Finding, syntaxFindings } from './findings.ts';
export { applied, type Fix, syntaxFixes } from './fixes.ts';
export { hoverAt } from './hover.ts';
export { type Place, referencesIn } from './references.ts';
export { nearNames, rewritesAt } from './rewrites.ts';
export {
  readScript,
  type Script,
  type ScriptStatement,
  type Span,
  statementAt,
  statementsIn,
} from './script.ts';
