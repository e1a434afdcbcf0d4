import { ABOUT } from '@sluice/contract';
import type { FastifyInstance } from 'fastify';
import { SluiceError } from '../../errors.ts';
import { type Router, sendProblem } from '../router/index.ts';
import { approvalRoutes } from './approval-routes.ts';
import { breakGlassRoutes } from './break-glass-routes.ts';
import { callbackRoutes } from './callback-routes.ts';
import { checkpointRoutes } from './checkpoint-routes.ts';
import { deviceRoutes } from './device-routes.ts';
import { grantRoutes } from './grant-routes.ts';
import type { ApiParts } from './parts.ts';
import { holdRoutes } from './hold-routes.ts';
import { retentionRoutes } from './retention-routes.ts';
import { revocationRoutes } from './revocation-routes.ts';
import { sessionRoutes } from './session-routes.ts';

export type { ApiParts } from './parts.ts';
export type { IntegrationCallback } from './parts.ts';
export { createLiveChannel, type LiveChannel, type LiveLimits } from './live/live-channel.ts';
export { createSessionAccess, type SessionAccess } from './session-access.ts';

/**
 * The API for people and their programs, under `/api`. A bearer token is the only way in: no cookies, so
 * that no other site's page can act for somebody. The live channel is beside it: `LiveChannel.upgrade`.
 */
export async function registerApi(app: FastifyInstance, router: Router, parts: ApiParts): Promise<void> {
  await router.serve('about', {
    read: async () => ({ status: 200, body: ABOUT }),
    signIn: async () => ({ status: 200, body: parts.signInPlaces }),
  });
  await approvalRoutes(router, parts);
  await breakGlassRoutes(router, parts);
  await grantRoutes(router, parts);
  await deviceRoutes(router, parts);
  await revocationRoutes(router, parts);
  await sessionRoutes(router, parts);
  await checkpointRoutes(router, parts);
  await holdRoutes(router, parts);
  await retentionRoutes(router, parts);
  await callbackRoutes(router, parts);
  await app.register(
    async (rest) => {
      rest.setErrorHandler((error, _request, reply) => sendProblem(reply, error, parts.onError));
      rest.setNotFoundHandler(() => {
        throw new SluiceError('request_unsupported', 'there is nothing at this address');
      });
    },
    { prefix: '/api' },
  );
}
