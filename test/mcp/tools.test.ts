import type { Client } from '@modelcontextprotocol/client';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { SluiceError } from '../../relay/src/errors.ts';
import type { StatementExplanation } from '../../relay/src/gate.ts';
import type { QueryStatus } from '../../relay/src/queries/index.ts';
import {
  accessRequest,
  ada,
  asking,
  askTerms,
  deleteRequest,
  holdNow,
  owners,
} from '../../relay/src/approval/testing.ts';
import { shown } from '../../relay/src/text/index.ts';
import { explained, ID, ORIGIN, resultOf, runner, startTools, type Tools } from './in-memory-tools.ts';

let world: Tools;
let client: Client;
beforeEach(async () => {
  world = await startTools();
  client = await world.connect('auto');
});
afterEach(async () => {
  await client.close();
  await world.close();
});

async function call(name: string, given: Record<string, unknown>) {
  const { structuredContent, isError, content } = await client.callTool({ name, arguments: given });
  const said = (content as readonly { readonly text: string }[]).map(({ text }) => text);
  return { view: structuredContent as Record<string, unknown> | undefined, isError: isError ?? false, said };
}

const caller = { who: runner.id, address: '127.0.0.1', agent: 'test-agent' };

describe('run_statement', () => {
  it('submits it for whoever is signed in, once, and answers its rows', async () => {
    const { view, isError, said } = await call('run_statement', {
      sql: 'SELECT 1',
      prompt: 'count',
      wait: 3,
    });
    expect(world.calls).toEqual([
      {
        submit: {
          sql: 'SELECT 1',
          binds: {},
          requestId: 'new-id',
          prompt: { text: 'count', source: 'mcp', by: 'model' },
        },
        ...caller,
      },
      { wait: 3_000 },
    ]);
    expect(view).toEqual({
      version: 1,
      id: ID,
      phase: 'succeeded',
      columns: [{ name: 'A', type: 'text', precision: null, scale: null }],
      rowCount: 2,
      rows: [['1'], ['2']],
      next: null,
    });
    expect([isError, said[0], JSON.parse(said[1]!)]).toEqual([false, '2 rows in all', view]);
  });

  it('without a prompt it has none, and it waits ten seconds', async () => {
    await call('run_statement', { sql: 'SELECT 1' });
    expect(world.calls).toMatchObject([{ submit: { prompt: null } }, { wait: 10_000 }]);
  });

  it.each<[string, Record<string, unknown>]>([
    ['an empty text', { sql: '' }],
    ['a text that is too long', { sql: 'x'.repeat(1_000_001) }],
    ['a wait that is too long', { sql: 'SELECT 1', wait: 31 }],
    ['a wait that is none', { sql: 'SELECT 1', wait: -1 }],
    ['break-glass', { sql: 'SELECT 1', break_glass: 'now' }],
  ])('takes no %s', async (_, given) => {
    const { isError } = await call('run_statement', given);
    expect([isError, world.calls]).toEqual([true, []]);
  });

  it.each<[string, QueryStatus, string, boolean]>([
    ['one row', { phase: 'succeeded', result: resultOf([['1']]) }, '1 row in all', false],
    ['no rows', { phase: 'succeeded', result: resultOf([]) }, '0 rows in all', false],
    ['running', { phase: 'running' }, 'not finished: call get_statement with this id', false],
    [
      'held',
      {
        phase: 'held',
        approval: { approvalId: ID, expiresAt: Date.UTC(2026, 10, 20, 12), approvers: ['owners'], needed: 1 },
      },
      'held until 1 of owners agree, at the latest until 2026-11-20T12:00:00.000Z: call get_statement with this id and ' +
        'wait, and do not send the statement again',
      false,
    ],
    [
      'refused, with advice',
      { phase: 'failed', error: new SluiceError('blocked', 'it stays', { advice: 'ask', rule: 'keep' }) },
      'it stays; ask',
      true,
    ],
    ['failed', { phase: 'failed', error: new SluiceError('statement_failed', 'no') }, 'no', true],
  ])('says of a statement how it stands: %s', async (_, is, sentence, isFailed) => {
    world.status = is;
    const { said, isError, view } = await call('run_statement', { sql: 'SELECT 1' });
    expect([said[0], isError, view?.['phase']]).toEqual([sentence, isFailed, is.phase]);
  });

  it('answers 200 rows, and where the next ones are', async () => {
    const rows = Array.from({ length: 201 }, (_, index) => [String(index)]);
    world.status = { phase: 'succeeded', result: resultOf(rows) };
    const { view, said } = await call('run_statement', { sql: 'SELECT 1' });
    expect(view).toMatchObject({ next: 200, rowCount: 201 });
    expect(view?.['rows']).toHaveLength(200);
    expect(said[0]).toBe(
      '200 of 201 rows: call get_statement with from 200 for more, or narrow the statement',
    );
  });

  it('says what is masked, and what was computed on something else', async () => {
    const [plain] = resultOf([]).columns;
    const because = shown`T.A (pii)`;
    const columns = [
      { ...plain!, name: 'MAIL', masked: { method: 'token', because, rule: 'masks' } },
      { ...plain!, name: 'N'.repeat(100), masked: { method: 'redact', because, rule: 'masks' } },
      { ...plain!, name: 'COUNTED', computedOn: { on: 'tokens', because } as const },
    ];
    world.status = {
      phase: 'succeeded',
      result: resultOf([['a', 'b', 'c']], { columns, computedOn: { on: 'blanks', because } }),
    };
    const { said } = await call('run_statement', { sql: 'SELECT 1' });
    const [count, masked, rows, column, ...none] = said[0]!.split('; ');
    expect([count, rows, column, none]).toEqual([
      '1 row in all',
      'the rows were computed on blanks, because of T.A (pii)',
      'COUNTED was computed on tokens, because of T.A (pii)',
      [],
    ]);
    expect(masked).toMatch(
      /^masked, so no values to report, NULL included: MAIL \(token\), N{1,80}\S* \(redact\)$/,
    );
  });

  it('says nothing of what failed in the relay, and why it was refused', async () => {
    const broken = await call('run_statement', { sql: 'broken' });
    expect(broken).toMatchObject({ isError: true });
    expect(broken.said).toEqual(['something went wrong in the relay; ask the people who run it']);
    expect(world.unexpected).toEqual([expect.any(TypeError)]);
    // Without an empty piece of advice.
    expect(await call('run_statement', { sql: 'refused' })).toMatchObject({
      isError: true,
      said: ['you have 5'],
    });
    expect(world.unexpected).toHaveLength(1);
  });
});

