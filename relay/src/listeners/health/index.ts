import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { sendProblem } from '../api/errors.ts';

export interface HealthParts {
  readonly isReady: () => Promise<boolean>;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Told of errors that are not the client's. */
  readonly onError: (error: unknown) => void;
}

/** How long an answer is good: whoever asks more often makes the warehouse do no more. */
const FRESH_MS = 1_000;

/** For orchestrators: whether the process lives, and whether it can do its work now. */
export function registerHealth(app: FastifyInstance, { isReady, now, onError }: HealthParts): void {
  const open = {
    errorHandler: (error: unknown, _: FastifyRequest, reply: FastifyReply) =>
      sendProblem(reply, error, onError),
  };
  let asked = { at: -Infinity, answer: Promise.resolve(false) };
  const ready = () => {
    if (Math.abs(now() - asked.at) >= FRESH_MS) asked = { at: now(), answer: isReady().catch(() => false) };
    return asked.answer;
  };
  app.get('/livez', open, async () => ({ live: true }));
  app.get('/readyz', open, async (_, reply) => {
    const isUp = await ready();
    return await reply.code(isUp ? 200 : 503).send({ ready: isUp });
  });
}
