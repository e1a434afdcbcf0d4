import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { isSluiceError } from '../../errors.ts';
import type { Session } from '../../session/index.ts';
import { readBody } from './body.ts';
import type { Listening } from './deps.ts';
import { succeed } from './envelope.ts';
import { queryIdOf } from './find-query.ts';
import { mustHaveSession } from './session-auth.ts';

/** POST /queries/v1/abort-request (driver protocol, section 4.6). A statement that is not there needs no abort. */
export function abortByRequestId({ queries }: Listening) {
  return async (request: FastifyRequest, reply: FastifyReply) => {
    const { requestId } = readBody(abortBody, request.body);
    await queries.cancelByRequest(mustHaveSession(request), requestId);
    return succeed(reply, null);
  };
}

/** POST /queries/{id}/abort-request. Drivers read what became of it from the statement's own answer. */
export function abortByQueryId({ queries }: Listening) {
  return async (request: FastifyRequest, reply: FastifyReply) => {
    const { id, identity } = mustHaveSession(request);
    const owner = { by: identity, session: id, isOwn: (session: Session) => session.id === id };
    try {
      await queries.cancelOwn(owner, queryIdOf(request));
    } catch (error) {
      if (!isSluiceError(error) || error.code !== 'statement_elsewhere') throw error;
    }
    return succeed(reply, null);
  };
}

const abortBody = z.object({ requestId: z.guid() });
