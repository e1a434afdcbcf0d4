import { setTimeout as sleep } from 'node:timers/promises';
import type { FileAndStageBindStatement, QueryStatus, RowStatement } from 'snowflake-sdk';
import { afterEach, describe, expect, it } from 'vitest';
import { SluiceError } from '../../relay/src/errors.ts';
import type { RunStatement, StatementRequest } from '../../relay/src/gate.ts';
import { connect, disconnect, execute } from './node-driver.ts';
import {
  column,
  rowsOutcome,
  type ScriptedRelay,
  type ScriptedSettings,
  startScriptedRelay,
} from './scripted-relay.ts';

let relay: ScriptedRelay;

/** The paths that were asked for. */
let asked: string[];

async function start(script: RunStatement, settings?: ScriptedSettings) {
  relay = await startScriptedRelay(script, settings);
  asked = [];
  relay.app.server.on('request', ({ url = '' }) => asked.push(url));
  return connect(relay.port);
}

const polls = () => asked.filter((url) => /^\/queries\/.*\/result/.test(url)).length;
const orders = () => asked.filter((url) => url.startsWith('/queries/v1/query-request')).length;

afterEach(async () => relay.close());

const approval = { approvalId: 'a', expiresAt: 0, approvers: ['owners'], needed: 1 };
const answer = (request: StatementRequest) =>
  rowsOutcome(request.queryId, [column('ANSWER', 'text')], [[request.sql]]);

/** A gate that holds statements until the test says what becomes of them. */
function holdingGate() {
  const requests: StatementRequest[] = [];
  let release = () => {};
  const released = new Promise<void>((resolve) => {
    release = resolve;
  });
  const cancelled: string[] = [];
  const run: RunStatement = async (request, progress, signal) => {
    requests.push(request);
    progress.held(approval);
    const aborted = new Promise<never>((_, reject) => {
      signal.addEventListener('abort', () => {
        cancelled.push(request.queryId);
        reject(signal.reason as Error);
      });
    });
    await Promise.race([released, aborted]);
    progress.running();
    return answer(request);
  };
  return { run, requests, cancelled, release };
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await sleep(5);
}

it('a held statement waits over many polls, runs once, and answers as soon as it is released', async () => {
  const gate = holdingGate();
  const connection = await start(gate.run, { options: { longPollMs: 50 } });
  const result = execute(connection, 'DELETE everything');
  await until(() => polls() >= 5);
  gate.release();
  expect((await result).rows).toEqual([{ ANSWER: 'DELETE everything' }]);
  expect(gate.requests).toHaveLength(1);
});

it('a release does not wait for the poll to run out', async () => {
  const gate = holdingGate();
  // Longer than the test waits.
  const connection = await start(gate.run, { options: { longPollMs: 3_600_000 } });
  const result = execute(connection, 'SELECT 1');
  await until(() => gate.requests.length === 1);
  gate.release();
  expect((await result).rows).toHaveLength(1);
});

it.each([
  ['before the driver knows its id', 20_000, 0],
  ['between polls', 50, 1],
])('a cancel %s ends it as cancelled', async (_when, longPollMs, pollsBefore) => {
  const gate = holdingGate();
  const connection = await start(gate.run, { options: { longPollMs } });
  let statement: RowStatement | undefined;
  const result = execute(connection, 'SELECT 1', {}, (started) => {
    statement = started;
  });
  await until(() => gate.requests.length === 1 && polls() >= pollsBefore);
  statement?.cancel();
  await expect(result).rejects.toMatchObject({
    code: '000604',
    sqlState: '57014',
    message: expect.stringContaining('SQL execution canceled'),
  });
  expect(gate.cancelled).toHaveLength(1);
});

it('an expired session token is renewed in the middle of a wait, and nothing runs twice', async () => {
  const gate = holdingGate();
  let skew = 0;
  const connection = await start(gate.run, { options: { longPollMs: 50 }, now: () => Date.now() + skew });
  const result = execute(connection, 'SELECT 1');
  await until(() => gate.requests.length === 1);
  skew = 2 * 3_600_000;
  await until(() => asked.filter((url) => url.startsWith('/session/token-request')).length === 1);
  gate.release();
  expect((await result).rows).toHaveLength(1);
  expect(gate.requests).toHaveLength(1);
});

