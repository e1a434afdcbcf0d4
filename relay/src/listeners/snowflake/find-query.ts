import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import { SluiceError } from '../../errors.ts';
import type { Query } from '../../queries/index.ts';
import { readBody } from './body.ts';
import type { Listening } from './deps.ts';
import { mustHaveSession } from './session-auth.ts';

/**
 * The query that a path names, if it is the session's own. Another session's is as unknown as none, even of
 * the same person: what one client may see, another may not.
 */
export function mustFindQuery({ queries }: Listening, request: FastifyRequest): Query {
  const { queryId } = readBody(path, request.params);
  const query = queries.find(mustHaveSession(request), queryId);
  if (query !== null) return query;
  throw new SluiceError('result_unavailable', `the session has no statement \`${queryId}\``, {
    advice: 'run the statement again, if it is safe to',
  });
}

const path = z.object({ queryId: z.uuid() });
