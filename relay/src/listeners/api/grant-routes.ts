import type { FastifyInstance } from 'fastify';
import type { Grant } from '../../approval/index.ts';
import { identityOf } from './identify.ts';
import type { ApiParts } from './parts.ts';
import { readId } from './read.ts';

/** Grants: list them, take them back. They are given with a decision. */
export function grantRoutes(app: FastifyInstance, { grants }: ApiParts): void {
  app.get('/grants', async (request) => ({
    version: 1,
    grants: (await grants.list(identityOf(request))).map(viewOfGrant),
  }));

  app.delete('/grants/:id', async (request, reply) => {
    await grants.revoke(identityOf(request), readId(request.params));
    return reply.code(204).send();
  });
}

function viewOfGrant({ id, requester, bounds, givenBy, givenAt, expiresAt }: Grant) {
  return {
    id,
    requester: { id: requester.id, name: requester.name },
    bounds,
    givenBy: givenBy.map(({ id, name }) => ({ id, name })),
    givenAt: new Date(givenAt).toISOString(),
    expiresAt: new Date(expiresAt).toISOString(),
  };
}