it('a revoked session ends now: what it holds is cancelled, and its tokens are worth nothing', async () => {
  const gate = holdingGate();
  const connection = await start(gate.run, { options: { longPollMs: 50 } });
  // The driver may be told before the one who revoked is.
  const outcome = execute(connection, 'SELECT 1').catch((error: unknown) => error);
  await until(() => gate.requests.length === 1);
  const ended = await relay.sessions.endWhere(({ identity }) => identity.subject === 'ada', 'revoked');
  expect(ended).toHaveLength(1);
  expect(await outcome).toMatchObject({ code: '390114' });
  await until(() => gate.cancelled.length === 1);
  await expect(execute(connection, 'SELECT 2')).rejects.toMatchObject({ code: '390114' });
  expect(gate.requests).toHaveLength(1);
});

it('a client that is gone loses its held statement', async () => {
  const gate = holdingGate();
  let skew = 0;
  const now = () => Date.now() + skew;
  await start(gate.run, { options: { longPollMs: 20_000 }, queries: { detachedMs: 60_000 }, now });
  const client = new AbortController();
  const login = await relay.app.inject({
    method: 'POST',
    url: '/session/v1/login-request',
    payload: { data: { TOKEN: 'bob-token' } },
  });
  const { token } = login.json<{ data: { token: string } }>().data;
  const request = fetch(`http://127.0.0.1:${relay.port}/queries/v1/query-request`, {
    method: 'POST',
    headers: { authorization: `Snowflake Token="${token}"` },
    body: JSON.stringify({ sqlText: 'SELECT 1' }),
    signal: client.signal,
  });
  await until(() => gate.requests.length === 1);
  skew += 61_000;
  await relay.queries.sweep();
  expect(gate.cancelled, 'it still waits').toEqual([]);
  client.abort();
  await expect(request).rejects.toThrow('abort');
  // The relay hears of it when it does.
  const cancelled = async () => {
    skew += 61_000;
    await relay.queries.sweep();
    return gate.cancelled.length;
  };
  await expect.poll(cancelled).toBe(1);
});

it("after a restart the driver's poll finds the statement that was held", async () => {
  const before = holdingGate();
  const connection = await start(before.run, { options: { longPollMs: 50 } });
  const result = execute(connection, 'SELECT 1');
  await until(() => before.requests.length === 1 && polls() >= 1);
  const { directory, port } = relay;
  await relay.stop();
  expect(before.cancelled, 'a restart withdraws nothing').toEqual([]);

  const after = holdingGate();
  relay = await startScriptedRelay(after.run, { directory, port, options: { longPollMs: 50 } });
  const held = before.requests[0]!;
  const session = await relay.sessions.find(held.session.id);
  relay.others.left.push({ ...held, session: session! });
  await relay.queries.adoptLeft(() => true);
  after.release();
  expect((await result).rows).toEqual([{ ANSWER: 'SELECT 1' }]);
  expect(after.requests).toHaveLength(1);
});

