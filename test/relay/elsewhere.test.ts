import { randomUUID } from 'node:crypto';
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { beforeEach, describe, expect, it } from 'vitest';
import { apiClient, nextPending } from '../support/api.ts';
import { startBalancer } from '../support/balancer.ts';
import { connectDriver } from '../support/driver.ts';
import { issuerAndPostgres } from '../support/issuer-and-postgres.ts';
import { twoRelaysOnPostgres } from '../support/relays-on-postgres.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { signIn } from '../support/wire.ts';

const { issuer, hasPostgres, postgres } = issuerAndPostgres();
const folder = temporaryFolder();
const update = "UPDATE ORDERS SET STATUS = 'again' WHERE ID = 7";
const count = 'SELECT COUNT(*) AS N FROM ORDERS';
/** Minutes, unless it is stopped. */
const endless = `SELECT COUNT(*) FROM ORDERS A, ORDERS B, ORDERS C, ORDERS D, ORDERS E, ORDERS F
  WHERE SHA2(A.ID || B.ID || C.ID || D.ID || E.ID || F.ID) = 'x'`;
let database: string;
/** What reached a warehouse, of whichever relay. */
let reached: string[];

beforeEach(async ({ skip }) => {
  if (!hasPostgres) skip('PostgreSQL is not installed here');
  database = await postgres().newDatabase();
  reached = [];
});

const watch = ({ sql }: { readonly sql: string }) => void reached.push(sql);
const timesRun = (sql: string) => reached.filter((one) => one === sql).length;

async function twoRelays(second: Parameters<typeof twoRelaysOnPostgres>[3] = {}) {
  const [here, there] = await twoRelaysOnPostgres(folder, database, issuer(), { watch, ...second });
  const grace = async (at = there) => apiClient(at.place.url, await issuer().decidingTokenFor('grace'));
  return { here, there, grace };
}

/** The driver protocol in one session, at whichever relay. */
async function sessionOf(subject: string, at: string) {
  const wire = await signIn(at, await issuer().tokenFor(subject));
  const pathOf = (requestId: string) => `/queries/v1/query-request?requestId=${requestId}`;
  const to = (url: string) => ({
    send: (sqlText: string, requestId: string = randomUUID(), more: object = {}) =>
      wire.full(`${url}${pathOf(requestId)}`, { sqlText, ...more }),
    poll: (id: unknown) => wire.full(`${url}/queries/${String(id)}/result`),
    abort: (requestId: string) => wire.full(`${url}/queries/v1/abort-request`, { requestId }),
    abortById: (id: unknown) => wire.full(`${url}/queries/${String(id)}/abort-request`, {}),
  });
  return { to };
}

const again = { status: 503, retryAfter: '1', code: '000709' };

it('the real driver runs, waits, reads chunks and is let through by way of a balancer that goes round', async () => {
  const balancer = await startBalancer();
  const { here, there, grace } = await twoRelays({ config: { listen: { publicUrl: balancer.url } } });
  balancer.to([here.place.url, there.place.url]);
  const ada = await connectDriver(balancer.url, await issuer().tokenFor('ada'));
  expect((await ada.run(count)).rows).toEqual([{ N: 100 }]);
  const large =
    "SELECT O.ID, P.ID, C.ID, SHA2(O.ID || '/' || P.ID || C.ID) AS H FROM ORDERS O, ORDERS P, CUSTOMERS C";
  expect((await ada.run(large)).rows).toHaveLength(500_000);

  const changing = ada.run(update);
  const approver = await grace();
  const asked = await nextPending(approver);
  const polledAgain = () => balancer.answered.filter((one) => /^GET .*\/result 503$/.test(one)).length;
  await expect.poll(polledAgain).toBeGreaterThan(0);
  await approver.decide(asked, 'approve', 'at one of them');
  expect((await changing).statement.getNumUpdatedRows()).toBe(1);
  expect([count, large, update].map(timesRun)).toEqual([1, 1, 1]);
  await ada.close();
});

