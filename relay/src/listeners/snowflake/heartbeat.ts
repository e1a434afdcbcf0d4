import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Listening } from './deps.ts';
import { succeed } from './envelope.ts';
import { mustHaveSession } from './session-auth.ts';

/** POST /session/heartbeat (driver protocol, section 3.2). */
export function heartbeat({ sessions }: Listening) {
  return async (request: FastifyRequest, reply: FastifyReply) => {
    await sessions.keepAlive(mustHaveSession(request));
    return succeed(reply, null);
  };
}
