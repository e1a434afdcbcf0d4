export { registerStatements, type StatementsParts } from './statements.ts';
