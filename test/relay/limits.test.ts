import { DatabaseSync } from 'node:sqlite';
import { afterEach, expect, it } from 'vitest';
import { type Demo, type DemoOptions, openShop, startDemo } from '@sluice/demo';
import { filesIn } from '../../relay/src/composition/files.ts';
import { apiClient } from '../support/api.ts';
import { connectDriver, errorOf } from '../support/driver.ts';
import { freePort } from '../support/free-port.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { type Watch, watchedWarehouse } from '../support/watched-warehouse.ts';
import { signIn } from '../support/wire.ts';

const temporary = temporaryFolder();
let demo: Demo;
let token: string;
/** Statements that reached the warehouse. */
let reached: string[];

afterEach(() => demo.close());

async function start(
  limits: DemoOptions['limits'],
  more: DemoOptions & { readonly watch?: Watch } = {},
): Promise<void> {
  reached = [];
  const { watch = () => {}, ...options } = more;
  const warehouse = watchedWarehouse(await openShop({ customers: 50 }), async (statement) => {
    reached.push(statement.sql);
    await watch(statement);
  });
  demo = await startDemo({ warehouse, logLevel: 'silent', limits, ...options });
  token = await demo.tokenFor('ada', 36_000);
}

async function post(path: string, body: unknown, bearer = token): Promise<Response> {
  return await fetch(new URL(path, demo.relay.url), {
    method: 'POST',
    headers: { authorization: `Bearer ${bearer}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
}

async function problemOf(response: Response): Promise<{ status: number; code: unknown; retry: number }> {
  const { code } = (await response.json()) as { code?: string };
  return { status: response.status, code, retry: Number(response.headers.get('retry-after') ?? Number.NaN) };
}

/** Bodies of the events of a type, oldest first. */
function recorded(type: string): Record<string, unknown>[] {
  const database = new DatabaseSync(filesIn(demo.data).database, { readOnly: true });
  const rows = database.prepare('SELECT body FROM recorded_event WHERE type = ? ORDER BY position').all(type);
  database.close();
  return rows.map(({ body }) => JSON.parse(String(body)) as Record<string, unknown>);
}

const ask = async (agent: string, sql = 'SELECT 1', wait = 10) =>
  await post('/api/statements', { sql, agent, wait });

it('sessions: another claimed agent is no new allowance, and drivers and programs count together', async () => {
  await start({ identity: { sessions: 3 } });
  expect([(await ask('one')).status, (await ask('two')).status]).toEqual([200, 200]);
  const driver = await connectDriver(demo.relay.url, token);
  expect(await problemOf(await ask('three'))).toEqual({ status: 429, code: 'too_many_sessions', retry: 10 });
  expect((await ask('one')).status, 'the sessions that are there go on').toBe(200);
  const refused = await errorOf(connectDriver(demo.relay.url, token));
  expect(refused).toEqual({ code: '390400', message: expect.stringContaining('3 open sessions') });
  await signIn(demo.relay.url, await demo.tokenFor('grace'));
  await driver.close();
  expect((await ask('three')).status).toBe(200);
  expect(recorded('opened')).toHaveLength(5);
});

it('sessions are still counted by the next relay on the same data', async () => {
  const data = temporary;
  const issuerPort = await freePort();
  await start({ identity: { sessions: 2 } }, { data, issuerPort });
  await ask('one');
  await ask('two');
  await demo.close();
  await start({ identity: { sessions: 2 } }, { data, issuerPort });
  expect(await problemOf(await ask('three'))).toMatchObject({ code: 'too_many_sessions' });
});

it('requests: programs are told when to come back, drivers are put off a little and then told', async () => {
  await start({ identity: { requestsPerSecond: 5 } });
  const wire = await signIn(demo.relay.url, token);
  const answers = await Promise.all(
    // Fifty at once, and five more for each second that a busy machine takes over the rest.
    Array.from({ length: 200 }, async () => await problemOf(await ask('a', 'SELECT 1'))),
  );
  const limited = answers.filter(({ status }) => status === 429);
  expect(limited.length).toBeGreaterThan(5);
  expect(limited.every(({ code, retry }) => code === 'rate_limited' && retry >= 1)).toBe(true);
  const mcp = await Promise.all(Array.from({ length: 30 }, async () => await post('/mcp', {})));
  expect(await problemOf(mcp.find(({ status }) => status === 429)!)).toMatchObject({ code: 'rate_limited' });
  expect((await wire.query('SELECT 2')).success, 'put off').toBe(true);
  const many = await Promise.all(Array.from({ length: 60 }, () => wire.get('/monitoring/queries/x')));
  const refused = many.filter(({ message }) => message?.includes('too many requests'));
  expect(refused[0]).toMatchObject({ success: false, code: '390400', data: { sqlState: '53400' } });
  expect(recorded('refused').length, 'the first few of a kind').toBeLessThanOrEqual(30);
});

it('statements in flight and held ones, of all sessions of one identity together', async () => {
  const slow = Promise.withResolvers<void>();
  await start(
    { identity: { statements: 3, held: 1 } },
    { watch: async ({ sql }) => (sql.includes('SLOW') ? await slow.promise : undefined) },
  );
  const update = 'UPDATE ORDERS SET STATUS = 1 WHERE ID = 1';
  const held = (await (await post('/api/statements', { sql: update, agent: 'a', wait: 0 })).json()) as {
    id: string;
  };
  const api = apiClient(demo.relay.url, token);
  await expect.poll(async () => (await api.pending()).length).toBe(1);
  const second = (await (await ask('b', update)).json()) as { phase: string; error: { code: string } };
  expect(second).toMatchObject({ phase: 'failed', error: { code: 'too_many_held' } });

  await Promise.all(['b', 'c'].map(async (agent) => await ask(agent, 'SELECT 1 AS SLOW', 0)));
  expect(await problemOf(await ask('d'))).toEqual({ status: 429, code: 'too_many_statements', retry: 10 });
  const driver = await connectDriver(demo.relay.url, token);
  expect(await errorOf(driver.run('SELECT 1'))).toMatchObject({ code: '390400' });
  slow.resolve();
  await expect.poll(async () => (await ask('d')).status).toBe(200);
  expect((await (await fetchStatement(held.id)).json()) as object).toMatchObject({ phase: 'held' });
});

it('the record: when the hour is used up nothing runs, nothing of it is kept, and the client is told when', async () => {
  let off = 0;
  await start({ identity: { recordedBytesPerHour: 20_000 } }, { now: () => Date.now() + off });
  const driver = await connectDriver(demo.relay.url, token);
  await driver.run(`SELECT '${'x'.repeat(20_000)}' AS X`);
  reached.length = 0;
  const before = recorded('statement').length;
  const error = await errorOf(driver.run('SELECT 1 AS SECRET'));
  expect(error).toMatchObject({ code: '390400', message: expect.stringContaining('is used up') });
  for (let times = 0; times < 30; times += 1) await errorOf(driver.run(`SELECT '${'y'.repeat(5_000)}'`));
  expect(reached).toEqual([]);
  expect(recorded('statement')).toHaveLength(before);
  expect(JSON.stringify(recorded('error'))).not.toContain('record_allowance_used');
  expect(recorded('refused'), 'ten as they were, the others are counted').toHaveLength(10);
  const grace = await connectDriver(demo.relay.url, await demo.tokenFor('grace'));
  await grace.run('SELECT 1');
  off = 60_001;
  await expect.poll(() => recorded('refused').at(-1)?.['what'], { timeout: 5_000 }).toBe('21 more requests');
  off = 3_601_000;
  expect(await (await ask('later')).json()).toMatchObject({ phase: 'succeeded' });
});

it('the record: what is not on it is not passed on, and what was changed is always said', async () => {
  await start({ identity: { recordedBytesPerHour: 30_000 } });
  const driver = await connectDriver(demo.relay.url, token);
  const large = `SELECT RPAD('x', 60000, 'x') AS X FROM ORDERS LIMIT 5`;
  expect(await errorOf(driver.run(large))).toMatchObject({ message: expect.stringContaining('is used up') });
  expect(recorded('result')).toMatchObject([{ complete: false }]);
});

it('prompts: one that is too long is refused with its statement, whatever way it comes', async () => {
  await start({ promptBytes: 100 });
  const prompt = 'p'.repeat(101);
  expect(await problemOf(await post('/api/statements', { sql: 'SELECT 1', prompt }))).toMatchObject({
    status: 413,
    code: 'request_too_large',
  });
  const wire = await signIn(demo.relay.url, token);
  const parameters = { QUERY_TAG: JSON.stringify({ agent: 'a', prompt }) };
  const answer = await wire.post('/queries/v1/query-request', { sqlText: 'SELECT 1', parameters });
  expect(answer).toMatchObject({ success: false, data: { sqlState: '54000' } });
  expect([reached, recorded('prompt')]).toEqual([[], []]);
});

it('time: a statement that the warehouse never answers ends, is on the record, and leaves its place', async () => {
  const never = new Promise<void>(() => {});
  await start(
    { statementSeconds: 1, identity: { statements: 1 } },
    { watch: async ({ sql }) => (sql.includes('STUCK') ? await never : undefined) },
  );
  const driver = await connectDriver(demo.relay.url, token);
  expect(await errorOf(driver.run('SELECT 1 AS STUCK'))).toEqual({
    code: '000630',
    message: expect.stringContaining('ran for 1 seconds'),
  });
  expect(recorded('error')).toMatchObject([{ code: 'statement_timeout' }]);
  await driver.run('SELECT 2');
}, 20_000);

it('strangers: the first refusals are recorded as they are, the rest as a number', async () => {
  let off = 0;
  const many = { requestsPerSecond: 10_000 };
  await start({ strangers: { address: many, all: many } }, { now: () => Date.now() + off });
  for (let times = 0; times < 100; times += 1) {
    await errorOf(signIn(demo.relay.url, `not-a-token-${times}`));
    await fetch(new URL(`/no/such/path/${times}`, demo.relay.url));
    await post('/api/statements', {}, `not-a-token-${times}`);
    await post('/mcp', {}, `not-a-token-${times}`);
  }
  expect(recorded('refused')).toHaveLength(20);
  expect(recorded('refused')).toContainEqual({
    type: 'refused',
    what: 'POST /mcp',
    reason: 'the token is not valid',
  });
  off = 60_000;
  await expect.poll(() => recorded('refused').length, { timeout: 5_000 }).toBe(22);
  expect(recorded('refused').slice(20)).toEqual([
    { type: 'refused', what: '290 more requests', reason: expect.stringMatching(/^token_invalid, counted/) },
    { type: 'refused', what: '90 more requests', reason: expect.stringMatching(/^request_unsupported, /) },
  ]);
});

async function fetchStatement(id: string): Promise<Response> {
  return await fetch(new URL(`/api/statements/${id}`, demo.relay.url), {
    headers: { authorization: `Bearer ${token}` },
  });
}