describe('a handle', () => {
  it('is read from a row on', async () => {
    const { view } = await call('get_statement', { id: ID, from: 1, wait: 0 });
    expect(world.calls).toEqual([{ find: ID, who: runner.id }, { wait: 0 }]);
    expect(view).toMatchObject({ rows: [['2']], next: null });
    expect((await call('get_statement', { id: ID })).view).toMatchObject({ rows: [['1'], ['2']] });
    expect(world.calls.at(-1)).toEqual({ wait: 10_000 });
  });

  it('is ended, and shown as it ended', async () => {
    world.status = { phase: 'failed', error: new SluiceError('statement_cancelled', 'cancelled') };
    const { view, isError } = await call('cancel_statement', { id: ID });
    expect(world.calls).toEqual([{ cancel: ID, who: runner.id }, { wait: 5_000 }]);
    expect([isError, view]).toMatchObject([
      true,
      { phase: 'failed', error: { code: 'statement_cancelled' } },
    ]);
    world.status = { phase: 'succeeded', result: resultOf([['1'], ['2']]) };
    expect((await call('cancel_statement', { id: ID })).view).toMatchObject({ rows: [['1'], ['2']] });
  });

  it.each(['get_statement', 'cancel_statement'])('is its owner’s alone: %s', async (tool) => {
    await client.close();
    client = await world.connect('auto', 'bob');
    const { isError, said } = await call(tool, { id: ID });
    expect([isError, said]).toEqual([true, ['there is no such statement of yours; send it']]);
  });

  it.each<[string, string, Record<string, unknown>]>([
    ['get_statement', 'a handle that is too long', { id: 'x'.repeat(101) }],
    ['get_statement', 'a row before the first', { id: ID, from: -1 }],
    ['get_statement', 'half a row', { id: ID, from: 0.5 }],
    ['get_statement', 'a number of rows', { id: ID, limit: 10_000 }],
    ['cancel_statement', 'a handle that is too long', { id: 'x'.repeat(101) }],
    ['cancel_statement', 'whose it is', { id: ID, of: 'bob' }],
  ])('is not asked for by %s with %s', async (tool, _, given) => {
    expect([(await call(tool, given)).isError, world.calls]).toEqual([true, []]);
  });
});