describe('a statement that another relay has', () => {
  it('is neither run again nor answered for, whether it is polled or sent again; and its own relay answers', async () => {
    const { here, there, grace } = await twoRelays();
    const { to } = await sessionOf('ada', here.place.url);
    const [atHere, atThere] = [to(here.place.url), to(there.place.url)];
    const requestId = randomUUID();
    const first = await atHere.send(update, requestId);
    expect(first).toMatchObject({ code: '333333' });
    expect(await atThere.send(update, requestId)).toMatchObject(again);
    expect(await atThere.poll(first.data?.['queryId'])).toMatchObject(again);
    expect(await atThere.send('SELECT 2', requestId)).toMatchObject({ status: 200, code: '390400' });
    const approver = await grace();
    await approver.decide(await nextPending(approver), 'approve', 'at the other');
    const answer = await atHere.poll(first.data?.['queryId']);
    expect(answer).toMatchObject({ success: true, data: { rowset: [['1', '0']] } });
    // It has the rows still.
    expect(await atThere.send(update, requestId)).toMatchObject(again);
    expect(await atThere.poll(first.data?.['queryId'])).toMatchObject(again);
    expect(await atHere.send(update, requestId)).toMatchObject({ success: true });

    const failed = randomUUID();
    const told = await atHere.send('DROP TABLE ORDERS', failed);
    expect(await atThere.send('DROP TABLE ORDERS', failed)).toMatchObject(again);
    await here.relay.close();
    // What is on the record is all that is left of it.
    const gone = await atThere.send(update, requestId);
    expect(gone.message).toContain('the statement has run, and its result is no longer kept');
    expect((await atThere.poll(first.data?.['queryId'])).message).toBe(gone.message);
    expect(await atThere.send('DROP TABLE ORDERS', failed)).toMatchObject({ code: told.code });
    expect(timesRun(update)).toBe(1);
  });

  it('runs once when both are sent it at once', async () => {
    const { here, there } = await twoRelays();
    const { to } = await sessionOf('ada', here.place.url);
    // Each has an embedded warehouse of its own.
    for (const { place } of [here, there])
      await to(place.url).send('CREATE TABLE SCRATCH.NOTES AS SELECT 1 AS N');
    for (let round = 0; round < 10; round += 1) {
      const insert = `INSERT INTO SCRATCH.NOTES VALUES (${round})`;
      const requestId = randomUUID();
      const answers = await Promise.all(
        [here, there].map(({ place }) => to(place.url).send(insert, requestId)),
      );
      const statuses = answers.map(({ status, success }) =>
        status === 200 ? `done: ${success}` : String(status),
      );
      expect(statuses.toSorted()).toEqual(['503', 'done: true']);
      expect(timesRun(insert)).toBe(1);
    }
  });

  it.each([
    ['by its request', 'abort'],
    ['by its id', 'abortById'],
  ] as const)('is stopped %s at any, while it runs and while it is held', async (_, how) => {
    const { here, there, grace } = await twoRelays();
    const { to } = await sessionOf('ada', here.place.url);
    const [atHere, atThere] = [to(here.place.url), to(there.place.url)];
    const approver = await grace();
    for (const sql of [endless, update]) {
      const requestId = randomUUID();
      const { data } = await atHere.send(sql, requestId, { asyncExec: true });
      const isUnderWay = async () =>
        timesRun(endless) === 1 && (sql === endless || (await approver.pending()).length === 1);
      await expect.poll(isUnderWay).toBe(true);
      const named = how === 'abort' ? requestId : data?.['queryId'];
      expect(await atThere[how](named as string)).toMatchObject({ status: 200, success: true });
      const ended = async () => (await atHere.poll(data?.['queryId'])).code;
      await expect.poll(ended).toBe('000604');
    }
    expect(await (await grace(here)).pending()).toEqual([]);
    expect(timesRun(update)).toBe(0);
  });

  it('is nothing to another session, or another person: neither seen nor stopped', async () => {
    const { here, there, grace } = await twoRelays();
    const { to } = await sessionOf('ada', here.place.url);
    const requestId = randomUUID();
    const held = await to(here.place.url).send(update, requestId);
    const id = String(held.data?.['queryId']);
    const invented = `${randomUUID().slice(0, 14)}8${id.slice(15, 24).replace(/^-./, '-a')}${id.slice(24)}`;
    for (const subject of ['ada', 'grace']) {
      const other = await sessionOf(subject, there.place.url);
      const atThere = other.to(there.place.url);
      // What an id says of itself is all that is said, of one that there is, too.
      expect(await atThere.poll(id)).toEqual(await atThere.poll(invented));
      await atThere.abort(requestId);
      await atThere.abortById(id);
      const atHere = other.to(here.place.url);
      const unknown = (answer: object, of: string) => JSON.stringify(answer).replaceAll(of, 'it');
      expect(unknown(await atHere.poll(id), id)).toBe(unknown(await atHere.poll(invented), invented));
      // The same request id is one of its own.
      expect(await atThere.send(count, requestId)).toMatchObject({ success: true });
    }
    expect(await (await grace()).pending()).toHaveLength(1);
    expect(await to(here.place.url).poll(id)).toMatchObject({ code: '333333' });
    const api = apiClient(there.place.url, await issuer().tokenFor('grace'));
    expect(await api.statusOf('DELETE', `/api/statements/${id}`, {})).toBe(503);
    expect(await to(here.place.url).poll(id)).toMatchObject({ code: '333333' });
    await here.relay.close();
    const later = (await sessionOf('grace', there.place.url)).to(there.place.url);
    expect(await later.poll(id)).toMatchObject({ code: '000709', status: 200 });
    expect(await api.statusOf('GET', `/api/statements/${id}`, undefined)).toBe(410);
    expect(await (await grace()).pending()).toHaveLength(1);
  });
});

