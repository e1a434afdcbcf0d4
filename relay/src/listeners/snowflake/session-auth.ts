import type { FastifyRequest } from 'fastify';
import { SluiceError } from '../../errors.ts';
import type { Session, Sessions } from '../../session/index.ts';
import { isKnown } from '../door/index.ts';
import type { Listening } from './deps.ts';

const sessions = new WeakMap<FastifyRequest, Session>();

/** A hook that runs before the body is read: a stranger cannot make the relay read 64 MB. */
export function requireSession({ sessions: registry, admit }: Pick<Listening, 'sessions' | 'admit'>) {
  return async (request: FastifyRequest): Promise<void> => {
    const session = await registry.byToken(readToken(request));
    sessions.set(request, session);
    isKnown(request);
    await admit(session.identity);
  };
}

/** The session of a request that passed `requireSession`, or null. */
export function sessionOf(request: FastifyRequest): Session | null {
  return sessions.get(request) ?? null;
}

/** The session whose token a request carries, on a path that requires none; null when there is none. */
export async function findSession(registry: Sessions, request: FastifyRequest): Promise<Session | null> {
  try {
    return await registry.byToken(readToken(request));
  } catch {
    return null;
  }
}

/** The session of a request, where the route requires one. */
export function mustHaveSession(request: FastifyRequest): Session {
  const session = sessionOf(request);
  if (session === null) throw new SluiceError('session_unknown', 'the request belongs to no session');
  return session;
}

/** How a client will send a token that it is given. */
export function authorizationOf(token: string): string {
  return `Snowflake Token="${token}"`;
}

/** `Snowflake Token="..."`, a session's or, for a renewal, the master token (driver protocol, section 1). */
export function readToken(request: FastifyRequest): string {
  const token = /^Snowflake Token="([^"]{1,512})"$/.exec(request.headers.authorization ?? '')?.[1];
  if (token === undefined) {
    throw new SluiceError('session_unknown', 'the request carries no session token', { advice: 'sign in' });
  }
  return token;
}