describe('a request', () => {
  it('sent twice runs once; the id reused for other SQL is refused', async () => {
    const gate = holdingGate();
    const connection = await start(gate.run);
    const requestId = '6f9b9a55-7a3f-4e63-9d3a-000000000001';
    const both = [
      execute(connection, 'SELECT 1', { requestId }),
      execute(connection, 'SELECT 1', { requestId }),
    ];
    await until(() => gate.requests.length === 1 && orders() === 2);
    gate.release();
    const results = await Promise.all(both);
    expect(results.map(({ rows }) => rows.length)).toEqual([1, 1]);
    await execute(connection, 'SELECT 1', { requestId });
    expect(gate.requests).toHaveLength(1);
    await expect(execute(connection, 'SELECT 2', { requestId })).rejects.toMatchObject({ code: '390400' });
    expect(gate.requests).toHaveLength(1);
  });

  it('of before a restart, repeated after it, does not run again', async () => {
    const requestId = '6f9b9a55-7a3f-4e63-9d3a-000000000002';
    const runs: string[] = [];
    const script: RunStatement = async (request) => {
      runs.push(request.sql);
      return answer(request);
    };
    const connection = await start(script);
    await execute(connection, 'INSERT', { requestId });
    const { directory, port } = relay;
    await relay.stop();
    relay = await startScriptedRelay(script, { directory, port, recorded: [requestId] });
    await expect(execute(connection, 'INSERT', { requestId })).rejects.toMatchObject({ sqlState: '08007' });
    await execute(connection, 'SELECT new');
    expect(runs).toEqual(['INSERT', 'SELECT new']);
  });

  it('for several statements passes the gate one by one, in order, and stops at the first that fails', async () => {
    const seen: string[] = [];
    const connection = await start(async (request) => {
      seen.push(request.sql);
      if (request.sql === 'SELECT 3') throw new SluiceError('blocked', 'three is blocked');
      return answer(request);
    });
    const parameters = { MULTI_STATEMENT_COUNT: 2 };
    const results = await new Promise((resolve, reject) => {
      const rows: unknown[] = [];
      connection.execute({
        sqlText: 'SELECT 1; SELECT 2;',
        parameters,
        // Called once a result.
        complete: (error, statement, some) => {
          if (error) return reject(error);
          rows.push(...(some ?? []));
          const series = statement as FileAndStageBindStatement;
          if (series.hasNext()) series.NextResult();
          else resolve(rows);
        },
      });
    });
    expect(results).toEqual([{ ANSWER: 'SELECT 1' }, { ANSWER: 'SELECT 2' }]);
    await expect(
      execute(connection, 'SELECT 3; SELECT 4', { parameters: { MULTI_STATEMENT_COUNT: 0 } }),
    ).rejects.toMatchObject({ code: '003001' });
    expect(seen).toEqual(['SELECT 1', 'SELECT 2', 'SELECT 3']);
  });

  it('carries binds and batches of binds, its tag and describe-only to the gate', async () => {
    const seen: StatementRequest[] = [];
    const connection = await start(async (request) => {
      seen.push(request);
      return rowsOutcome(request.queryId, [column('X', 'text')], request.describeOnly ? [] : [['1']]);
    });
    await execute(connection, 'SELECT ?, ?', { binds: [7, 'x'] });
    await execute(connection, 'INSERT ?', {
      binds: [
        [1, 'a'],
        [2, null],
      ] as never,
      parameters: { QUERY_TAG: '{"prompt":"how many?"}' },
    });
    await execute(connection, 'SELECT 1', { describeOnly: true });
    expect(seen.map(({ binds, describeOnly, prompt }) => ({ binds, describeOnly, prompt }))).toEqual([
      {
        binds: { 1: { type: 'FIXED', value: '7' }, 2: { type: 'TEXT', value: 'x' } },
        describeOnly: false,
        prompt: null,
      },
      {
        binds: { 1: { type: 'FIXED', value: ['1', '2'] }, 2: { type: 'TEXT', value: ['a', null] } },
        describeOnly: false,
        prompt: { text: 'how many?', source: 'query_tag' },
      },
      { binds: {}, describeOnly: true, prompt: null },
    ]);
  });

  it('that is asynchronous is accepted at once, watched, and fetched', async () => {
    const gate = holdingGate();
    const connection = await start(gate.run);
    const { statement } = await execute(connection, 'SELECT 1', { asyncExec: true });
    const queryId = statement.getQueryId();
    expect(connection.isStillRunning((await connection.getQueryStatus(queryId)) as QueryStatus)).toBe(true);
    gate.release();
    const fetched = await connection.getResultsFromQueryId({ queryId, sqlText: '' });
    const rows: unknown[] = [];
    for await (const row of fetched.streamRows()) rows.push(row);
    expect(rows).toEqual([{ ANSWER: 'SELECT 1' }]);
    expect(await connection.getQueryStatus(queryId)).toBe('SUCCESS');
  });

  it("cannot see, fetch or cancel another session's statement, even of the same person", async () => {
    const gate = holdingGate();
    const mine = await start(gate.run, { options: { longPollMs: 50 } });
    const { statement } = await execute(mine, 'SELECT 1', { asyncExec: true });
    const queryId = statement.getQueryId();
    for (const token of ['ada-token', 'eve-token']) {
      const login = await relay.app.inject({
        method: 'POST',
        url: '/session/v1/login-request',
        payload: { data: { TOKEN: token } },
      });
      const headers = {
        authorization: `Snowflake Token="${login.json<{ data: { token: string } }>().data.token}"`,
      };
      for (const [method, url] of [
        ['GET', `/queries/${queryId}/result`],
        ['GET', `/monitoring/queries/${queryId}`],
        ['POST', `/queries/${queryId}/abort-request`],
      ] as const) {
        const response = await relay.app.inject({ method, url, headers });
        expect(response.json()).toMatchObject({ success: false, code: '000709' });
      }
      await relay.app.inject({
        method: 'POST',
        url: '/queries/v1/abort-request',
        headers,
        payload: { requestId: gate.requests[0]!.requestId },
      });
    }
    expect(gate.cancelled).toEqual([]);
    await disconnect(mine);
  });
});
