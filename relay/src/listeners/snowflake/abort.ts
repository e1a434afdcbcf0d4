import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { readBody } from './body.ts';
import type { Listening } from './deps.ts';
import { succeed } from './envelope.ts';
import { mustFindQuery } from './find-query.ts';
import { mustHaveSession } from './session-auth.ts';

/** POST /queries/v1/abort-request (driver protocol, section 4.6). A statement that is not there needs no abort. */
export function abortByRequestId({ queries }: Listening) {
  return async (request: FastifyRequest, reply: FastifyReply) => {
    const { requestId } = readBody(abortBody, request.body);
    const query = queries.findByRequest(mustHaveSession(request), requestId);
    if (query !== null) queries.cancel(query);
    return succeed(reply, null);
  };
}

/** POST /queries/{id}/abort-request. */
export function abortByQueryId(listening: Listening) {
  return async (request: FastifyRequest, reply: FastifyReply) => {
    listening.queries.cancel(mustFindQuery(listening, request));
    return succeed(reply, null);
  };
}

const abortBody = z.object({ requestId: z.guid() });
