import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { z } from 'zod';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { chunksOf } from '../encoding/testing.ts';
import type { SluiceError } from '../errors.ts';
import type { RunStatement, StatementOutcome } from '../gate.ts';
import { identityId } from '../identity/index.ts';
import { createLimits, limitsConfig } from '../limits/index.ts';
import type { Session, SessionId } from '../session/index.ts';
import {
  createQueries,
  isSettled,
  openSpool,
  type Queries,
  type Query,
  type QueryLimits,
  type QueryOrder,
  type StatementOrder,
} from './index.ts';
import { type Strays, strays } from './testing.ts';

/** Milliseconds for what comes at once unless the machine is busy. */
const PATIENCE = 30_000;

const state = { database: 'DB', schema: null, warehouse: null, role: null };
let directory: string;
let time: number;
let runs: string[];
let others: Strays;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'sluice-queries-'));
  time = 1_000_000;
  runs = [];
  others = strays();
});

afterEach(async () => rm(directory, { recursive: true, force: true }));

async function start(
  run: RunStatement,
  limits: Partial<QueryLimits> = {},
  allowed: z.input<typeof limitsConfig> = {},
  onSpoolClosing: () => void = () => {},
): Promise<Queries> {
  let ids = 0;
  const spool = await openSpool(join(directory, 'spool'), { firstBytes: 10, chunkBytes: 100 });
  return createQueries({
    run: async (request, progress, signal) => {
      runs.push(request.sql);
      return run(request, progress, signal);
    },
    spool: {
      ...spool,
      close() {
        onSpoolClosing();
        return spool.close();
      },
    },
    allowance: createLimits({ config: limitsConfig.parse(allowed), now: () => time, onExceeded: () => {} }),
    elsewhere: others.elsewhere,
    relay: 'this',
    now: () => time,
    newId: () => `q${(ids += 1)}`,
    onUnexpected: () => {},
    limits,
  });
}

function session(name: string): Session {
  const client = { application: 'x', version: '1', protocol: 'api' as const, address: '::1', agent: null };
  const identity = {
    id: identityId('i', name),
    issuer: 'i',
    subject: name,
    name,
    person: {},
    groups: [],
    kind: 'person' as const,
    tokenId: null,
    tokenClient: null,
    signedInAt: null,
    acr: null,
    mayDecide: false,
    issuedAt: 0,
    expiresAt: 1e12,
  };
  return {
    id: name as SessionId,
    number: 1,
    identity,
    client,
    state,
    parameters: {},
    openedAt: time,
    expiresAt: 1e12,
  };
}

function order(session: Session, requestId: string, more: Partial<QueryOrder> = {}): QueryOrder {
  const sql = `sql of ${requestId}`;
  return {
    session,
    requestId,
    sql,
    binds: {},
    describeOnly: false,
    prompt: null,
    attended: true,
    ...more,
  };
}

function outcome(queryId: string, cells = 0): StatementOutcome {
  const chunks = chunksOf(...Array.from({ length: cells }, () => [['x'.repeat(50)]]));
  const left = { ...state, schema: 'LEFT' };
  return {
    queryId,
    columns: [],
    encoding: 'json',
    chunks,
    statementTypeId: 0x1000,
    state: left,
    parameters: {},
  };
}

const forEver: RunStatement = async (_request, progress, signal) =>
  new Promise((_, reject) => {
    signal.throwIfAborted();
    progress.held({ approvalId: 'a', expiresAt: 0, approvers: ['owners'], needed: 1 });
    signal.addEventListener('abort', () => reject(signal.reason as Error));
  });

it('waits for the phase that is asked for, and no longer than is asked for', async () => {
  const queries = await start(async (request, progress, signal) => {
    await sleep(20);
    return forEver(request, progress, signal);
  });
  const query = queries.submit(order(session('a'), 'r1'));
  expect((await queries.wait(query, PATIENCE, { until: ({ phase }) => phase === 'held' })).phase).toBe(
    'held',
  );
  expect((await queries.wait(query, 50)).phase).toBe('held');
  queries.cancel(query);
  expect(await queries.wait(query, PATIENCE)).toMatchObject({ error: { code: 'statement_cancelled' } });
});

it("takes Node's own word for an abort as the cancel that it is", async () => {
  const queries = await start(async ({ queryId }, _progress, signal) => {
    await sleep(3_600_000, undefined, { signal });
    return outcome(queryId);
  });
  const query = queries.submit(order(session('a'), 'r1'));
  await expect.poll(() => runs).toHaveLength(1);
  queries.cancel(query);
  expect(await queries.wait(query, PATIENCE)).toMatchObject({ error: { code: 'statement_cancelled' } });
});

