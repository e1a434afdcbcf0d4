export { apiSession, isSessionOfProgram, type OpeningState } from './api-sessions.ts';
export { registerAccess } from './access.ts';
export { explanationView } from './explanation-view.ts';
export { objectView, registerCatalog } from './catalog.ts';
export { registerStatements, type StatementsParts } from './statements.ts';
export { createStatementService, type StatementService } from './statement-service.ts';
export { errorView, viewOf } from './statement-view.ts';