describe('a statement that is held', () => {
  it('goes on at the relay that is asked for it when its own is gone', async () => {
    const { here, there, grace } = await twoRelays();
    const { to } = await sessionOf('ada', here.place.url);
    const atThere = to(there.place.url);
    const requestId = randomUUID();
    const { data } = await to(here.place.url).send(update, requestId);
    await here.relay.close();
    expect(await atThere.poll(data?.['queryId'])).toMatchObject({
      code: '333333',
      data: { queryId: data?.['queryId'] },
    });
    const approver = await grace();
    await approver.decide(await nextPending(approver), 'approve', 'at the other');
    expect(await atThere.send(update, requestId)).toMatchObject({
      success: true,
      data: { queryId: data?.['queryId'] },
    });
    expect(timesRun(update)).toBe(1);
  });

  it('goes on when it is sent again, and can be withdrawn there', async () => {
    const { here, there, grace } = await twoRelays();
    const { to } = await sessionOf('ada', here.place.url);
    const atThere = to(there.place.url);
    const requestId = randomUUID();
    const { data } = await to(here.place.url).send(update, requestId);
    await here.relay.close();
    expect(await atThere.send(update, requestId)).toMatchObject(again);
    expect(await atThere.send(update, requestId)).toMatchObject({
      code: '333333',
      data: { queryId: data?.['queryId'] },
    });
    await atThere.abort(requestId);
    expect(await atThere.send(update, requestId)).toMatchObject({ code: '000604' });
    expect(await (await grace()).pending()).toEqual([]);
    expect(timesRun(update)).toBe(0);
  });

  it('is let go of by a relay that was taken for gone, and runs once', async () => {
    let ahead = 0;
    const now = () => Date.now() + ahead;
    const { here, there, grace } = await twoRelays({ second: { now } });
    const { to } = await sessionOf('ada', here.place.url);
    const [atHere, atThere] = [to(here.place.url), to(there.place.url)];
    const { data } = await atHere.send(update);
    // As when it has not been able to say for a minute that it is there.
    ahead = 61_000;
    expect(await atThere.poll(data?.['queryId'])).toMatchObject({ code: '333333' });
    ahead = 0;
    await expect.poll(async () => (await atHere.poll(data?.['queryId'])).status).toBe(503);
    const approver = await grace(here);
    await approver.decide(await nextPending(approver), 'approve', 'at the first');
    const done = async () => (await atThere.poll(data?.['queryId'])).data?.['rowset'];
    await expect.poll(done).toEqual([['1', '0']]);
    expect(timesRun(update)).toBe(1);
  });
});

