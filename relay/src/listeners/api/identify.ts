import type { FastifyInstance, FastifyRequest } from 'fastify';
import { type ErrorCode, isSluiceError, SluiceError } from '../../errors.ts';
import type { Identity } from '../../identity/index.ts';
import { AUTHORITIES, type Guard } from '../authority.ts';
import { isKnown } from '../door/index.ts';

export interface IdentifyParts {
  readonly authenticate: (token: string) => Promise<Identity>;
  readonly guard: Guard;
  /** Told of every token that is not accepted, for the record. */
  readonly onRefused: (refusal: { code: ErrorCode; what: string; reason: string }) => void;
}

/**
 * Lets only those in who carry a valid bearer token of the kind that the route wants, before a body is even read. A
 * route that nobody has said that of cannot be added.
 */
export function identify(app: FastifyInstance, { authenticate, guard, onRefused }: IdentifyParts): void {
  app.decorateRequest('identity', null);
  app.addHook('onRoute', ({ method, url }) => {
    for (const one of [method].flat()) authorityOf(one, url);
  });
  app.addHook('onRequest', async (request) => {
    try {
      const identity = await authenticate(bearerOf(request));
      isKnown(request);
      guard(identity, authorityOf(request.method, request.routeOptions.url ?? ''));
      request.setDecorator('identity', identity);
    } catch (error) {
      // Who sends too much has shown who they are.
      if (isSluiceError(error) && error.code === 'rate_limited') isKnown(request);
      else if (isSluiceError(error)) {
        const what = `${request.method} ${request.routeOptions.url}`;
        onRefused({ code: error.code, what, reason: error.message });
      }
      throw error;
    }
  });
}

function bearerOf({ headers }: FastifyRequest): string {
  const [scheme = '', token = '', ...rest] = (headers.authorization ?? '').split(' ');
  if (scheme.toLowerCase() === 'bearer' && token !== '' && rest.length === 0) return token;
  throw new SluiceError('token_invalid', 'no bearer token', { advice: 'send `Authorization: Bearer TOKEN`' });
}

/** Who sent the request; only behind `identify`. */
export function identityOf(request: FastifyRequest): Identity {
  return request.getDecorator<Identity>('identity');
}

function authorityOf(method: string, url: string) {
  const route = `${method === 'HEAD' ? 'GET' : method} ${url.replace(/(?<=.)\/$/, '')}`;
  if (!Object.hasOwn(AUTHORITIES, route)) throw new Error(`nobody has said who may ask for ${route}`);
  return AUTHORITIES[route]!;
}
