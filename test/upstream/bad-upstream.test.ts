import { createServer } from 'node:http';
import { once } from 'node:events';
import { randomUUID } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import { gunzipSync, gzipSync } from 'node:zlib';
import { describe, expect, it, onTestFinished } from 'vitest';
import { isSluiceError } from '../../relay/src/errors.ts';
import type { ClientLimits } from '../../relay/src/warehouse/snowflake/client/index.ts';
import { changed, firstOf, byText, selected } from './answers.ts';
import { arrowRows } from './arrow-rows.ts';
import { AT_HOME, clientOf, firstColumn, NEVER } from './client.ts';
import type { Column, Row } from './columns.ts';
import type { Endpoint, Fault, Planned } from './faults.ts';
import type { Envelope, Reply } from './reply.ts';
import { generatedRows, jsonRows } from './rows.ts';
import { startUpstream } from './upstream.ts';

/** Stands in every row: no error may hold it. */
const SECRET = 'secret-of-a-row';
const ROWS = 700;
const CHUNK = 200;
const columns: readonly Column[] = [
  { name: 'N', type: 'fixed', precision: 18, scale: 0 },
  { name: 'T', type: 'text', length: 100 },
];
const row = (index: number): Row => [String(index), `${SECRET} ${index}`];
const many = selected(columns, generatedRows(ROWS, row), { portions: { first: 100, chunk: CHUNK } });

const LIMITS: Partial<ClientLimits> = {
  retryMs: 2_000,
  pauseMs: { first: 5, longest: 50 },
  answerMs: 1_000,
  // Well below what is waited for in all, so that a part which is not answered is asked for again.
  partMs: 300,
  answerBytes: 2 ** 20,
  // What one account's failures do to the others is another test's.
  failuresInRow: 1_000,
};

const reset = (executed: boolean): Fault => ({ kind: 'reset', executed });
const stall = (executed: boolean): Fault => ({ kind: 'stall', executed });
const body = (change: (bytes: Buffer) => Buffer): Fault => ({
  kind: 'reply',
  change: (honest) => ({ ...honest, body: change(honest.body) }),
});
const html = (status: number): Fault => ({
  kind: 'reply',
  change: () => ({
    status,
    headers: { 'content-type': 'text/html' },
    body: Buffer.from(`<html><body><h1>Sign in</h1>${SECRET}</body></html>`),
  }),
});
const data = (change: (honest: Record<string, unknown>) => unknown): Fault => ({
  kind: 'envelope',
  change: (honest: Envelope) => ({ ...honest, data: change(honest.data as Record<string, unknown>) }),
});

interface Case {
  readonly name: string;
  readonly fault: Fault;
  readonly times?: number;
  /** What comes of it; without it all rows do. */
  readonly fails?: string;
  /** What comes of a change of rows: where nobody can know, that is said. */
  readonly changeFails?: string;
}

const ALWAYS = 1_000;

const ofAnswers: readonly Case[] = [
  { name: 'is torn down before it ran', fault: reset(false) },
  { name: 'is torn down when it has run', fault: reset(true) },
  { name: 'is torn down each time', fault: reset(true), times: ALWAYS, ...lost() },
  { name: 'is not answered, once', fault: stall(true) },
  { name: 'ends in the middle', fault: { kind: 'cut', share: 0.5 } },
  { name: 'comes slowly', fault: { kind: 'drip', pieces: 20, everyMs: 10 } },
  { name: 'is a page of a proxy that is overloaded', fault: html(502) },
  { name: 'is a page of a portal', fault: html(200), ...lost() },
  { name: 'is text', fault: body(() => Buffer.from(SECRET)), ...lost() },
  { name: 'is JSON that ends too early', fault: body((bytes) => bytes.subarray(0, -200)), ...lost() },
  { name: 'is empty', fault: body(() => Buffer.alloc(0)), ...lost() },
  { name: 'is huge', fault: body((bytes) => Buffer.concat([bytes, Buffer.alloc(2 ** 21, ' ')])), ...lost() },
  { name: 'has no data', fault: data(() => null), ...lost() },
  { name: 'has no columns', fault: data((honest) => ({ ...honest, rowtype: undefined })), ...lost() },
  {
    name: 'has a column more than its rows',
    fault: data((honest) => ({
      ...honest,
      rowtype: [...(honest['rowtype'] as object[]), (honest['rowtype'] as object[])[0]],
    })),
    ...lost(),
  },
  {
    name: 'has more rows in all than there are',
    fault: data((honest) => ({ ...honest, total: Number(honest['total']) + 1 })),
    ...lost(),
  },
  {
    name: 'has a type that nobody knows',
    fault: data((honest) => ({
      ...honest,
      rowtype: (honest['rowtype'] as object[]).map((column) => ({ ...column, type: 'hologram' })),
    })),
    fails: 'unsupported_by_warehouse',
  },
];

