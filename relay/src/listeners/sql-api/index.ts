export { registerSqlApi, type SqlApiParts } from './sql-api-routes.ts';
export { createRequestSessions, type RequestSessions } from './request-sessions.ts';
