import { fastify } from 'fastify';
import { SluiceError } from '../../errors.ts';
import type { Identity } from '../../identity/index.ts';
import { createGuard } from '../authority.ts';
import { createRouter } from './router.ts';

/** A room's routes for tests, without door or sockets: somebody's token is their subject. */
export function testRoutes(people: readonly Identity[]) {
  const app = fastify();
  const errors: unknown[] = [];
  const router = createRouter(app, {
    async authenticate(token) {
      const found = people.find(({ subject }) => subject === token);
      if (found === undefined) throw new SluiceError('token_invalid', 'the token is not valid');
      return found;
    },
    guard: createGuard({
      signIn: () => ({ withinSeconds: 10 * 366 * 86_400, acr: null }),
      now: () => 4_000_000_000_000,
    }),
    onRefused: () => {},
    onError: (error) => errors.push(error),
  });
  return {
    app,
    router,
    /** What the relay itself failed of; what is left of it fails the test. */
    errors,
    async close() {
      await app.close();
      if (errors.length > 0) throw new AggregateError(errors, 'the relay itself failed');
    },
    /** GET, or POST of a body. */
    async call(who: string, url: string, payload?: object) {
      const headers = { authorization: `Bearer ${who}` };
      const answer = await app.inject(
        payload === undefined ? { url, headers } : { method: 'POST', url, headers, payload },
      );
      const isJson = String(answer.headers['content-type']).includes('json');
      return { status: answer.statusCode, text: answer.body, body: isJson ? answer.json() : null };
    },
  };
}