it('shows what broke in the relay as internal, without its words', async () => {
  const queries = await start(async () => {
    throw new Error('row 7 holds 123-45-6789');
  });
  const status = await queries.wait(queries.submit(order(session('a'), 'r1')), PATIENCE);
  expect(status).toMatchObject({ phase: 'failed', error: { code: 'internal' } });
  expect(JSON.stringify(status)).not.toContain('6789');
});

it.each([
  ['by their age', {}, 25 * 3_600_000],
  ['by their number', { keptQueries: 1 }, 0],
  ['by the memory they take', { keptBytes: 20 }, 0],
  ['by the disk they take', { spoolBytes: 10 }, 0],
])('forgets results %s, and their files', async (_how, limits, laterMs) => {
  const queries = await start(async ({ queryId }) => outcome(queryId, 5), limits);
  const owner = session('a');
  const query = queries.submit(order(owner, 'r1'));
  await queries.wait(query, PATIENCE);
  time += laterMs;
  await queries.wait(queries.submit(order(owner, 'r2')), PATIENCE);
  await queries.sweep();
  await expect(queries.find(owner, query.queryId)).rejects.toMatchObject({ code: 'result_unavailable' });
  const files = async () => readdir(join(directory, 'spool'));
  await expect.poll(async () => (await files()).filter((name) => name.startsWith(query.queryId))).toEqual([]);
});

it('never forgets what is unfinished', async () => {
  const queries = await start(forEver, { keptQueries: 1, keptBytes: 1 });
  const owner = session('a');
  const held = ['r1', 'r2', 'r3'].map((id) => queries.submit(order(owner, id)));
  time += 100_000;
  held.forEach((query) => void queries.wait(query, 100));
  await queries.sweep();
  const found = await Promise.all(held.map(({ queryId }) => queries.find(owner, queryId)));
  expect(found.map(({ status }) => status.phase)).toEqual(['held', 'held', 'held']);
});

it('cancels attended statements that nobody polls, and leaves the others alone', async () => {
  const queries = await start(forEver, { detachedMs: 60_000 });
  const owner = session('a');
  const attended = queries.submit(order(owner, 'r1'));
  const unattended = queries.submit(order(owner, 'r2', { attended: false }));
  await queries.wait(attended, 1);
  time += 59_000;
  await queries.sweep();
  expect(isSettled(attended.status)).toBe(false);
  time += 2000;
  await queries.sweep();
  await queries.wait(attended, PATIENCE);
  expect(attended.status).toMatchObject({ error: { code: 'statement_cancelled' } });
  expect(unattended.status.phase).toBe('held');
});

it('ends everything of a session that ends, and nothing of another', async () => {
  const queries = await start(async (request, progress, signal) =>
    request.requestId === 'done' ? outcome(request.queryId, 5) : forEver(request, progress, signal),
  );
  const [mine, other] = [session('a'), session('b')];
  await queries.wait(queries.submit(order(mine, 'done')), PATIENCE);
  const held = queries.submit(order(mine, 'held'));
  const theirs = queries.submit(order(other, 'held'));
  const waiter = queries.wait(held, PATIENCE);
  await queries.endSession(mine.id);
  expect(isSettled(held.status), 'it has stopped by then').toBe(true);
  expect(await waiter).toMatchObject({ error: { code: 'session_ended' } });
  expect(await readdir(join(directory, 'spool'))).toEqual([]);
  expect(theirs.status.phase).toBe('held');
});

it('drops a result that is finished only after its session has ended', async () => {
  let finish = () => {};
  const queries = await start(async ({ queryId }) => {
    await new Promise<void>((resolve) => {
      finish = resolve;
    });
    return outcome(queryId, 5);
  });
  const owner = session('a');
  queries.submit(order(owner, 'r1'));
  await queries.endSession(owner.id);
  finish();
  await sleep(50);
  await expect.poll(async () => readdir(join(directory, 'spool'))).toEqual([]);
});

it('bounds what all sessions of an identity may have unfinished, and what is adopted counts', async () => {
  const queries = await start(forEver, {}, { identity: { statements: 2 } });
  const { identity } = session('a');
  const [one, two] = [session('a'), { ...session('b'), identity }];
  const adopt = async (requestId: string, queryId: string) => {
    others.left.push({ ...order(one, requestId), queryId });
    await queries.adoptLeft(() => true);
  };
  await adopt('r1', 'adopted');
  const second = queries.submit(order(two, 'r2'));
  expect(() => queries.submit(order(two, 'r3'))).toThrow('2 unfinished');
  expect(queries.submit(order(two, 'r2')), 'a repeat is the same').toBe(second);
  await adopt('r4', 'adopted, too');
  queries.cancel(second);
  await queries.wait(second, 1_000);
  expect(() => queries.submit(order(two, 'r5')), 'still one too many').toThrow('2 unfinished');
  queries.submit(order(session('c'), 'r6'));
});

