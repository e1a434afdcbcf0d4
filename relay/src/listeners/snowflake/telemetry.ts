import type { FastifyReply, FastifyRequest } from 'fastify';
import { succeed } from './envelope.ts';

/** POST /telemetry/send: taken, so that drivers are content, and dropped unread (driver protocol, section 3.4). */
export function dropTelemetry() {
  return async (_request: FastifyRequest, reply: FastifyReply) => succeed(reply, null);
}
