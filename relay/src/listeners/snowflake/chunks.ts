import { open } from 'node:fs/promises';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { SluiceError } from '../../errors.ts';
import { isKnown } from '../door/index.ts';
import { readBody } from './body.ts';
import type { ChunkSecrets } from './chunk-secret.ts';
import type { Listening } from './deps.ts';
import { fail } from './envelope.ts';

/**
 * GET /results/{id}/chunks/{n}: one file of a result. 403 when the link is not good, or no longer: a driver
 * then fetches the result again, and with it new links (driver protocol, section 7). 503 when another relay has the
 * rows: a driver sends the same request again, and a balancer brings it there.
 */
export function sendChunk({ queries, relays }: Listening, secrets: ChunkSecrets) {
  return async (request: FastifyRequest, reply: FastifyReply) => {
    const { queryId, index } = readBody(path, request.params);
    const at = await secrets.open(request.headers, queryId);
    if (at !== null) isKnown(request);
    if (at !== null && at !== relays.self && (await relays.isThere(at))) {
      const error = new SluiceError('statement_elsewhere', 'another relay has the rows of this result');
      return fail(reply.header('retry-after', '1'), error, { status: 503 });
    }
    const chunk = at === relays.self ? queries.chunk(queryId, index) : null;
    const file = chunk === null ? null : await open(chunk.path).catch(() => null);
    if (chunk === null || file === null) {
      const error = new SluiceError('result_unavailable', 'the link to the result is no longer good');
      return fail(reply, error, { status: 403 });
    }
    return reply
      .type('application/octet-stream') // not JSON: rows without outer brackets, which one driver would try to parse
      .header('content-encoding', 'gzip') // one driver does not look for itself
      .header('content-length', chunk.compressedSize)
      .send(file.createReadStream());
  };
}

const path = z.object({ queryId: z.uuid(), index: z.coerce.number().int().min(0) });
