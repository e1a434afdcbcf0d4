import { type ErrorCode, type Problem, PROBLEM_TYPE, problemFor } from '@sluice/contract';
import type { FastifyReply } from 'fastify';
import { isSluiceError } from '../../errors.ts';

/** The one place where an error becomes an HTTP answer. Anything that is not ours says nothing of itself. */
export function problemOf(error: unknown): Problem & { readonly code: ErrorCode } {
  if (isSluiceError(error)) return problemFor(error.code, { detail: error.message, advice: error.advice });
  const status = clientErrorStatus(error);
  if (status !== null) {
    const detail = 'the request could not be read';
    return problemFor('request_malformed', { status, detail, advice: '' });
  }
  return problemFor('internal', {
    detail: 'something went wrong in the relay',
    advice: 'ask the people who run it',
  });
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
  return retryAfter(reply, error).code(problem.status).type(PROBLEM_TYPE).send(problem);
}

/** When to try again, where an error says so. */
export function retryAfter(reply: FastifyReply, error: unknown): FastifyReply {
  const seconds = isSluiceError(error) ? error.retryAfterSeconds : undefined;
  return seconds === undefined ? reply : reply.header('retry-after', String(seconds));
}

/** Fastify's own refusals: bad JSON, a body too large, a media type that is not JSON. */
function clientErrorStatus(error: unknown): number | null {
  if (typeof error !== 'object' || error === null || !('statusCode' in error)) return null;
  const { statusCode } = error;
  return typeof statusCode === 'number' && statusCode >= 400 && statusCode < 500 ? statusCode : null;
}