it('stops what runs for too long, and lets time stand still while people are asked', async () => {
  const released = Promise.withResolvers<void>();
  const queries = await start(
    async ({ sql }, progress, signal) => {
      if (sql === 'held') {
        progress.held({ approvalId: 'a', expiresAt: 0, approvers: ['owners'], needed: 1 });
        await released.promise;
      }
      progress.running();
      return await new Promise((_, reject) => {
        signal.addEventListener('abort', () => reject(signal.reason));
      });
    },
    { statementMs: 100 },
  );
  const [running, held] = [
    queries.submit(order(session('a'), 'r1')),
    queries.submit(order(session('a'), 'r2', { sql: 'held' })),
  ];
  await queries.wait(running, 2_000);
  expect(running.status).toMatchObject({ phase: 'failed', error: { code: 'statement_timeout' } });
  await sleep(200);
  expect(held.status.phase).toBe('held');
  released.resolve();
  await queries.wait(held, 2_000);
  expect(held.status).toMatchObject({ phase: 'failed', error: { code: 'statement_timeout' } });
});

it('bounds what a session may have unfinished', async () => {
  const queries = await start(forEver, { unfinishedPerSession: 2 });
  const owner = session('a');
  queries.submit(order(owner, 'r1'));
  queries.submit(order(owner, 'r2'));
  expect(() => queries.submit(order(owner, 'r3'))).toThrow('2 unfinished');
  expect(queries.submit(order(owner, 'r2')).requestId, 'a repeat is no new one').toBe('r2');
  queries.submit(order(session('b'), 'r1'));
});

it('does not run again what the record holds already', async () => {
  const queries = await start(async ({ queryId }) => outcome(queryId));
  const old = session('old');
  others.recorded.set('recorded', 'the first');
  const repeated = queries.submit(order(old, 'recorded'));
  const status = await queries.wait(repeated, PATIENCE);
  expect(status).toMatchObject({ error: { code: 'statement_outcome_unknown' } });
  expect(repeated.queryId, 'told of the statement on the record').toBe('the first');
  await queries.wait(queries.submit(order(old, 'new')), PATIENCE);
  others.recorded.clear();
  await queries.wait(queries.submit(order(session('another'), 'recorded')), PATIENCE);
  expect(runs).toEqual(['sql of new', 'sql of recorded']);
});

it('stops a series with the statement that is running, and starts no other', async () => {
  const queries = await start(forEver);
  const series = queries.submitSeries(order(session('a'), 'r1'), [
    { sql: 'one', binds: {} },
    { sql: 'two', binds: {} },
  ]);
  await queries.wait(series, PATIENCE, { until: ({ phase }) => phase === 'held' });
  queries.cancel(series);
  expect(await queries.wait(series, PATIENCE)).toMatchObject({ error: { code: 'statement_cancelled' } });
  expect(runs).toEqual(['one']);
});

it('has ended what ran, on the record too, before it gives its files up', async () => {
  const { promise: recording, resolve: record } = Promise.withResolvers<void>();
  const told: string[] = [];
  const run: RunStatement = async ({ queryId }, progress, signal) => {
    progress.running();
    async function* rows(): StatementOutcome['chunks'] {
      try {
        signal.throwIfAborted();
        yield await new Promise<never>((_, reject) =>
          signal.addEventListener('abort', () => reject(signal.reason as SluiceError)),
        );
      } finally {
        told.push('stopped');
        await recording;
        told.push('recorded');
      }
    }
    return { ...outcome(queryId), chunks: rows() };
  };
  const queries = await start(run, {}, {}, () => told.push('closed'));
  const query = queries.submit(order(session('a'), 'r1'));
  await queries.wait(query, PATIENCE, { until: ({ phase }) => phase === 'running' });
  // Whoever waits for it is told that it was, and not to ask again, when nobody would answer.
  const waiting = queries.wait(query, PATIENCE).then((status) => {
    told.push('told');
    return status;
  });
  const closing = queries.close();
  await expect.poll(() => told).toContain('stopped');
  record();
  await closing;
  expect(told).toEqual(['stopped', 'recorded', 'told', 'closed']);
  expect(await waiting).toMatchObject({ phase: 'failed', error: { code: 'statement_cancelled' } });
});

it('starts nothing more of what people agree to while it closes', async () => {
  const { promise: agreed, resolve: agree } = Promise.withResolvers<void>();
  const ends: string[] = [];
  const queries = await start(async (_, progress, signal): Promise<never> => {
    progress.held({ approvalId: 'a', expiresAt: 0, approvers: ['owners'], needed: 1 });
    await agreed;
    progress.running();
    ends.push(signal.aborted ? 'stopped' : 'ran');
    throw signal.reason;
  });
  const held = queries.submit(order(session('a'), 'held'));
  await queries.wait(held, PATIENCE, { until: ({ phase }) => phase === 'held' });
  await queries.close();
  agree();
  await expect.poll(() => ends).toEqual(['stopped']);
});