describe('explain_statement', () => {
  const asks = askTerms({ approvers: ['data-leads', 'security'], needed: 2 });
  it.each<[string, StatementExplanation, string]>([
    ['allowed', explained({}), 'it would run'],
    [
      'masked',
      explained({
        effect: 'mask',
        masks: [
          { output: 0, method: 'token', because: 'a' },
          { output: 2, method: 'redact', because: 'b' },
        ],
      }),
      'it would run, with these columns of its result masked: 1 (token), 3 (redact)',
    ],
    [
      'masked beneath',
      explained({}, { maskedBy: [{ output: 1, policies: ['GOV.PUBLIC.HIDE'] }] }),
      'it would run; masked by Snowflake itself: 2',
    ],
    [
      'masked above and beneath, and asked about',
      explained(
        { effect: 'ask', reason: shown`an owner agrees first` },
        {
          asks,
          maskedBy: [
            { output: 0, policies: ['P'] },
            { output: 2, policies: ['Q'] },
          ],
        },
      ),
      'it would be held until 2 of data-leads, security agree: an owner agrees first; masked by Snowflake itself: 1, 3',
    ],
    [
      'asked about',
      explained({ effect: 'ask', reason: shown`an owner agrees first` }, { asks }),
      'it would be held until 2 of data-leads, security agree: an owner agrees first',
    ],
    [
      'refused',
      explained(
        { effect: 'block' },
        { error: new SluiceError('blocked', 'it stays', { advice: 'leave it', rule: 'keep' }) },
      ),
      'it stays; leave it',
    ],
  ])('says of what would be %s', async (_, would, sentence) => {
    world.explanation = would;
    const { said, view, isError } = await call('explain_statement', { sql: 'SELECT 1' });
    expect(world.calls).toEqual([{ explain: { sql: 'SELECT 1', binds: {} }, ...caller }]);
    expect([said[0], JSON.parse(said[1]!), isError]).toEqual([sentence, view, false]);
    expect(view).toMatchObject({ version: 1, decision: { effect: would.decision.effect } });
  });

  it.each<[string, Record<string, unknown>]>([
    ['an empty text', { sql: '' }],
    ['a text that is too long', { sql: 'x'.repeat(1_000_001) }],
    ['somebody else’s name', { sql: 'SELECT 1', as: 'bob' }],
  ])('takes no %s', async (_, given) => {
    expect([(await call('explain_statement', given)).isError, world.calls]).toEqual([true, []]);
  });
});

