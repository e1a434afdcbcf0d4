import type { FastifyInstance, FastifyRequest } from 'fastify';
import { SluiceError } from '../../errors.ts';
import type { Identity } from '../../identity/index.ts';

/** Lets only those in who carry a valid bearer token, before a body is even read. */
export function identify(app: FastifyInstance, authenticate: (token: string) => Promise<Identity>): void {
  app.decorateRequest('identity', null);
  app.addHook('onRequest', async (request) => {
    const [scheme = '', token = '', ...rest] = (request.headers.authorization ?? '').split(' ');
    if (scheme.toLowerCase() !== 'bearer' || token === '' || rest.length > 0) {
      throw new SluiceError('token_invalid', 'no bearer token', {
        advice: 'send `Authorization: Bearer TOKEN`',
      });
    }
    request.setDecorator('identity', await authenticate(token));
  });
}

/** Who sent the request; only behind `identify`. */
export function identityOf(request: FastifyRequest): Identity {
  return request.getDecorator<Identity>('identity');
}
