import { encodeRows } from '../../encoding/index.ts';
import fastify, { type FastifyInstance } from 'fastify';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ada, person, sessionOf } from '../../approval/testing.ts';
import { SluiceError } from '../../errors.ts';
import type { Identity } from '../../identity/index.ts';
import type { Query, QueryStatus, SpooledResult } from '../../queries/index.ts';
import { shown } from '../../text/index.ts';
import { createGuard } from '../authority.ts';
import { createRouter } from '../router/index.ts';
import { registerStatements } from './statements.ts';

const state = { database: null, schema: null, warehouse: null, role: null };
const result = (
  rows: readonly (readonly (string | null)[])[],
  parts: Partial<SpooledResult> = {},
): SpooledResult => ({
  columns: [{ name: 'A', type: 'text', nullable: true, precision: null, scale: null, length: 5 }],
  statementTypeId: 0x1000,
  state,
  parameters: {},
  rowCount: rows.length,
  encoding: 'json',
  first: { bytes: encodeRows(rows), rowCount: rows.length },
  chunks: [],
  takes: { memory: 0, disk: 0 },
  ...parts,
});

const ID = 'a4b6c1de-0000-4000-8000-000000000000';

let app: FastifyInstance;
let status: QueryStatus;
let calls: unknown[];
/** Codes of tokens that were not accepted, for the record. */
let refusals: string[];
let unexpected: unknown[];
const query = (): Query => ({
  queryId: ID,
  requestId: 'r1',
  session: sessionOf(ada),
  sql: 'SELECT 1',
  describeOnly: false,
  attended: false,
  submittedAt: 0,
  endedAt: null,
  status,
  parts: [],
});

beforeEach(async () => {
  status = { phase: 'succeeded', result: result([['1'], ['2'], ['3'], [null]]) };
  calls = [];
  refusals = [];
  unexpected = [];
  app = fastify();
  const router = createRouter(app, {
    onRefused: (refusal) => refusals.push(refusal.code),
    guard: createGuard({ signIn: () => ({ withinSeconds: 1, acr: null }), now: () => 0 }),
    authenticate: async (token) => {
      if (token === 'ada') return { ...ada, mayDecide: false };
      if (token === 'bob') return person('bob', [], { mayDecide: false });
      throw new SluiceError('token_invalid', 'the token is not valid');
    },
    onError: (error) => unexpected.push(error),
  });
  await registerStatements(router, {
    statements: {
      async submit(by, order) {
        calls.push({ submit: order, identity: by.identity.id, agent: by.agent, address: by.address });
        if (order.sql === 'broken') throw new TypeError('ada@example.com');
        return query();
      },
      explain: () => Promise.reject(new TypeError('nobody asks')),
      askAhead: () => Promise.reject(new TypeError('nobody asks ahead')),
      browse: () => Promise.reject(new TypeError('nobody looks')),
      find: async (identity, id) => own(identity, id),
      async cancel(identity, id) {
        const found = own(identity, id);
        calls.push('cancel');
        return found;
      },
    },
    queries: {
      async wait(_query, ms) {
        calls.push({ wait: ms });
        return status;
      },
    },
    newId: () => 'new-id',
  });
});
afterEach(() => app.close());

function own(identity: Identity, id: string): Query {
  if (id === ID && identity.id === ada.id) return query();
  throw new SluiceError('result_unavailable', 'there is no such statement of yours');
}

async function call(method: 'GET' | 'POST' | 'DELETE', path: string, payload?: object, token = 'ada') {
  const response = await app.inject({
    method,
    url: `/api/statements${path}`,
    headers: { authorization: `Bearer ${token}` },
    ...(payload && { payload }),
  });
  expect(response.headers['cache-control']).toBe('no-store');
  return { status: response.statusCode, body: response.json<Record<string, unknown>>() };
}

describe('a statement that is sent', () => {
  it('is answered with its rows when it is done, and with a handle when it is not', async () => {
    expect(await call('POST', '', { sql: 'SELECT 1' })).toEqual({
      status: 200,
      body: {
        version: 1,
        id: ID,
        phase: 'succeeded',
        columns: [{ name: 'A', type: 'text', precision: null, scale: null }],
        rowCount: 4,
        rows: [['1'], ['2'], ['3'], [null]],
        next: null,
      },
    });
    status = { phase: 'running' };
    expect(await call('POST', '', { sql: 'SELECT 1' })).toEqual({
      status: 202,
      body: { version: 1, id: ID, phase: 'running' },
    });
  });

  it('says what is asked, by whom, and nothing that was not said', async () => {
    await call('POST', '', { sql: 'SELECT 1' });
    expect(calls).toEqual([
      {
        submit: { requestId: 'new-id', sql: 'SELECT 1', binds: {}, prompt: null, onlyReads: false },
        identity: ada.id,
        agent: null,
        address: '127.0.0.1',
      },
      { wait: 0 },
    ]);
  });

  it('says what agent, prompt, binds and reason were given, and waits as long as it is told', async () => {
    const requestId = '7b0a7f0e-3f5e-4a59-9b5a-0f6a6f3d8c11';
    const binds = { '1': { type: 'TEXT', value: null } };
    const sent = {
      sql: 'SELECT ?',
      binds,
      requestId,
      prompt: 'who?',
      promptBy: 'person',
      conversation: 'c-1',
      agent: 'Copilot',
      onlyReads: true,
      wait: 30,
    };
    await call('POST', '', sent);
    expect(calls).toMatchObject([
      {
        submit: {
          requestId,
          binds,
          prompt: { text: 'who?', source: 'api', by: 'person', conversation: 'c-1' },
          onlyReads: true,
        },
        agent: 'Copilot',
      },
      { wait: 30_000 },
    ]);
  });

  it.each([
    [{}],
    [{ sql: '' }],
    [{ sql: 'SELECT 1', binds: { '0': { type: 'TEXT', value: 'a' } } }],
    [{ sql: 'SELECT 1', binds: { '1': { type: 'TEXT' } } }],
    [{ sql: 'SELECT 1', requestId: 'mine' }],
    [{ sql: 'SELECT 1', agent: 'a'.repeat(201) }],
    [{ sql: 'SELECT 1', prompt: 'who?', promptBy: 'approver' }],
    [{ sql: 'SELECT 1', prompt: 'who?', conversation: 'two words' }],
    [{ sql: 'SELECT 1', breakGlass: 'the shop is down' }],
    [{ sql: 'SELECT 1', wait: 31 }],
    [{ sql: 'SELECT 1', wait: -1 }],
    [{ sql: 'SELECT 1', session: 'mine' }],
  ])('is not taken as %j', async (payload) => {
    expect(await call('POST', '', payload)).toMatchObject({
      status: 400,
      body: { code: 'request_malformed' },
    });
    expect(calls).toEqual([]);
  });

  it('says nothing of what failed in the relay', async () => {
    const { status: code, body } = await call('POST', '', { sql: 'broken' });
    expect([code, body['code']]).toEqual([500, 'internal']);
    expect(JSON.stringify(body)).not.toContain('ada@');
    expect(unexpected).toEqual([expect.any(TypeError)]);
  });
});