describe('access ahead', () => {
  const order = {
    sql: 'DELETE FROM orders WHERE id = 1',
    purpose: '  ticket 4711: twice  ',
    minutes: 60,
    rows: 2,
    rows_in_all: 6,
  };

  it('is asked for by whoever asks, for what they come with', async () => {
    world.askAhead = async () => ({
      outcome: 'asked',
      approval: await world.desk.approvals.askAhead(accessRequest(), asking),
    });
    const { view, said, isError } = await call('ask_for_access', order);
    expect(world.calls).toEqual([
      {
        ask: {
          sql: order.sql,
          bindTypes: {},
          purpose: 'ticket 4711: twice',
          from: null,
          seconds: 3_600,
          rows: 2,
          rowsInAll: 6,
        },
        ...caller,
      },
    ]);
    const [waiting] = await world.desk.approvals.pending(ada);
    const expires = new Date(waiting!.expiresAt).toISOString();
    expect([isError, view]).toMatchObject([false, { asked: { id: waiting!.id, kind: 'access', needed: 1 } }]);
    expect(said).toEqual([
      `1 of owners have to agree, at the latest until ${expires}: do not ask again, and see list_access`,
      JSON.stringify(view?.['asked']),
    ]);
  });

  it('is not needed for what would run unasked', async () => {
    const { view, said, isError } = await call('ask_for_access', order);
    expect([view, said, isError]).toEqual([
      { asked: null },
      ['nobody has to be asked: run it with run_statement'],
      false,
    ]);
  });

  it.each<[string, Record<string, unknown>]>([
    ['an empty text', { sql: '' }],
    ['a text that is too long', { sql: 'x'.repeat(16_385) }],
    ['a purpose of too few words', { purpose: '  too few   ' }],
    ['a purpose that is too long', { purpose: 'x'.repeat(2_001) }],
    ['no time', { minutes: 0 }],
    ['more than a week', { minutes: 10_081 }],
    ['half a minute', { minutes: 1.5 }],
    ['no rows', { rows: 0 }],
    ['half a row', { rows: 1.5 }],
    ['no rows in all', { rows_in_all: 0 }],
    ['half a row in all', { rows_in_all: 1.5 }],
    ['another program', { program: { application: 'JDBC' } }],
  ])('is not asked for with %s', async (_, change) => {
    expect([(await call('ask_for_access', { ...order, ...change })).isError, world.calls]).toEqual([
      true,
      [],
    ]);
  });

  it('is listed as what waits and what was given, to whom it concerns', async () => {
    const terms = { seconds: 600, rows: 2, rowsInAll: 6, from: null };
    const { id, binding } = await world.desk.approvals.askAhead(accessRequest(ada, {}, terms), asking);
    // What waits in a call is not among it.
    const held = await holdNow(world.desk, deleteRequest());
    const first = await call('list_access', {});
    expect(first.said).toEqual(['1 waiting, 0 given', JSON.stringify(first.view)]);
    expect(first.view).toMatchObject({ waiting: [{ id, kind: 'access' }], given: [] });
    const answer = { verdict: 'approve', binding, comment: '', proposal: null, signature: null } as const;
    const none = { mostRows: null, grantSeconds: null, grantRows: null };
    await world.desk.approvals.decide(owners[0], id, { ...answer, ...none });
    const { said, view } = await call('list_access', {});
    expect(said[0]).toBe('0 waiting, 1 given');
    const { now } = world.desk.clock;
    expect(view).toMatchObject({
      waiting: [],
      given: [
        {
          covers: expect.arrayContaining([expect.any(String)]),
          rowsLeft: 6,
          startsAt: new Date(now).toISOString(),
          expiresAt: new Date(now + 600_000).toISOString(),
        },
      ],
    });
    await client.close();
    client = await world.connect('auto', 'bob');
    expect((await call('list_access', {})).view).toEqual({ waiting: [], given: [] });
    await world.desk.approvals.decide(owners[0], held.id, {
      ...answer,
      binding: held.approval.binding,
      ...none,
    });
    await held.outcome;
  });
});

