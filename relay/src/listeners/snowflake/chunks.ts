import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { type ErrorCode, isSluiceError, SluiceError } from '../../errors.ts';
import { isKnown } from '../door/index.ts';
import { readBody } from './body.ts';
import type { ChunkSecrets } from './chunk-secret.ts';
import type { Listening } from './deps.ts';
import { fail, sendAgain } from './envelope.ts';

/**
 * GET /results/{id}/chunks/{n}: a chunk of a result. 403 when the link is not good, or no longer, or there will be nothing
 * more of the result: a driver then fetches the result again, and with it new links, or the reason (driver protocol,
 * section 7). 503 when the warehouse does not give it now, and when another relay has the rows: a driver sends the same
 * request again, and a balancer brings it there.
 */
export function sendChunk({ queries, relays }: Listening, secrets: ChunkSecrets) {
  return async (request: FastifyRequest, reply: FastifyReply) => {
    const { queryId, index } = readBody(path, request.params);
    const at = await secrets.open(request.headers, queryId);
    if (at !== null) isKnown(request);
    if (at !== null && at !== relays.self && (await relays.isThere(at))) {
      const error = new SluiceError('statement_elsewhere', 'another relay has the rows of this result');
      return refuse(reply, error);
    }
    const chunk = at === relays.self ? queries.chunk(queryId, index) : null;
    if (chunk === null) return refuse(reply, noLongerGood());
    const gone = new AbortController();
    reply.raw.once('close', () => gone.abort());
    try {
      const { size, stream } = await chunk.open(gone.signal);
      if (gone.signal.aborted) stream.destroy();
      return reply
        .type('application/octet-stream') // not JSON: rows without outer brackets, which one driver would try to parse
        .header('content-encoding', 'gzip') // one driver does not look for itself
        .header('content-length', size)
        .send(stream);
    } catch (error) {
      if (gone.signal.aborted) return reply.hijack();
      if (!isSluiceError(error)) throw error;
      return refuse(reply, error);
    }
  };
}

/** What is worth the same request again. */
const AGAIN: ReadonlySet<ErrorCode> = new Set(['warehouse_unavailable', 'statement_elsewhere']);

/** The code stands where drivers show something of an answer that has no rows: in the status line. */
function refuse(reply: FastifyReply, error: SluiceError): FastifyReply {
  reply.raw.statusMessage = error.code;
  return AGAIN.has(error.code) ? sendAgain(reply, error) : fail(reply, error, { status: 403 });
}

function noLongerGood(): SluiceError {
  return new SluiceError('result_unavailable', 'the link to the result is no longer good');
}

const path = z.object({ queryId: z.uuid(), index: z.coerce.number().int().min(0) });
