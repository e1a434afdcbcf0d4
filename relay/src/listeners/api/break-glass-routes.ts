import { breakGlassOrder } from '@sluice/contract';
import type { FastifyInstance } from 'fastify';
import { identityOf } from './identify.ts';
import type { ApiParts } from './parts.ts';
import { read } from './read.ts';

/** Opening break-glass for a statement that then comes by any client of the same account. */
export function breakGlassRoutes(app: FastifyInstance, { openings, defaults }: ApiParts): void {
  app.post('/break-glass', async (request, reply) => {
    const asked = read(breakGlassOrder, request.body);
    const { reason, sql, minutes, database = defaults.database, schema = defaults.schema } = asked;
    const opening = await openings.open(identityOf(request), { reason, sql, minutes, database, schema });
    return reply.code(201).send({
      version: 1,
      id: opening.id,
      database: opening.database,
      schema: opening.schema,
      until: new Date(opening.until).toISOString(),
    });
  });
}
