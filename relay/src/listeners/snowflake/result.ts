import type { FastifyReply, FastifyRequest } from 'fastify';
import type { ChunkSecrets } from './chunk-secret.ts';
import type { Listening } from './deps.ts';
import { mustFindQuery } from './find-query.ts';
import { respondWhenSettled } from './query-response.ts';

/** GET /queries/{id}/result (driver protocol, section 5.2): polled while a statement runs, fetched again after. */
export function fetchResult(listening: Listening, secrets: ChunkSecrets) {
  return async (request: FastifyRequest, reply: FastifyReply) =>
    respondWhenSettled(listening, secrets, reply, await mustFindQuery(listening, request));
}
