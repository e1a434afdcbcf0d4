import { z } from 'zod';
import {
  sqlApiCancelled,
  sqlApiCancelQuery,
  sqlApiFailure,
  sqlApiOrder,
  sqlApiPartition,
  sqlApiReadQuery,
  sqlApiResult,
  sqlApiStatus,
  sqlApiSubmitQuery,
} from '../sql-api.ts';
import { get, jsonBody, post, type Answer, type Route } from './route.ts';

/** Bytes of a request: SQL, and batches of binds. */
const ORDER = 16 * 1024 * 1024;

const byHandle = { schema: z.object({ statementHandle: z.uuid() }), unknown: 'result_unavailable' } as const;

const OPENING = ['too_many_sessions', 'too_many_statements', 'record_allowance_used'] as const;
const RUNNING = ['statement_elsewhere', 'warehouse_unavailable'] as const;

/** Snowflake's SQL API, version 2 (Snowflake's documentation: SQL API reference), in its own form of answers and errors. */
export const SQL_API_ROUTES = {
  sqlApi: {
    submit: post('/api/v2/statements', {
      authority: 'run',
      summary: 'Snowflake’s SQL API: run a statement, or several',
      query: sqlApiSubmitQuery,
      body: jsonBody(sqlApiOrder, ORDER),
      answers: {
        200: jsonAnswer(sqlApiResult),
        202: jsonAnswer(sqlApiStatus),
        408: jsonAnswer(sqlApiFailure),
        422: jsonAnswer(sqlApiFailure),
      },
      errors: [...OPENING, ...RUNNING, 'duplicate_request', 'statement_count', 'result_unavailable'],
      errorForm: 'snowflake',
    }),
    read: get('/api/v2/statements/:statementHandle', {
      authority: 'run',
      summary: 'Snowflake’s SQL API: read the state of a statement, or a partition of its result',
      params: byHandle,
      query: sqlApiReadQuery,
      answers: {
        200: jsonAnswer(z.union([sqlApiResult, sqlApiPartition])),
        202: jsonAnswer(sqlApiStatus),
        408: jsonAnswer(sqlApiFailure),
        422: jsonAnswer(sqlApiFailure),
      },
      errors: RUNNING,
      errorForm: 'snowflake',
    }),
    cancel: post('/api/v2/statements/:statementHandle/cancel', {
      authority: 'run',
      summary: 'Snowflake’s SQL API: cancel a statement',
      params: byHandle,
      query: sqlApiCancelQuery,
      answers: { 200: jsonAnswer(sqlApiCancelled), 422: jsonAnswer(sqlApiFailure) },
      errors: RUNNING,
      errorForm: 'snowflake',
    }),
  },
} as const satisfies Readonly<Record<string, Readonly<Record<string, Route>>>>;

/** JSON that is put together from rows that are encoded already. */
function jsonAnswer<Schema extends z.ZodType>(schema: Schema) {
  return { form: 'raw', types: ['application/json'], schema } as const satisfies Answer;
}