function lost(): Pick<Case, 'fails' | 'changeFails'> {
  return { fails: 'warehouse_unavailable', changeFails: 'statement_outcome_unknown' };
}

/** Rows of a chunk, as the account would pack others. */
const rows = (encoding: 'json' | 'arrow', change: (rows: Row[]) => Row[], shape = columns): Fault => ({
  kind: 'reply',
  change: (honest: Reply) => {
    const count = encoding === 'json' ? countJson(honest.body) : CHUNK;
    const made = change(Array.from({ length: count }, (_, index) => row(100 + index)));
    const bytes = encoding === 'json' ? jsonRows(made) : arrowRows(shape, made);
    return { ...honest, body: gzipSync(bytes) };
  },
});

function countJson(packed: Buffer): number {
  return (JSON.parse(`[${gunzipSync(packed).toString()}]`) as unknown[]).length;
}

const ofChunks = (encoding: 'json' | 'arrow'): readonly Case[] => {
  const failing = { times: ALWAYS, fails: 'warehouse_unavailable' } as const;
  return [
    { name: 'is torn down once', fault: reset(true) },
    { name: 'ends in the middle', fault: { kind: 'cut', share: 0.5 } },
    { name: 'is not answered, once', fault: stall(true) },
    { name: 'comes slowly', fault: { kind: 'drip', pieces: 10, everyMs: 10 } },
    { name: 'is overloaded', fault: html(503) },
    { name: 'is overloaded each time', fault: html(503), ...failing },
    { name: 'is a page of a portal', fault: html(200), ...failing },
    { name: 'is packed and cut', fault: body((bytes) => bytes.subarray(0, bytes.length - 20)), ...failing },
    { name: 'fails its checksum', fault: body(flipped), ...failing },
    {
      name: 'unpacks to far more',
      fault: body(() => gzipSync(Buffer.alloc(2 ** 25, '[]'))),
      ...failing,
    },
    { name: 'has a row too few', fault: rows(encoding, (all) => all.slice(1)), ...failing },
    { name: 'has a row too many', fault: rows(encoding, (all) => [...all, row(0)]), ...failing },
    {
      name: 'has a column more',
      fault: rows(encoding, (all) => all.map((cells) => [...cells, SECRET]), [
        ...columns,
        { name: 'X', type: 'text' },
      ]),
      ...failing,
    },
    {
      name: 'has a column less',
      fault: rows(encoding, (all) => all.map(([first]) => [first!]), columns.slice(0, 1)),
      ...failing,
    },
    {
      name: 'has expired, whichever link',
      fault: html(403),
      times: ALWAYS,
      fails: 'result_unavailable',
    },
  ];
};

function flipped(bytes: Buffer): Buffer {
  const other = Buffer.from(bytes);
  other[other.length - 6]! ^= 0xff;
  return other;
}

async function started() {
  const upstream = await startUpstream({
    script: firstOf(byText({ 'SELECT many': many }), ({ sql }) =>
      sql.startsWith('INSERT') ? changed('insert', 3) : undefined,
    ),
    holdMs: 200,
  });
  const client = clientOf(upstream, LIMITS);
  onTestFinished(async () => {
    await client.close();
    // Nothing is left open, whatever happened.
    expect(upstream.sessions.every(({ closed }) => closed)).toBe(true);
    await expect.poll(() => upstream.connections()).toBe(0);
    await upstream.close();
  });
  return { upstream, session: await client.openSession(AT_HOME, NEVER) };
}

