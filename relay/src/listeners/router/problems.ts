import { type ErrorCode, type Problem, PROBLEM_TYPE, problemFor } from '@sluice/contract';
import type { FastifyReply } from 'fastify';
import { isSluiceError } from '../../errors.ts';

/** The one place where an error becomes an HTTP answer. Anything that is not ours says nothing of itself. */
export function problemOf(error: unknown): Problem & { readonly code: ErrorCode } {
  if (isSluiceError(error)) return problemFor(error.code, { detail: error.message, advice: error.advice });
  const code = clientErrorOf(error);
  if (code !== null) return problemFor(code, { detail: UNREADABLE[code], advice: '' });
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

const UNREADABLE = {
  request_malformed: 'the request could not be read',
  request_too_large: 'the request is larger than this route takes',
  media_type_unsupported: 'the request’s body is not of the type that this route takes',
} as const;

/** Fastify's own refusals: bad JSON, a body too large, a media type that is not JSON. */
function clientErrorOf(error: unknown): keyof typeof UNREADABLE | null {
  if (typeof error !== 'object' || error === null || !('statusCode' in error)) return null;
  const { statusCode } = error;
  if (typeof statusCode !== 'number' || statusCode < 400 || statusCode >= 500) return null;
  if (statusCode === 413) return 'request_too_large';
  return statusCode === 415 ? 'media_type_unsupported' : 'request_malformed';
}
