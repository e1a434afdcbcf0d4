import type { FastifyInstance } from 'fastify';
import type { LiveGrant } from '../../approval/index.ts';
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

function viewOfGrant(grant: LiveGrant) {
  const { id, requester, bounds, covers, rows, rowsInAll, rowsLeft, givenBy, givenAt, expiresAt } = grant;
  return {
    id,
    requester: { id: requester.id, name: requester.name },
    covers,
    rows,
    rowsInAll,
    rowsLeft,
    bounds,
    givenBy: givenBy.map(({ id, name }) => ({ id, name })),
    givenAt: new Date(givenAt).toISOString(),
    expiresAt: new Date(expiresAt).toISOString(),
  };
}
