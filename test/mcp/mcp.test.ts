import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Demo, startDemo } from '@sluice/demo';
import { apiClient, nextPending } from '../support/api.ts';

let demo: Demo;
beforeAll(async () => {
  demo = await startDemo({ customers: 500 });
});
afterAll(() => demo.close());

const connect = async (subject: string, mode: 'legacy' | 'auto') => {
  const client = new Client({ name: 'test-agent', version: '1' }, { versionNegotiation: { mode } });
  const headers = { authorization: `Bearer ${await demo.tokenFor(subject)}` };
  const url = new URL('/mcp', demo.relay.url);
  await client.connect(new StreamableHTTPClientTransport(url, { requestInit: { headers } }));
  const call = async (name: string, given: Record<string, unknown>) => {
    const { structuredContent, isError, content } = await client.callTool({ name, arguments: given });
    return {
      view: structuredContent as Record<string, unknown> & { rows: unknown[][] },
      isError: isError ?? false,
      said: JSON.stringify(content),
    };
  };
  return { client, call };
};

describe.each(['legacy', 'auto'] as const)('a client of the %s era', (mode) => {
  it('finds the tools, and reads masked rows, page by page', async () => {
    const { client, call } = await connect('ada', mode);
    const { tools } = await client.listTools();
    expect(tools.map(({ name }) => name)).toEqual([
      'run_statement',
      'get_statement',
      'cancel_statement',
      'explain_statement',
      'ask_for_access',
      'list_access',
      'list_tables',
      'describe_table',
    ]);
    // What clients of 2025 take: another root is wrapped for them.
    for (const { outputSchema } of tools) expect(outputSchema).toMatchObject({ type: 'object' });
    const sql = 'SELECT ID, CARD_NUMBER FROM CUSTOMERS ORDER BY ID';
    const { view, said } = await call('run_statement', { sql, wait: 30 });
    expect(view).toMatchObject({ phase: 'succeeded', rowCount: 500, next: 200 });
    expect(view.rows[0]).toEqual([1, expect.stringMatching(/^\*{12}\d{4}$/)]);
    expect(said).toContain('200 of 500 rows');
    const { view: more } = await call('get_statement', { id: view['id'], from: 400 });
    expect(more).toMatchObject({ next: null });
    expect(more.rows[0]?.[0]).toBe(401);
    await client.close();
  });

  it('lists what there is, and describes a table with its masks and tags', async () => {
    const { client, call } = await connect('ada', mode);
    expect((await call('list_tables', {})).view).toEqual({ databases: ['SHOP'], next: null });
    expect((await call('list_tables', { database: 'SHOP' })).view['schemas']).toContain('PUBLIC');
    const place = { database: 'SHOP', schema: 'PUBLIC' };
    const tables = await call('list_tables', place);
    expect(tables.view['tables']).toContainEqual({ name: 'CUSTOMERS', type: 'table' });
    expect((await call('list_tables', { ...place, after: 'CUSTOMERS' })).said).not.toContain('CUSTOMERS');
    const { view, said } = await call('describe_table', { ...place, name: 'CUSTOMERS' });
    expect(said).toContain('CARD_NUMBER (partial)');
    expect(view['columns']).toContainEqual(
      expect.objectContaining({ name: 'CARD_NUMBER', tags: [{ tag: 'payment.card' }] }),
    );
    expect(await call('describe_table', { ...place, name: 'NONE' })).toMatchObject({ isError: true });
    expect(await call('list_tables', { database: 'OTHER' })).toMatchObject({ isError: true });
    await client.close();
  });

  it('explains what it would do, asks for access ahead for itself, and uses it once it is given', async () => {
    const { client, call } = await connect('ada', mode);
    const sql = 'UPDATE ORDERS SET TOTAL = 4 WHERE ID = 4';
    const told = await call('explain_statement', { sql });
    expect(told.said).toContain('it would be held until 1 of data-leads, security agree');
    expect(told.view).toMatchObject({ decision: { effect: 'ask' }, asks: { needed: 1 }, error: null });
    expect((await call('explain_statement', { sql: 'DROP TABLE ORDERS' })).view).toMatchObject({
      error: { code: 'blocked' },
    });
    const order = { sql, purpose: `ticket 4711, of the ${mode} era`, minutes: 60, rows: 1, rows_in_all: 5 };
    const { view } = await call('ask_for_access', order);
    const asked = view['asked'] as { id: string; access: { program: { agent: string | null } } };
    // Clients of 2025 name themselves in another request.
    const agent = mode === 'legacy' ? null : 'test-agent';
    expect(asked).toMatchObject({ kind: 'access', access: { program: { application: 'api', agent } } });
    expect((await call('ask_for_access', { ...order, program: { application: 'JDBC' } })).isError).toBe(true);
    expect((await call('list_access', {})).said).toContain('1 waiting, ');
    const grace = apiClient(demo.relay.url, await demo.decidingTokenFor('grace'));
    await grace.decide(
      (await grace.pending()).find(({ id }) => id === asked.id)!,
      'approve',
      'fine',
    );
    expect((await call('run_statement', { sql, wait: 30 })).view).toMatchObject({ phase: 'succeeded' });
    expect((await call('list_access', {})).said).toContain('0 waiting, ');
    const nothing = await call('ask_for_access', { ...order, sql: 'SELECT ID FROM ORDERS' });
    expect(nothing.view).toEqual({ asked: null });
    await client.close();
  });

  it('is told what is masked, and what was computed on tokens', async () => {
    const { client, call } = await connect('ada', mode);
    const sql = 'SELECT EMAIL, COUNT(DISTINCT NAME) AS N FROM CUSTOMERS GROUP BY EMAIL';
    const { view, said } = await call('run_statement', { sql, wait: 30 });
    expect(view).toMatchObject({
      columns: [{ masked: { method: 'token' } }, { computedOn: { on: 'tokens' } }],
      computedOn: { on: 'tokens', because: 'SHOP.PUBLIC.CUSTOMERS.EMAIL (pii.email)' },
    });
    expect(said).toContain(
      'masked, so no values to report, NULL included: EMAIL (token); the rows were computed on tokens, because of SHOP.PUBLIC.CUSTOMERS.EMAIL (pii.email); ' +
        'N was computed on tokens, because of SHOP.PUBLIC.CUSTOMERS.NAME (pii.name)',
    );
    await client.close();
  });

  it('is told why a statement is refused, and how it passes', async () => {
    const { client, call } = await connect('ada', mode);
    const { isError, said } = await call('run_statement', { sql: 'DROP TABLE CUSTOMERS' });
    expect(isError).toBe(true);
    expect(said).toContain('no-structure');
    const ordered = await call('run_statement', { sql: 'SELECT ID FROM CUSTOMERS ORDER BY NAME' });
    expect(ordered.said).toContain('; order by a column that is not masked');
    await client.close();
  });

  it('gets a handle for what is held, and the outcome once a person has approved', async () => {
    const { client, call } = await connect('ada', mode);
    const sql = "UPDATE ORDERS SET STATUS = 'seen' WHERE ID = 3";
    const held = await call('run_statement', { sql, prompt: 'mark order 3', wait: 1 });
    expect(held.view).toMatchObject({ phase: 'held' });
    expect(held.said).toContain('do not send the statement again');

    const other = await connect('grace', mode);
    expect(await other.call('get_statement', { id: held.view['id'] })).toMatchObject({ isError: true });
    expect(await other.call('cancel_statement', { id: held.view['id'] })).toMatchObject({ isError: true });
    await other.client.close();

    const grace = apiClient(demo.relay.url, await demo.decidingTokenFor('grace'));
    await grace.decide(await nextPending(grace), 'approve', '');
    const { view } = await call('get_statement', { id: held.view['id'], wait: 20 });
    expect(view).toMatchObject({ phase: 'succeeded', changed: { updated: 1 } });
    await client.close();
  });

  it('cancels', async () => {
    const { client, call } = await connect('ada', mode);
    const sql = "UPDATE ORDERS SET STATUS = 'seen' WHERE ID = 4";
    const { view } = await call('run_statement', { sql, wait: 1 });
    const ended = await call('cancel_statement', { id: view['id'] });
    expect(ended).toMatchObject({ isError: true, view: { error: { code: 'approval_cancelled' } } });
    await client.close();
  });
});

it('who brings no token is told where to get one', async () => {
  const answer = await fetch(new URL('/mcp', demo.relay.url), { method: 'POST', body: '{}' });
  expect(answer.status).toBe(401);
  const [, where] = /resource_metadata="([^"]+)"/.exec(answer.headers.get('www-authenticate') ?? '') ?? [];
  const metadata = (await (await fetch(where!)).json()) as object;
  expect(metadata).toMatchObject({
    resource: `${demo.relay.url}/mcp`,
    authorization_servers: [`${new URL(demo.relay.url).origin}/oauth`, demo.issuer],
  });
});

it('pages of other sites are refused', async () => {
  const headers = { authorization: `Bearer ${await demo.tokenFor('ada')}`, origin: 'https://evil.example' };
  const answer = await fetch(new URL('/mcp', demo.relay.url), { method: 'POST', headers });
  expect(answer.status).toBe(403);
});
