import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { readBody } from './body.ts';
import type { Listening } from './deps.ts';
import { succeed } from './envelope.ts';
import { mustHaveSession } from './session-auth.ts';

/** POST /session?delete=true (driver protocol, section 3.3). Results of the session go with it. */
export function closeSession({ sessions }: Listening) {
  return async (request: FastifyRequest, reply: FastifyReply) => {
    readBody(deletion, request.query);
    await sessions.end(mustHaveSession(request).id, 'client');
    return succeed(reply, null);
  };
}

const deletion = z.object({ delete: z.literal('true') });
