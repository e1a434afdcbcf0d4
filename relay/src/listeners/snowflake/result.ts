import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Listening } from './deps.ts';
import { mustFindQuery } from './find-query.ts';
import { type Answering, respondWhenSettled } from './query-response.ts';

/** GET /queries/{id}/result (driver protocol, section 5.2): polled while a statement runs, fetched again after. */
export function fetchResult(listening: Listening, answering: Answering) {
  return async (request: FastifyRequest, reply: FastifyReply) =>
    respondWhenSettled(listening, answering, reply, await mustFindQuery(listening, request));
}