async function play(on: Endpoint, { fault, times = 1 }: Case, sql: string, encoding: 'json' | 'arrow') {
  const { upstream, session } = await started();
  const planned: Planned = { on, fault, times };
  upstream.faults.add(planned);
  const changes = sql.startsWith('INSERT');
  const outcome = await session
    .query(
      {
        sql,
        binds: {},
        describeOnly: false,
        requestId: randomUUID(),
        changes,
        parameters: { GO_QUERY_RESULT_FORMAT: encoding.toUpperCase() },
      },
      NEVER,
    )
    .then(firstColumn)
    .catch((error: unknown) => error);
  expect(upstream.log.requests.some(({ fault: happened }) => happened === fault.kind)).toBe(true);
  const executions = upstream.executions.filter((execution) => execution.sql === sql).length;
  upstream.faults.clear();
  return { upstream, session, outcome, executions };
}

function expectOutcome(outcome: unknown, fails: string | undefined, rows: readonly string[]): void {
  const error = isSluiceError(outcome) ? outcome : null;
  expect(error === null ? outcome : error.code).toEqual(fails ?? rows);
  expect(`${error?.message} ${error?.advice}`).not.toContain(SECRET);
}

const all = Array.from({ length: ROWS }, (_, index) => String(index));

describe.for(['json', 'arrow'] as const)('in %s', (encoding) => {
  it.for(ofAnswers)('an answer that $name', async (bad) => {
    const { outcome, executions } = await play('query', bad, 'SELECT many', encoding);
    expectOutcome(outcome, bad.fails, all);
    expect(executions).toBeLessThanOrEqual(1);
  });

  it.for(ofChunks(encoding))('a chunk that $name', async (bad) => {
    const { outcome, executions, upstream } = await play('chunk', bad, 'SELECT many', encoding);
    expectOutcome(outcome, bad.fails, all);
    expect(executions).toBe(1);
    const chunks = upstream.log.requests.filter(({ endpoint }) => endpoint === 'chunk');
    expect(chunks.filter(({ headers }) => headers.authorization !== undefined)).toEqual([]);
  });
});

/** What has a shape of its own to be wrong in is left to queries. */
const ofChanges = ofAnswers.filter(({ name }) => !/more|type/.test(name));

it.for(ofChanges)('a change whose answer $name', async (bad) => {
  const { outcome, executions, session } = await play('query', bad, 'INSERT INTO T VALUES (1)', 'json');
  expectOutcome(outcome, bad.changeFails, ['3']);
  expect(executions).toBeLessThanOrEqual(1);
  // The session goes on, and knows nothing of it.
  const answer = await session.query(
    {
      sql: 'SELECT many',
      binds: {},
      describeOnly: false,
      requestId: randomUUID(),
      changes: false,
      parameters: {},
    },
    NEVER,
  );
  expect(await firstColumn(answer)).toEqual(all);
});

it.for(['query', 'chunk'] as const)('nobody is led elsewhere by a redirect: %s', async (on) => {
  let visits = 0;
  const elsewhere = createServer((_, response) => {
    visits += 1;
    response.end('{}');
  }).listen(0, '127.0.0.1');
  await once(elsewhere, 'listening');
  onTestFinished(() => void elsewhere.close());
  const location = `http://127.0.0.1:${(elsewhere.address() as AddressInfo).port}/`;
  const fault: Fault = {
    kind: 'instead',
    reply: { status: 307, headers: { location }, body: Buffer.alloc(0) },
  };
  const { outcome, executions } = await play(on, { name: '', fault, times: ALWAYS }, 'SELECT many', 'json');
  expectOutcome(outcome, 'warehouse_unavailable', all);
  expect(visits).toBe(0);
  expect(executions).toBeLessThanOrEqual(1);
});

it('a token that has expired is renewed once, for all that wait for it, and nothing runs twice', async () => {
  const { upstream, session } = await started();
  upstream.expireTokens();
  const answers = await Promise.all(
    Array.from({ length: 8 }, async () =>
      session.query(
        {
          sql: 'INSERT INTO T VALUES (1)',
          binds: {},
          describeOnly: false,
          requestId: randomUUID(),
          changes: true,
          parameters: {},
        },
        NEVER,
      ),
    ),
  );
  expect(answers.map(({ changed }) => changed?.inserted)).toEqual(Array.from({ length: 8 }, () => 3));
  expect(upstream.executions).toHaveLength(8);
  // One renewal for all of them.
  expect(upstream.log.requests.filter(({ endpoint }) => endpoint === 'token')).toHaveLength(1);
});
