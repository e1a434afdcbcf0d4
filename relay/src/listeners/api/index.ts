import type { FastifyInstance } from 'fastify';
import { SluiceError } from '../../errors.ts';
import { approvalRoutes } from './approval-routes.ts';
import { breakGlassRoutes } from './break-glass-routes.ts';
import { callbackRoutes } from './callback-routes.ts';
import { deviceRoutes } from './device-routes.ts';
import { sendProblem } from './errors.ts';
import { grantRoutes } from './grant-routes.ts';
import { identify } from './identify.ts';
import type { ApiParts } from './parts.ts';
import { reviewRoutes } from './review-routes.ts';
import { revocationRoutes } from './revocation-routes.ts';
import { sessionRoutes } from './session-routes.ts';

export type { ApiParts } from './parts.ts';
export type { IntegrationCallback } from './callback-routes.ts';
export { createLiveChannel, type LiveChannel, type LiveLimits } from './live/live-channel.ts';

/** Bytes of a request's body. A proposal may be as long as a statement. */
const BODY_LIMIT = 512 * 1024;

/**
 * The API for people and their programs, under `/api`. A bearer token is the only way in: no cookies, so
 * that no other site's page can act for somebody. The live channel is beside it: `LiveChannel.upgrade`.
 */
export async function registerApi(app: FastifyInstance, parts: ApiParts): Promise<void> {
  await app.register(
    async (api) => {
      api.removeAllContentTypeParsers();
      api.addContentTypeParser(
        'application/json',
        { parseAs: 'string', bodyLimit: BODY_LIMIT },
        api.getDefaultJsonParser('error', 'error'),
      );
      api.setErrorHandler((error, _request, reply) => sendProblem(reply, error, parts.onError));
      api.setNotFoundHandler(() => {
        throw new SluiceError('request_unsupported', 'there is nothing at this address');
      });
      api.addHook('onSend', async (_request, reply) => {
        reply.header('cache-control', 'no-store').header('x-content-type-options', 'nosniff');
      });
      await api.register(async (own) => {
        identify(own, parts);
        approvalRoutes(own, parts);
        breakGlassRoutes(own, parts);
        grantRoutes(own, parts);
        deviceRoutes(own, parts);
        reviewRoutes(own, parts);
        revocationRoutes(own, parts);
        sessionRoutes(own, parts);
      });
      await api.register(async (callbacks) => callbackRoutes(callbacks, parts));
    },
    { prefix: '/api' },
  );
}