describe('without a session of one’s own', () => {
  interface View {
    readonly id: string;
    readonly phase: string;
  }

  it('a request id is one statement at every relay, over the HTTP API', async () => {
    const { here, there, grace } = await twoRelays();
    const token = await issuer().tokenFor('ada');
    const [atHere, atThere] = [here, there].map(({ place }) => apiClient(place.url, token)) as [Api, Api];
    const asked = { sql: update, requestId: randomUUID(), wait: 1 };
    const held = await atHere.post<View>('/api/statements', asked);
    expect(held.phase).toBe('held');
    expect(await atThere.statusOf('POST', '/api/statements', asked)).toBe(503);
    expect(await atThere.statusOf('GET', `/api/statements/${held.id}`, undefined)).toBe(503);
    const approver = await grace();
    await approver.decide(await nextPending(approver), 'approve', 'fine');
    const ended = async () => (await atHere.get<View>(`/api/statements/${held.id}`)).phase;
    await expect.poll(ended).toBe('succeeded');

    const other = { ...asked, requestId: randomUUID() };
    const withdrawn = await atHere.post<View>('/api/statements', other);
    expect(await atThere.statusOf('DELETE', `/api/statements/${withdrawn.id}`, {})).toBe(503);
    const phase = async () => (await atHere.get<View>(`/api/statements/${withdrawn.id}`)).phase;
    await expect.poll(phase).toBe('failed');
    expect(await approver.pending()).toEqual([]);

    const insert = { sql: 'INSERT INTO SCRATCH.NOTES VALUES (2)', requestId: randomUUID(), wait: 10 };
    for (const api of [atHere, atThere])
      await api.post('/api/statements', { sql: 'CREATE TABLE SCRATCH.NOTES AS SELECT 1 AS N', wait: 10 });
    const both = await Promise.all(
      [atHere, atThere].map((api) => api.statusOf('POST', '/api/statements', insert)),
    );
    expect(both.toSorted((a, b) => a - b)).toEqual([200, 503]);
    expect([timesRun(update), timesRun(insert.sql)]).toEqual([1, 1]);
  });

  it('a held one goes on at the other relay, and an agent is told where it is', async () => {
    const { here, there, grace } = await twoRelays();
    const token = await issuer().tokenFor('ada');
    const agents = await Promise.all([here, there].map(({ place }) => agentAt(place.url, token)));
    const [atHere, atThere] = agents as [Agent, Agent];
    const { view } = await atHere('run_statement', { sql: update, wait: 1 });
    expect(view).toMatchObject({ phase: 'held' });
    const elsewhere = {
      isError: true,
      said: expect.stringContaining('another relay has the statement') as string,
    };
    expect(await atThere('get_statement', { id: view['id'], wait: 1 })).toMatchObject(elsewhere);
    await here.relay.close();
    const goesOn = await atThere('get_statement', { id: view['id'], wait: 1 });
    expect(goesOn.view).toMatchObject({ phase: 'held', id: view['id'] });
    const approver = await grace();
    await approver.decide(await nextPending(approver), 'approve', 'fine');
    const ended = await atThere('get_statement', { id: view['id'], wait: 30 });
    expect(ended.view).toMatchObject({ phase: 'succeeded' });
    expect(timesRun(update)).toBe(1);
  });

  it('an agent that cancels it at the other relay has it cancelled', async () => {
    const { here, there, grace } = await twoRelays();
    const token = await issuer().tokenFor('ada');
    const agents = await Promise.all([here, there].map(({ place }) => agentAt(place.url, token)));
    const [atHere, atThere] = agents as [Agent, Agent];
    const { view } = await atHere('run_statement', { sql: update, wait: 1 });
    expect(await atThere('cancel_statement', { id: view['id'] })).toMatchObject({ isError: true });
    const ended = await atHere('get_statement', { id: view['id'], wait: 30 });
    expect(ended.view).toMatchObject({ phase: 'failed', error: { code: 'approval_cancelled' } });
    expect(await (await grace()).pending()).toEqual([]);
  });
});

type Api = ReturnType<typeof apiClient>;
type Agent = Awaited<ReturnType<typeof agentAt>>;

async function agentAt(url: string, token: string) {
  const client = new Client({ name: 'test-agent', version: '1' }, { versionNegotiation: { mode: 'auto' } });
  const requestInit = { headers: { authorization: `Bearer ${token}` } };
  await client.connect(new StreamableHTTPClientTransport(new URL('/mcp', url), { requestInit }));
  return async (name: string, given: Record<string, unknown>) => {
    const { structuredContent, isError, content } = await client.callTool({ name, arguments: given });
    const view = (structuredContent ?? {}) as Record<string, unknown>;
    return { view, isError: isError ?? false, said: JSON.stringify(content) };
  };
}
