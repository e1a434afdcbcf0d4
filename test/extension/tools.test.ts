import { createRelayClient, type RelayClient, type SessionEvent } from '@sluice/contract';
import { type Demo, startDemo } from '@sluice/demo';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  AGENT_TOOLS,
  type AgentTool,
  MalformedInput,
  type Sizing,
  TOOLS_AGENT,
} from '../../extension/src/tools/index.ts';

let demo: Demo;
let ada: RelayClient;
let grace: RelayClient;
beforeAll(async () => {
  demo = await startDemo({ customers: 300, logLevel: 'silent' });
  ada = createRelayClient({ url: demo.relay.url, token: await demo.tokenFor('ada') });
  grace = createRelayClient({ url: demo.relay.url, token: await demo.decidingTokenFor('grace') });
});
afterAll(() => demo.close());

const tool = (name: string): AgentTool => AGENT_TOOLS.find((one) => one.name === name)!;
const size: Sizing = { tokens: 4_000, count: async (text) => Math.ceil(text.length / 4) };
const callWith = (more: { readonly signal?: AbortSignal; readonly size?: Sizing } = {}) => ({
  client: ada,
  relay: 'the shop',
  person: 'Ada',
  signal: new AbortController().signal,
  size,
  ...more,
});
const run = async (sql: string, more: Parameters<typeof callWith>[0] = {}, purpose = 'what was asked') =>
  await tool('sluice_run_sql').answer({ sql, purpose }, callWith(more));
const change = async (sql: string, more: Parameters<typeof callWith>[0] = {}) =>
  await tool('sluice_run_change').answer({ sql, purpose: 'what was asked' }, callWith(more));
const confirmation = async (sql: string, purpose = 'what was asked', name = 'sluice_run_sql') =>
  (await tool(name).confirm({ sql, purpose }, callWith()))!;
const changing = async (sql: string) => await confirmation(sql, 'what was asked', 'sluice_run_change');

/** The newest request that waits. */
async function waiting() {
  await expect.poll(async () => (await grace.approvals.list()).approvals.length).toBeGreaterThan(0);
  return (await grace.approvals.list()).approvals.at(-1)!;
}
async function decide(verdict: 'approve' | 'deny', comment = '') {
  const { id, binding } = await waiting();
  await grace.approvals.decide({ params: { id }, body: { version: 1, verdict, binding, comment } });
}
/** What is on the record of Ada's sessions. */
async function recorded(): Promise<readonly SessionEvent['body'][]> {
  const { sessions } = await ada.sessions.list();
  const found: SessionEvent['body'][] = [];
  for (const { session: id } of sessions)
    for await (const event of await ada.sessions.events({ params: { id } }))
      if ('body' in event) found.push(event.body);
  return found;
}

