export { type PolicyCase, type PolicyCases, readCases } from './policy-cases.ts';
export { recordedStatements, type Understand } from './recorded-statements.ts';
export {
  type ChangedDecision,
  formatChange,
  type RecordedStatement,
  simulatePolicy,
  type Simulation,
} from './simulate.ts';
export { type Analyze, type CaseResult, casesTested, testPolicy } from './test-policy.ts';