describe('a handle', () => {
  it('is its owner’s alone', async () => {
    for (const method of ['GET', 'DELETE'] as const) {
      expect((await call(method, `/${ID}`, undefined, 'bob')).status).toBe(410);
      expect((await call(method, `/${ID}`, undefined, 'nobody')).status).toBe(401);
      expect((await call(method, '/q2')).body).toMatchObject({ code: 'result_unavailable' });
    }
    expect(refusals).toEqual(['token_invalid', 'token_invalid']);
    expect(calls).toEqual([]);
  });

  it.each([
    ['', [['1'], ['2'], ['3'], [null]], null],
    ['?from=1&limit=2', [['2'], ['3']], 3],
    ['?from=2&limit=2', [['3'], [null]], null],
    ['?from=4', [], null],
    ['?limit=0', [], 0],
  ])('shows a page of rows: %s', async (page, rows, next) => {
    expect((await call('GET', `/${ID}${page}`)).body).toMatchObject({ rows, next, rowCount: 4 });
  });

  it.each(['?from=-1', '?limit=10001', '?wait=31', '?page=2'])('shows no page %s', async (page) => {
    expect((await call('GET', `/${ID}${page}`)).status).toBe(400);
  });

  it('waits as long as it is told', async () => {
    await call('GET', `/${ID}?wait=1.5`);
    expect(calls).toEqual([{ wait: 1_500 }]);
  });

  it('cancels, and shows what became of it', async () => {
    status = { phase: 'failed', error: new SluiceError('statement_cancelled', 'cancelled') };
    expect((await call('DELETE', `/${ID}`)).body).toEqual({
      version: 1,
      id: ID,
      phase: 'failed',
      error: { code: 'statement_cancelled', message: 'cancelled', advice: '' },
    });
    expect(calls).toEqual(['cancel', { wait: 5_000 }]);
  });
});

describe('what is shown of a statement', () => {
  it.each<[QueryStatus, object]>([
    [{ phase: 'submitted' }, {}],
    [{ phase: 'running' }, {}],
    [
      {
        phase: 'held',
        approval: {
          approvalId: 'a1',
          expiresAt: Date.UTC(2026, 10, 20, 12),
          approvers: ['owners'],
          needed: 1,
        },
      },
      { approval: { id: 'a1', expiresAt: '2026-11-20T12:00:00.000Z', approvers: ['owners'], needed: 1 } },
    ],
    [
      { phase: 'failed', error: new SluiceError('blocked', 'no', { advice: 'ask', rule: 'closed' }) },
      { error: { code: 'blocked', message: 'no', advice: 'ask', rule: 'closed' } },
    ],
    [
      {
        phase: 'failed',
        error: new SluiceError('blocked', 'no', { place: { start: 9, end: 12, line: 2, column: 3 } }),
      },
      {
        error: {
          code: 'blocked',
          message: 'no',
          advice: '',
          place: { start: 9, end: 12, line: 2, column: 3 },
        },
      },
    ],
  ])('$phase', async (given, shown) => {
    status = given;
    expect((await call('GET', `/${ID}`)).body).toEqual({ version: 1, id: ID, phase: given.phase, ...shown });
  });

  it('says what is masked, computed on something else, or was changed', async () => {
    const masked = { method: 'token', because: shown`T.A (pii)`, rule: 'masks' };
    const computedOn = { on: 'tokens', because: shown`T.A (pii)` } as const;
    const [column] = result([]).columns;
    const changed = { inserted: 1, updated: 0, deleted: 0 };
    status = {
      phase: 'succeeded',
      result: result([['1']], {
        columns: [
          { ...column!, masked },
          { ...column!, computedOn },
        ],
        computedOn,
        changed,
      }),
    };
    expect((await call('GET', `/${ID}`)).body).toMatchObject({
      columns: [{ masked }, { computedOn }],
      computedOn,
      changed,
    });
  });
});
