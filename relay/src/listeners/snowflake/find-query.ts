import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { Query } from '../../queries/index.ts';
import { readBody } from './body.ts';
import type { Listening } from './deps.ts';
import { mustHaveSession } from './session-auth.ts';

/**
 * The query that a path names, if it is the session's own. Another session's is as unknown as none, even of
 * the same person: what one client may see, another may not. Throws `statement_elsewhere`, and what became of one that
 * is nowhere any more.
 */
export async function mustFindQuery({ queries }: Listening, request: FastifyRequest): Promise<Query> {
  return await queries.find(mustHaveSession(request), queryIdOf(request));
}

export function queryIdOf(request: FastifyRequest): string {
  return readBody(path, request.params).queryId;
}

const path = z.object({ queryId: z.uuid() });
