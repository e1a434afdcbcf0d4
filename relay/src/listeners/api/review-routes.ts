import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { identityOf } from './identify.ts';
import type { ApiParts } from './parts.ts';
import { read, readId } from './read.ts';

const listQuery = z.strictObject({ state: z.enum(['open', 'closed']).default('open') });
const closing = z.strictObject({ comment: z.string().max(4000) });

/** What ran by break-glass, to be looked at by another person. */
export function reviewRoutes(app: FastifyInstance, { reviews }: ApiParts): void {
  app.get('/reviews', async (request) => {
    const { state } = read(listQuery, request.query);
    return { version: 1, reviews: await reviews.list(identityOf(request), state) };
  });

  app.post('/reviews/:id/close', async (request) => {
    const { comment } = read(closing, request.body);
    return reviews.close(identityOf(request), readId(request.params), comment);
  });
}
