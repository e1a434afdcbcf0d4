export { registerAccess } from './access.ts';
export { explanationView } from './explanation-view.ts';
export { registerCatalog } from './catalog.ts';
export { registerStatements, type StatementsParts } from './statements.ts';
export { openStatementService, type StatementService } from './statement-service.ts';
export { viewOf } from './statement-view.ts';
