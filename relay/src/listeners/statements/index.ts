export { registerStatements, type StatementsParts } from './statements.ts';
export { openOwnStatements, type OwnStatements } from './own-statements.ts';
export { viewOf } from './statement-view.ts';
