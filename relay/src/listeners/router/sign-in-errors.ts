import type { Problem } from '@sluice/contract';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { ErrorCode } from '../../errors.ts';
import { messagePage } from '../../identity/index.ts';
import { wasRefusedAtDoor } from '../door/index.ts';
import { problemOf, retryAfter } from './problems.ts';
import type { ServeOptions } from './router.ts';

export interface SignInErrorParts {
  /** Told of every sign-in that is refused, with the reason that the caller is not given. */
  readonly onRefused: (refusal: { code: ErrorCode; what: string; reason: string }) => void;
  readonly onError: (error: unknown) => void;
}

/** How signing in fails: before a person as a page, before a program as OAuth has it. */
export function signInErrors(parts: SignInErrorParts): NonNullable<ServeOptions['errors']> {
  return {
    page: (error, request, reply) => answerPage(error, reply, report(error, request, parts)),
    oauth: (error, request, reply) => answerProgram(error, reply, report(error, request, parts)),
  };
}

/** Where a person's browser comes by: what goes wrong is a page. */
function answerPage(error: unknown, reply: FastifyReply, { status, detail, advice }: Problem): FastifyReply {
  const body = [detail, advice].filter((text) => text !== '').map(sentence);
  return retryAfter(reply, error)
    .code(status)
    .header('content-security-policy', PAGE_CSP)
    .type('text/html; charset=utf-8')
    .send(messagePage('You are not signed in', body.join(' ')));
}

/** Of a page without a script. */
export const PAGE_CSP = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'";

/** Where a program redeems its code: RFC 6749, section 5.2. */
function answerProgram(error: unknown, reply: FastifyReply, { status, code, detail }: Problem): FastifyReply {
  if (status === 429 || status === 421) {
    // No code of RFC 6749 says so; this one comes nearest.
    return retryAfter(reply, error)
      .code(status)
      .send({ error: 'temporarily_unavailable', error_description: detail });
  }
  if (status >= 500) return reply.code(status).send({ error: 'server_error', error_description: detail });
  const oauth = code === 'token_invalid' ? 'invalid_grant' : 'invalid_request';
  return reply.code(400).send({ error: oauth, error_description: detail });
}

function report(
  error: unknown,
  request: FastifyRequest,
  { onRefused, onError }: SignInErrorParts,
): Problem & { readonly code: ErrorCode } {
  const problem = problemOf(error);
  if (problem.status >= 500) onError(error);
  else if (!wasRefusedAtDoor(request)) {
    const what = `${request.method} ${request.routeOptions.url}`;
    onRefused({ code: problem.code, what, reason: reasonOf(error) });
  }
  return problem;
}

/** The message and every cause under it. */
function reasonOf(error: unknown): string {
  const messages: string[] = [];
  for (let at = error; at instanceof Error; at = at.cause) messages.push(at.message);
  return messages.join(': ').slice(0, 1_000);
}

function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}
