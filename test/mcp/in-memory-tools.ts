import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import fastify from 'fastify';
import { encodeRows } from '../../relay/src/encoding/index.ts';
import { SluiceError } from '../../relay/src/errors.ts';
import type { CatalogBrowser, StatementExplanation } from '../../relay/src/gate.ts';
import { createGuard } from '../../relay/src/listeners/authority.ts';
import { type McpParts, registerMcp } from '../../relay/src/listeners/mcp/index.ts';
import { createRouter } from '../../relay/src/listeners/router/index.ts';
import type { Query, QueryStatus, SpooledResult } from '../../relay/src/queries/index.ts';
import { ada, person, sessionOf, testApprovals } from '../../relay/src/approval/testing.ts';
import { shown } from '../../relay/src/text/index.ts';

export const ID = 'a4b6c1de-0000-4000-8000-000000000000';
export const ORIGIN = 'http://relay.example';
export const runner = { ...ada, mayDecide: false };
const bob = person('bob', [], { mayDecide: false });

export type Tools = Awaited<ReturnType<typeof startTools>>;

/** The MCP routes over a service that does what it is told; what people are asked is on a real store. */
export async function startTools() {
  const desk = await testApprovals();
  const app = fastify();
  const world = {
    /** How every statement stands. */
    status: { phase: 'succeeded', result: resultOf([['1'], ['2']]) } as QueryStatus,
    explanation: explained({ effect: 'allow' }),
    askAhead: null as McpParts['statements']['askAhead'] | null,
    /** What there is to look at. */
    catalog: null as CatalogBrowser | null,
    /** What the service was told, in order. */
    calls: [] as unknown[],
    unexpected: [] as unknown[],
    desk,
    app,
    connect,
    async close() {
      await app.close();
      await desk.opened.close();
    },
  };
  const authenticate = async (token: string) => {
    if (token === 'ada') return runner;
    if (token === 'bob') return bob;
    if (token === 'deciding') return { ...ada, mayDecide: true };
    if (token === 'late') throw new SluiceError('rate_limited', 'too many', { retryAfterSeconds: 7 });
    throw new SluiceError('token_invalid', 'the token is not valid');
  };
  const router = createRouter(app, {
    authenticate,
    guard: createGuard({ signIn: () => ({ withinSeconds: 1, acr: null }), now: () => 0 }),
    onRefused: () => {},
    onError: (error) => world.unexpected.push(error),
  });
  await registerMcp(app, router, {
    own: { origin: () => ORIGIN, isOwnOrigin: (origin) => origin === ORIGIN },
    authenticate,
    servers: () => ['https://id.example', 'https://other.example'],
    approvals: desk.approvals,
    grants: desk.grants,
    queries: {
      async wait(_query, ms) {
        world.calls.push({ wait: ms });
        return world.status;
      },
    },
    newId: () => 'new-id',
    onError: (error) => world.unexpected.push(error),
    statements: {
      async submit({ identity, ...by }, order) {
        world.calls.push({ submit: order, who: identity.id, ...by });
        if (order.sql === 'broken') throw new TypeError('ada@example.com');
        if (order.sql === 'refused')
          throw new SluiceError('too_many_statements', 'you have 5', { advice: '' });
        return query(world.status);
      },
      async explain({ identity, ...by }, order) {
        world.calls.push({ explain: order, who: identity.id, ...by });
        return world.explanation;
      },
      async askAhead(by, order, signal) {
        const { identity, ...caller } = by;
        world.calls.push({ ask: order, who: identity.id, ...caller });
        if (world.askAhead !== null) return await world.askAhead(by, order, signal);
        return { outcome: 'allowed', explanation: world.explanation };
      },
      async browse({ identity, ...by }, signal, look) {
        world.calls.push({ browse: signal.aborted, who: identity.id, ...by });
        if (world.catalog === null) throw new TypeError('nobody looks');
        return await look(world.catalog);
      },
      async find(identity, id) {
        world.calls.push({ find: id, who: identity.id });
        return own(identity.id, id, world.status);
      },
      async cancel(identity, id) {
        world.calls.push({ cancel: id, who: identity.id });
        return own(identity.id, id, world.status);
      },
    },
  });
  return world;

  /** Without a socket: what it sends is put to the routes. */
  async function connect(mode: 'legacy' | 'auto', token = 'ada', name = 'test-agent'): Promise<Client> {
    const made = new Client({ name, version: '1' }, { versionNegotiation: { mode } });
    const transport = new StreamableHTTPClientTransport(new URL('/mcp', ORIGIN), {
      requestInit: { headers: { authorization: `Bearer ${token}` } },
      async fetch(url, { method = 'GET', headers, body } = {}) {
        const {
          statusCode,
          headers: answered,
          payload,
        } = await app.inject({
          method,
          url: new URL(url).pathname,
          headers: Object.fromEntries(new Headers(headers)),
          ...(typeof body === 'string' ? { payload: body } : {}),
        });
        const kept = Object.entries(answered).map(([name, value]): [string, string] => [name, String(value)]);
        return new Response(statusCode === 202 ? null : payload, { status: statusCode, headers: kept });
      },
    });
    await made.connect(transport);
    return made;
  }
}

function own(who: string, id: string, status: QueryStatus): Query {
  if (id === ID && who === runner.id) return query(status);
  throw new SluiceError('result_unavailable', 'there is no such statement of yours', { advice: 'send it' });
}

function query(status: QueryStatus): Query {
  return {
    queryId: ID,
    requestId: 'r1',
    session: sessionOf(runner),
    sql: 'SELECT 1',
    describeOnly: false,
    attended: false,
    submittedAt: 0,
    endedAt: null,
    status,
    parts: [],
  };
}

export function resultOf(
  rows: readonly (readonly (string | null)[])[],
  parts: Partial<SpooledResult> = {},
): SpooledResult {
  return {
    columns: [{ name: 'A', type: 'text', nullable: true, precision: null, scale: null, length: 5 }],
    statementTypeId: 0x1000,
    parameters: {},
    state: { database: null, schema: null, warehouse: null, role: null },
    rowCount: rows.length,
    encoding: 'json',
    first: { bytes: encodeRows(rows), rowCount: rows.length },
    chunks: [],
    takes: { memory: 0, disk: 0 },
    ...parts,
  };
}

export function explained(
  decision: Partial<StatementExplanation['decision']>,
  more: Partial<StatementExplanation> = {},
): StatementExplanation {
  return {
    onlyReads: true,
    understanding: {
      type: 'understanding',
      statement: ID,
      understood: true,
      kind: { family: 'query', name: 'select' },
      objects: [],
      outputs: [],
      problem: null,
    },
    decision: {
      type: 'decision',
      statement: ID,
      effect: 'allow',
      rule: 'read',
      reason: shown`reading is fine`,
      sentence: shown`ada reads`,
      range: { start: 0, end: 6 },
      policyVersion: 'p',
      masks: [],
      ...decision,
    },
    place: { start: 0, end: 6, line: 1, column: 1 },
    reasons: [],
    outputPlaces: [],
    maskedBy: [],
    state: { database: null, schema: null, warehouse: null, role: null },
    uses: [],
    asks: null,
    error: null,
    ...more,
  };
}
