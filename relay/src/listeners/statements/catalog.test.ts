import fastify, { type FastifyInstance } from 'fastify';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { ada } from '../../approval/testing.ts';
import { SluiceError } from '../../errors.ts';
import type { CatalogBrowser } from '../../gate.ts';
import { shown } from '../../text/index.ts';
import { createGuard } from '../authority.ts';
import { createRouter } from '../router/index.ts';
import { registerCatalog } from './catalog.ts';
import type { Caller } from './statement-service.ts';

const CUSTOMERS = { database: 'SHOP', schema: 'PUBLIC', name: 'CUSTOMERS' };
const browsed: Awaited<ReturnType<CatalogBrowser['object']>> = {
  type: 'table',
  decision: {
    type: 'decision',
    statement: 'one',
    effect: 'mask',
    rule: 'read',
    reason: shown`masked`,
    sentence: shown`ada reads`,
    range: { start: 0, end: 1 },
    policyVersion: 'p1',
    masks: [],
  },
  reads: [],
  columns: [
    { name: 'ID', type: 'NUMBER(38,0)', nullable: false, tags: [], mask: null, maskedBy: [] },
    {
      name: 'EMAIL',
      type: 'VARCHAR(16777216)',
      tags: [{ tag: 'pii' }],
      mask: { method: 'token', because: 'EMAIL (pii)', rule: 'masks' },
      maskedBy: ['GOV.PUBLIC.HIDE'],
    },
  ],
};

let app: FastifyInstance;
let callers: Caller[];
let calls: unknown[][];

beforeEach(async () => {
  [callers, calls] = [[], []];
  const catalog: CatalogBrowser = {
    async databases(...asked) {
      calls.push(['databases', ...asked]);
      return ['SHOP'];
    },
    async schemas(...asked) {
      calls.push(['schemas', ...asked]);
      return ['HR', 'PUBLIC'];
    },
    async objects(...asked) {
      calls.push(['objects', ...asked]);
      return { objects: [{ name: CUSTOMERS, type: 'table' }], next: 'CUSTOMERS' };
    },
    async object(...asked) {
      calls.push(['object', ...asked]);
      return browsed;
    },
  };
  app = fastify();
  const router = createRouter(app, {
    onRefused: () => {},
    guard: createGuard({ signIn: () => ({ withinSeconds: 1, acr: null }), now: () => 0 }),
    authenticate: async (token) => {
      if (token === 'ada') return { ...ada, mayDecide: false };
      throw new SluiceError('token_invalid', 'the token is not valid');
    },
    onError: (error) => {
      throw error;
    },
  });
  const statements = {
    async browse<Found>(by: Caller, _: AbortSignal, look: (one: CatalogBrowser) => Promise<Found>) {
      callers.push(by);
      return await look(catalog);
    },
  };
  await registerCatalog(router, { statements, newId: () => 'x1' });
});
afterEach(() => app.close());

async function get(path: string, token = 'ada') {
  const headers = { authorization: `Bearer ${token}` };
  const { statusCode, ...response } = await app.inject({
    method: 'GET',
    url: `/api/catalog${path}`,
    headers,
  });
  return { status: statusCode, body: response.json<object>() };
}

it.each<[string, unknown[], object]>([
  ['/databases', ['databases'], { databases: ['SHOP'] }],
  ['/schemas?database=SHOP', ['schemas', 'SHOP'], { schemas: ['HR', 'PUBLIC'] }],
  [
    '/objects?database=SHOP&schema=PUBLIC',
    ['objects', { database: 'SHOP', schema: 'PUBLIC' }, { after: null, most: 200 }],
    { objects: [{ name: 'CUSTOMERS', type: 'table' }], next: 'CUSTOMERS' },
  ],
  [
    '/objects?database=SHOP&schema=PUBLIC&after=A&limit=5',
    ['objects', { database: 'SHOP', schema: 'PUBLIC' }, { after: 'A', most: 5 }],
    { objects: [{ name: 'CUSTOMERS', type: 'table' }], next: 'CUSTOMERS' },
  ],
  [
    '/object?database=SHOP&schema=PUBLIC&name=CUSTOMERS',
    ['object', CUSTOMERS, 'x1'],
    {
      ...CUSTOMERS,
      type: 'table',
      select: { effect: 'mask', rule: 'read', reason: 'masked', policyVersion: 'p1' },
      columns: [
        { name: 'ID', type: 'NUMBER(38,0)', nullable: false, tags: [], mask: null },
        {
          name: 'EMAIL',
          type: 'VARCHAR(16777216)',
          nullable: true,
          tags: [{ tag: 'pii' }],
          mask: { method: 'token', because: 'EMAIL (pii)', rule: 'masks' },
          maskedBy: ['GOV.PUBLIC.HIDE'],
        },
      ],
    },
  ],
])('%s is answered as whoever asks may know it', async (path, call, body) => {
  expect(await get(path)).toEqual({ status: 200, body: { version: 1, ...body } });
  expect(calls).toEqual([call]);
  expect(callers).toMatchObject([{ identity: { id: ada.id }, address: '127.0.0.1', agent: null }]);
});

it('nobody else is answered, and nothing that is not a question', async () => {
  expect((await get('/databases', 'nobody')).status).toBe(401);
  for (const path of [
    '/schemas',
    '/objects?database=SHOP',
    '/objects?database=S&schema=P&limit=0',
    '/object?name=T',
  ])
    expect((await get(path)).status).toBe(400);
  expect(calls).toEqual([]);
});
