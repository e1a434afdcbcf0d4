import type { FastifyRequest } from 'fastify';
import type { StrangerRequest } from '../../limits/index.ts';

const strangers = new WeakMap<FastifyRequest, StrangerRequest>();
const refused = new WeakSet<FastifyRequest>();

/** For the door: whose a request is, is not known yet. */
export function isStranger(request: FastifyRequest, stranger: StrangerRequest): void {
  strangers.set(request, stranger);
}

/**
 * For every listener, once a request's token, secret or signature has been found good.
 *
 * @param given an `Authorization` header that the answer lets its client send
 */
export function isKnown(request: FastifyRequest, given?: string): void {
  strangers.get(request)?.known(given);
}

/** For the door, when it has been answered. */
export function isOver(request: FastifyRequest): void {
  strangers.get(request)?.end();
}

/** For the door, which has put the refusal on the record itself. */
export function isRefusedAtDoor(request: FastifyRequest): void {
  refused.add(request);
}

export function wasRefusedAtDoor(request: FastifyRequest): boolean {
  return refused.has(request);
}
