import type { FastifyReply, FastifyRequest } from 'fastify';
import { isSluiceError } from '../../errors.ts';
import { isKnown } from '../door/index.ts';
import type { Listening } from './deps.ts';
import { fail, succeed } from './envelope.ts';
import { authorizationOf, readToken } from './session-auth.ts';

/** POST /session/token-request, with the master token as the request's token (driver protocol, section 3.1). */
export function renew({ sessions, admit }: Listening) {
  return async (request: FastifyRequest, reply: FastifyReply) => {
    try {
      const grant = await sessions.renew(readToken(request), admit);
      isKnown(request, authorizationOf(grant.token));
      return succeed(reply, {
        sessionToken: grant.token,
        validityInSecondsST: grant.tokenSeconds,
        masterToken: grant.masterToken,
        validityInSecondsMT: grant.masterSeconds,
        sessionId: grant.session.number,
      });
    } catch (error) {
      if (isSluiceError(error)) return fail(reply, error, { renewing: true });
      throw error;
    }
  };
}