describe('the way in', () => {
  const initialize = {
    jsonrpc: '2.0',
    id: 1,
    method: 'initialize',
    params: { protocolVersion: '2025-06-18', capabilities: {}, clientInfo: { name: 'x', version: '1' } },
  };
  const post = async (headers: Record<string, string>) =>
    await world.app.inject({
      method: 'POST',
      url: '/mcp',
      headers: { accept: 'application/json, text/event-stream', ...headers },
      payload: initialize,
    });

  it('is a token that runs SQL; who has none is told where to get one', async () => {
    expect((await post({ authorization: 'Bearer ada' })).statusCode).toBe(200);
    for (const authorization of ['Bearer nobody', '']) {
      const { statusCode, headers } = await post({ authorization });
      expect([statusCode, headers['www-authenticate']]).toEqual([
        401,
        `Bearer error="invalid_token", resource_metadata="${ORIGIN}/.well-known/oauth-protected-resource/mcp"`,
      ]);
    }
    const deciding = await post({ authorization: 'Bearer deciding' });
    expect([deciding.statusCode, deciding.json().code]).toEqual([403, 'token_cannot_run']);
    const late = await post({ authorization: 'Bearer late' });
    expect([late.statusCode, late.headers['retry-after'], late.headers['www-authenticate']]).toEqual([
      429,
      '7',
      undefined,
    ]);
  });

  it('leads no token to the tools', async () => {
    const made: Request[] = [];
    class Watched extends Request {
      constructor(...given: ConstructorParameters<typeof Request>) {
        super(...given);
        made.push(this);
      }
    }
    vi.stubGlobal('Request', Watched);
    await post({ authorization: 'Bearer ada', 'x-other': 'kept' }).finally(() => vi.unstubAllGlobals());
    const headers = made.filter(({ url }) => url === `${ORIGIN}/mcp`).map((request) => request.headers);
    expect(headers.length).toBeGreaterThan(0);
    for (const sent of headers) {
      const found = ['authorization', 'content-length', 'x-other'].map((name) => sent.get(name));
      expect(found).toEqual([null, null, 'kept']);
    }
  });

  it('is put on the record with so much of an agent’s name', async () => {
    const long = await world.connect('auto', 'ada', `${'x'.repeat(199)}yz`);
    await long.callTool({ name: 'run_statement', arguments: { sql: 'SELECT 1' } });
    expect(world.calls).toMatchObject([{ agent: `${'x'.repeat(199)}y` }, {}]);
    await long.close();
  });

  it('is not a page of another site', async () => {
    const authorization = 'Bearer ada';
    expect((await post({ authorization, origin: ORIGIN })).statusCode).toBe(200);
    const refused = await post({ authorization, origin: 'https://evil.example' });
    expect([refused.statusCode, refused.json().code]).toEqual([403, 'approver_not_allowed']);
  });

  it.each(['', '/mcp'])('is described to those who look for it%s', async (path) => {
    const { statusCode, body } = await world.app.inject({
      url: `/.well-known/oauth-protected-resource${path}`,
    });
    expect([statusCode, JSON.parse(body)]).toEqual([
      200,
      {
        resource: `${ORIGIN}/mcp`,
        authorization_servers: ['https://id.example', 'https://other.example'],
        bearer_methods_supported: ['header'],
      },
    ]);
  });

  it('says what the tools are for and what they may change, to clients of both eras', async () => {
    const legacy = await world.connect('legacy');
    for (const one of [client, legacy]) {
      const { tools } = await one.listTools();
      const changing = tools.map(({ name, annotations }) => [
        name,
        annotations?.readOnlyHint,
        annotations?.destructiveHint,
        annotations?.idempotentHint,
        annotations?.openWorldHint,
      ]);
      expect(changing).toEqual([
        ['run_statement', false, true, false, true],
        ['get_statement', true, undefined, undefined, true],
        ['cancel_statement', false, false, true, true],
        ['explain_statement', true, undefined, undefined, true],
        ['ask_for_access', false, false, true, true],
        ['list_access', true, undefined, undefined, true],
        ['list_tables', true, undefined, undefined, true],
        ['describe_table', true, undefined, undefined, true],
      ]);
      for (const { outputSchema } of tools) expect(outputSchema).toMatchObject({ type: 'object' });
      expect(one.getInstructions()).toContain('do not send it again');
    }
    expect(legacy.getServerVersion()?.name).toBe('sluice');
    await legacy.callTool({ name: 'run_statement', arguments: { sql: 'SELECT 1' } });
    // Clients of 2025 name themselves in another request.
    expect(world.calls).toMatchObject([{ agent: null }, {}]);
    await legacy.close();
  });
});