it('leaves held statements to the next relay when it closes, and stops the others', async () => {
  const aborted: string[] = [];
  const queries = await start(async ({ sql }, progress, signal): Promise<never> => {
    signal.addEventListener('abort', () => aborted.push(sql));
    if (sql === 'sql of held')
      progress.held({ approvalId: 'a', expiresAt: 0, approvers: ['owners'], needed: 1 });
    return new Promise((_, reject) =>
      signal.addEventListener('abort', () => reject(signal.reason as SluiceError)),
    );
  });
  const held = queries.submit(order(session('a'), 'held'));
  queries.submit(order(session('a'), 'running'));
  await queries.wait(held, PATIENCE, { until: ({ phase }) => phase === 'held' });
  const waiter = queries.wait(held, 60_000);
  await queries.close();
  expect((await waiter).phase).toBe('held');
  expect(aborted).toEqual(['sql of running']);
});

describe('statements of several relays', () => {
  const elsewhere = { code: 'statement_elsewhere' };
  const stopOf = (one: Session, more: Partial<Stop>): Stop => ({
    order: 'stop',
    by: one.identity,
    session: one.id,
    statement: null,
    requestId: null,
    ...more,
  });
  type Stop = Extract<StatementOrder, { order: 'stop' }>;
  const isHeld = (queries: Queries, one: Query) =>
    queries.wait(one, PATIENCE, { until: ({ phase }) => phase === 'held' });

  it('go on here when they are sent again, or asked for, and their relay is gone', async () => {
    const queries = await start(forEver);
    const owner = session('a');
    for (const [requestId, queryId] of [['r1', 'left 1'] as const, ['r2', 'left 2'] as const])
      others.left.push({ ...order(owner, requestId), queryId });
    const first = queries.submit(order(owner, 'r1'));
    expect(await queries.wait(first, PATIENCE)).toMatchObject({ error: elsewhere });
    // As a driver does on that.
    const again = queries.submit(order(owner, 'r1'));
    expect([again.queryId, (await queries.find(owner, 'left 1')).queryId]).toEqual(['left 1', 'left 1']);
    const asked = await queries.findOwn(({ id }) => id === owner.id, 'left 2');
    expect(queries.submit(order(owner, 'r2'))).toBe(asked);
    expect(runs).toHaveLength(2);
  });

  it('are stopped by what their requester says at another, and by nobody else', async () => {
    const queries = await start(forEver);
    const [owner, other] = [session('a'), session('b')];
    const mine = ['r1', 'r2'].map((requestId) => queries.submit(order(owner, requestId)));
    const theirs = queries.submit(order(other, 'r1'));
    for (const one of [...mine, theirs]) await isHeld(queries, one);
    const sameName = { ...owner, id: 'b' as SessionId };
    queries.obey(stopOf(other, { statement: mine[0]!.queryId }));
    queries.obey(stopOf(sameName, { session: null, statement: theirs.queryId }));
    queries.obey(
      stopOf(
        { ...other, identity: { ...other.identity, subject: 'A' } },
        { session: owner.id, requestId: 'r1' },
      ),
    );
    expect([...mine, theirs].map(({ status }) => status.phase)).toEqual(['held', 'held', 'held']);
    queries.obey(stopOf(owner, { requestId: 'r1' }));
    queries.obey(stopOf(owner, { session: null, statement: mine[1]!.queryId }));
    const cancelled = { error: { code: 'statement_cancelled' } };
    for (const one of mine) expect(await queries.wait(one, PATIENCE)).toMatchObject(cancelled);
    expect(theirs.status.phase).toBe('held');
  });

  it('are let go of when another relay goes on with them', async () => {
    const queries = await start(forEver);
    const owner = session('a');
    const one = queries.submit(order(owner, 'r1'));
    await isHeld(queries, one);
    queries.obey({ order: 'moved', statement: one.queryId, relay: 'this' });
    expect(one.status.phase).toBe('held');
    queries.obey({ order: 'moved', statement: one.queryId, relay: 'other' });
    expect(await queries.wait(one, PATIENCE)).toMatchObject({ error: elsewhere });
    await expect(queries.find(owner, one.queryId)).rejects.toMatchObject({ code: 'result_unavailable' });
  });

  it('that are not here are stopped where they are, in the name of who asks', async () => {
    const queries = await start(forEver);
    const owner = session('a');
    await queries.cancelByRequest(owner, 'r9');
    const here = queries.submit(order(owner, 'r1'));
    await queries.cancelByRequest(owner, 'r1');
    expect(await queries.wait(here, PATIENCE)).toMatchObject({ error: { code: 'statement_cancelled' } });
    expect(others.stopped).toEqual([{ by: owner.identity, session: 'a', statement: null, requestId: 'r9' }]);
  });
});
