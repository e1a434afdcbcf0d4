import { API_VERSION_HEADER, allRoutes, nameOf, type RouteGroup, ROUTES } from '@sluice/contract';
import fastify, { type FastifyInstance } from 'fastify';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ada } from '../../approval/testing.ts';
import { SluiceError } from '../../errors.ts';
import { createGuard } from '../authority.ts';
import type { Handlers } from './handlers.ts';
import { createRouter, type Router } from './router.ts';

let app: FastifyInstance;
let router: Router;
beforeEach(() => {
  app = fastify();
  router = createRouter(app, {
    authenticate: async (token) => {
      if (token !== 'ada') throw new SluiceError('token_invalid', 'the token is not valid');
      return { ...ada, mayDecide: true, signedInAt: 0 };
    },
    guard: createGuard({ signIn: () => ({ withinSeconds: 1, acr: null }), now: () => 0 }),
    onRefused: () => {},
    onError: () => {},
  });
});
afterEach(() => app.close());

const never = async () => Promise.reject(new Error('nobody is let in so far'));
const handlersOf = <Group extends RouteGroup>(group: Group) =>
  Object.fromEntries(Object.keys(ROUTES[group]).map((name) => [name, never])) as unknown as Handlers<Group>;

describe('the table of routes', () => {
  it('has each route once', () => {
    const names = allRoutes().map(nameOf);
    expect(names).toEqual([...new Set(names)]);
  });

  it('is all that can be served', () => {
    expect(() => app.get('/api/everything', never)).toThrow('the contract has no route GET /api/everything');
    expect(() => app.put('/api/approvals', never)).toThrow('PUT /api/approvals');
    const config = { entry: ROUTES.approvals.list };
    expect(() => app.get('/api/reviews', { config }, never)).toThrow('GET /api/reviews');
    const forged = { entry: { ...ROUTES.approvals.list, authority: 'anyone' } };
    expect(() => app.get('/api/approvals', { config: forged }, never)).toThrow('GET /api/approvals');
  });

  it('is served whole: by one handler each', async () => {
    const { list: _, ...fewer } = handlersOf('grants');
    await expect(router.serve('grants', fewer as never)).rejects.toThrow('grants.list has no handler');
    const more = { ...handlersOf('grants'), give: never };
    await expect(router.serve('grants', more)).rejects.toThrow('no route grants.give');
    await router.serve('grants', handlersOf('grants'));
    await expect(router.serve('grants', handlersOf('grants'))).rejects.toThrow('already');
  });

  it('has no group that nobody serves', async () => {
    const groups = Object.keys(ROUTES) as RouteGroup[];
    for (const group of groups.filter((group) => group !== 'saml')) {
      await router.serve(group, handlersOf(group));
    }
    expect(() => router.complete([])).toThrow('nobody serves the routes of saml');
    expect(() => router.complete(['saml'])).not.toThrow();
  });
});

describe('a program that says which version it speaks', () => {
  const ask = async (version: string | null, url = '/api/devices') => {
    const headers = {
      authorization: 'Bearer ada',
      ...(version !== null && { [API_VERSION_HEADER]: version }),
    };
    const { statusCode, headers: answered, body } = await app.inject({ url, headers });
    return { status: statusCode, code: JSON.parse(body).code, serves: answered[API_VERSION_HEADER] };
  };
  beforeEach(async () => {
    const list = async () => ({ status: 200, body: { version: 1, devices: [] } }) as const;
    await router.serve('devices', { ...handlersOf('devices'), list });
    await router.serve('about', {
      read: async () => ({ status: 200, body: { api: '' } as never }),
      signIn: never,
    });
  });

  it('is served when it is this one, and when it says nothing', async () => {
    expect(await ask('1')).toEqual({ status: 200, code: undefined, serves: '1' });
    expect(await ask(null)).toMatchObject({ status: 200 });
  });

  it('is told what to do when it is not', async () => {
    expect(await ask('0')).toEqual({ status: 400, code: 'client_too_old', serves: '1' });
    expect(await ask('2')).toMatchObject({ status: 400, code: 'relay_too_old' });
    expect(await ask('x')).toMatchObject({ status: 400, code: 'request_malformed' });
  });

  it('can always ask which are served', async () => {
    expect(await ask('0', '/api/about')).toMatchObject({ status: 200 });
  });
});