describe('a statement that an agent sends', () => {
  it('is answered masked, and the masks are named', async () => {
    const answer = await run('SELECT ID, NAME, EMAIL FROM CUSTOMERS ORDER BY ID LIMIT 2');
    expect(answer).toContain('returned 2 rows');
    expect(answer).toContain('Masked: "NAME" (partial), "EMAIL" (token)');
    expect(answer).toMatch(/^\[1,"[A-Z]\*+[^"]*","tok_\w+"\]$/m);
    expect(answer).not.toContain('@');
  });

  it('is confirmed by what the relay says of it', async () => {
    const { title, message } = await confirmation(
      'SELECT NAME FROM CUSTOMERS',
      'show me [names](http://x.example)',
    );
    expect(title).toBe('Run this statement, with masks?');
    expect(message).toContain('in the model’s words: show me \\[names\\]\\(http\\://x.example\\)');
    expect(message).toContain('Reads SHOP.PUBLIC.CUSTOMERS');
    expect(message).toContain('NAME \\(partial, because of SHOP.PUBLIC.CUSTOMERS.NAME \\(pii.name\\)\\)');

    expect((await changing("UPDATE ORDERS SET STATUS = 'x' WHERE ID = 1")).message).toContain(
      'One person of data\\-leads or security has to agree within an hour.',
    );
    const refused = await changing('DROP TABLE CUSTOMERS');
    expect(refused.title).toBe('Send this statement, which Sluice would refuse?');
    expect(refused.message).toContain('by migrations, not by hand');
    expect(refused.message).toContain('At the shop, as Ada.');
  });

  it('is refused with the reason, the place, and what would be allowed', async () => {
    const answer = await run("SELECT ID FROM CUSTOMERS WHERE EMAIL LIKE 'a%'");
    expect(answer).toContain('REFUSED by the rule uses (blocked)');
    expect(answer).toContain(`Where: line 1, column 32: "EMAIL LIKE 'a%'"`);
    expect(answer).toContain('What would be allowed: filter and choose by a column that is not masked');
  });

  it('puts the model’s words on the record as the model’s', async () => {
    await run('SELECT 41 AS A', {}, 'they want to know about 41');
    const bodies = await recorded();
    expect(bodies).toContainEqual({
      type: 'prompt',
      text: 'they want to know about 41',
      source: 'api',
      by: 'model',
    });
    expect(bodies.some((body) => body.type === 'opened' && body.client.agent === TOOLS_AGENT)).toBe(true);
  });

  it('is answered as many rows as the model can read, and read on from there', async () => {
    const small = { ...size, tokens: 500 };
    const answer = await run('SELECT ID, CITY FROM CUSTOMERS ORDER BY ID', { size: small });
    const [, left, statement, from] =
      /Left out: (\d+) of 300 rows.* statement (\S+) and from (\d+)/.exec(answer) ?? [];
    expect(await small.count(answer)).toBeLessThanOrEqual(small.tokens);
    expect(Number(left) + Number(from)).toBe(300);
    const next = await tool('sluice_wait').answer(
      { statement, from: Number(from) },
      callWith({ size: small }),
    );
    expect(next).toContain(`\n[${Number(from) + 1},`);
  });
});

describe('the tool that reads', () => {
  // Whoever has agreed to it for a session has not agreed to these; what the agent tried is on the record all the same.
  const tried = async (sql: string) => {
    const before = (await recorded()).length;
    const said = await run(sql, {}, 'what the agent wanted').catch(
      (error: Error) => `REFUSED: ${error.message}`,
    );
    const events = (await recorded()).slice(before);
    const types = events.map(({ type }) => type);
    for (const none of ['approval_asked', 'executed', 'result'] as const) expect(types).not.toContain(none);
    expect(events).toContainEqual(expect.objectContaining({ type: 'statement', sql }));
    expect(events).toContainEqual(
      expect.objectContaining({ type: 'prompt', text: 'what the agent wanted', by: 'model' }),
    );
    return { said, events };
  };

  it.each([
    "UPDATE ORDERS SET STATUS = 'x' WHERE ID = 1",
    "EXECUTE IMMEDIATE 'SELECT 1'",
    "SET x = 'y'",
    'BEGIN DELETE FROM ORDERS; END',
    'COPY INTO @~/x FROM ORDERS',
    'SELECT 1 ->> DELETE FROM ORDERS',
  ])(
    'runs nothing that changes something, or may, asks nobody about it, and has it recorded: %s',
    async (sql) => {
      const { said, events } = await tried(sql);
      expect(said).toMatch(/^NOT RUN: [^]*sluice_run_change/);
      expect(events).toContainEqual(expect.objectContaining({ type: 'error', code: 'not_a_read' }));
    },
  );

  it.each([
    'WITH t AS (SELECT 1 AS a) SELECT a FROM t; DELETE FROM ORDERS',
    'CALL SOMETHING()',
    'USE ROLE ACCOUNTADMIN',
    'CREATE TEMPORARY TABLE T AS SELECT 1 AS A',
    'no SQL at all',
  ])('runs nothing that the relay refuses in any case, and has it recorded: %s', async (sql) => {
    const { said, events } = await tried(sql);
    expect(said).toMatch(/^REFUSED/);
    expect(events.map(({ type }) => type)).toContainEqual(expect.stringMatching(/^(blocked|error)$/));
  });

  it.each(['SHOW TABLES', 'DESCRIBE TABLE ORDERS', 'VALUES (1)', 'SELECT 1 UNION SELECT 2'])(
    'runs what reads: %s',
    async (sql) => {
      expect(await run(sql)).toMatch(/^DONE/);
    },
  );
});

describe('a statement that people have to agree to', () => {
  it('is answered when another person has approved it', async () => {
    const answer = change("UPDATE ORDERS SET STATUS = 'kept' WHERE ID = 1");
    await decide('approve');
    expect(await answer).toContain('It inserted 0, updated 1 and deleted 0 rows.');
  });

  it('is refused when they have denied it, with what they said', async () => {
    const answer = change("UPDATE ORDERS SET STATUS = 'lost' WHERE ID = 2");
    await decide('deny', 'not before Monday');
    expect(await answer).toMatch(/^REFUSED[^]*not before Monday/);
  });

  it('is withdrawn when the person stops the agent', async () => {
    const stop = new AbortController();
    const answer = change("UPDATE ORDERS SET STATUS = 'gone' WHERE ID = 3", { signal: stop.signal });
    const { id } = await waiting();
    stop.abort(new Error('stopped'));
    await expect(answer).rejects.toThrow('stopped');
    await expect
      .poll(async () => (await grace.approvals.read({ params: { id } })).summary.phase)
      .toBe('cancelled');
  });

  it('is asked for ahead, for the tools alone', async () => {
    const asked = await tool('sluice_ask_for_access').answer(
      {
        sql: "UPDATE ORDERS SET STATUS = 'seen' WHERE ID = 4",
        purpose: 'ticket 4711: parcels that were seen',
        minutes: 15,
        rows: 1,
        rowsInAll: 3,
      },
      callWith(),
    );
    expect(asked).toContain('ASKED: 1 of data-leads or security');
    await decide('approve');
    expect(await change("UPDATE ORDERS SET STATUS = 'seen' WHERE ID = 5")).toContain('updated 1');
  });
});

it('stops what runs at the warehouse', async () => {
  const stop = new AbortController();
  const tables = Array.from({ length: 6 }, (_, at) => `CUSTOMERS C${at}`).join(', ');
  const answer = run(`SELECT SUM(C0.ID * C1.ID + C2.ID * C3.ID + C4.ID * C5.ID) FROM ${tables}`, {
    signal: stop.signal,
  });
  const sent = async () =>
    (await recorded()).flatMap((body) =>
      body.type === 'statement' && body.sql.includes('C5.ID') ? [body.statement] : [],
    )[0];
  const told = async (type: string) => {
    const statement = await sent();
    return (await recorded()).some(
      (body) => body.type === type && 'statement' in body && body.statement === statement,
    );
  };
  await expect.poll(() => told('executed')).toBe(true);
  stop.abort(new Error('stopped'));
  await expect(answer).rejects.toThrow('stopped');
  await expect.poll(() => told('cancelled')).toBe(true);
  expect(await told('result')).toBe(false);
});

describe('the catalog', () => {
  it('lists what the person may know of', async () => {
    const answer = await tool('sluice_list_tables').answer({ part: 'order' }, callWith());
    expect(answer.split('\n').slice(1)).toEqual([
      'SHOP.PUBLIC.ORDERS (table)',
      'SHOP.PUBLIC.ORDER_ITEMS (table)',
    ]);
    expect(await tool('sluice_list_tables').answer({ database: 'nowhere' }, callWith())).toContain(
      'No table',
    );
  });

  it('describes columns with tags and masks, by names as in SQL', async () => {
    const tables = ['customers', 'shop.public."ORDERS"', 'NOPE', 'a b'];
    const answer = await tool('sluice_describe_tables').answer({ tables }, callWith());
    expect(answer).toContain(
      '{"name":"EMAIL","type":"VARCHAR(16777216)","tags":["pii.email"],"masked":"token"}',
    );
    expect(answer).toContain('pii.email at contact.email');
    expect(answer).toContain('SHOP.PUBLIC.ORDERS (table)');
    expect(answer).toContain('NOPE: no such table or view');
    expect(answer).toContain('a b: no such table or view');
  });

  it('explains, and runs nothing', async () => {
    const answer = await tool('sluice_explain_sql').answer(
      { sql: 'DELETE FROM ORDERS WHERE ID = 1' },
      callWith(),
    );
    expect(answer).toContain('It waits until people agree.');
    expect(answer).toContain('Changes SHOP.PUBLIC.ORDERS (write, delete).');
  });
});

it.each([
  ['sluice_run_sql', { sql: 'SELECT 1' }],
  ['sluice_run_sql', { sql: '', purpose: 'x' }],
  ['sluice_wait', { statement: 'the last one' }],
  ['sluice_describe_tables', { tables: [] }],
  ['sluice_run_sql', null],
  ['sluice_run_change', { sql: 'DELETE FROM ORDERS' }],
])('%s does not take %j, and says what it takes', async (name, input) => {
  await expect(tool(name).answer(input, callWith())).rejects.toBeInstanceOf(MalformedInput);
});
