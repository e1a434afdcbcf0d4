import type { FastifyReply } from 'fastify';
import { type ErrorCode, isSluiceError } from '../../errors.ts';

/** RFC 9457. */
export interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly code: ErrorCode;
  readonly advice: string;
}

/** The one place where an error becomes an HTTP answer. Anything that is not ours says nothing of itself. */
export function problemOf(error: unknown): Problem {
  if (isSluiceError(error)) return problem(STATUS[error.code], error.code, error.message, error.advice);
  const status = clientErrorStatus(error);
  if (status !== null) return problem(status, 'request_malformed', 'the request could not be read', '');
  return problem(500, 'internal', 'something went wrong in the relay', 'ask the people who run it');
}

/** Answers with the error, and with when to try again where that helps. Those of the relay itself go to `onError`. */
export function sendProblem(
  reply: FastifyReply,
  error: unknown,
  onError: (error: unknown) => void,
): FastifyReply {
  const problem = problemOf(error);
  if (problem.status >= 500) onError(error);
  if (isSluiceError(error) && error.challenge !== undefined) {
    reply.header('www-authenticate', error.challenge);
  }
  return retryAfter(reply, error).code(problem.status).type('application/problem+json').send(problem);
}

/** When to try again, where an error says so. */
export function retryAfter(reply: FastifyReply, error: unknown): FastifyReply {
  const seconds = isSluiceError(error) ? error.retryAfterSeconds : undefined;
  return seconds === undefined ? reply : reply.header('retry-after', String(seconds));
}

function problem(status: number, code: ErrorCode, detail: string, advice: string): Problem {
  return {
    type: `urn:sluice:error:${code}`,
    title: code.replaceAll('_', ' '),
    status,
    detail,
    code,
    advice,
  };
}

/** Fastify's own refusals: bad JSON, a body too large, a media type that is not JSON. */
function clientErrorStatus(error: unknown): number | null {
  if (typeof error !== 'object' || error === null || !('statusCode' in error)) return null;
  const { statusCode } = error;
  return typeof statusCode === 'number' && statusCode >= 400 && statusCode < 500 ? statusCode : null;
}

const STATUS: Readonly<Record<ErrorCode, number>> = {
  token_invalid: 401,
  token_expired: 401,
  token_untrusted: 401,
  identity_revoked: 401,
  token_cannot_run: 403,
  token_cannot_decide: 403,
  sign_in_needed: 401,
  session_unknown: 404,
  session_expired: 410,
  session_ended: 410,
  session_changed: 409,
  request_malformed: 400,
  request_too_large: 413,
  request_unsupported: 404,
  request_misdirected: 421,
  statement_count: 400,
  duplicate_request: 409,
  rate_limited: 429,
  too_many_sessions: 429,
  too_many_statements: 429,
  too_many_held: 429,
  too_many_channels: 429,
  record_allowance_used: 429,
  statement_syntax: 422,
  statement_not_understood: 422,
  object_unknown: 422,
  column_unknown: 422,
  blocked: 403,
  policy_invalid: 422,
  approval_denied: 403,
  approval_expired: 409,
  approval_cancelled: 409,
  relay_stopping: 503,
  approval_void: 409,
  rows_exceeded: 403,
  approver_not_allowed: 403,
  approval_unknown: 404,
  person_unclear: 403,
  statement_cancelled: 409,
  statement_timeout: 504,
  statement_failed: 422,
  statement_outcome_unknown: 502,
  unsupported_by_warehouse: 422,
  warehouse_unavailable: 503,
  result_unavailable: 410,
  record_unavailable: 503,
  config_invalid: 500,
  internal: 500,
};
