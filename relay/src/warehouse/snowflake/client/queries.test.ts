import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { failure, inProgress, QUERY_ID, type Reply, resultOf, success } from './testing/account-server.ts';
import { NEVER, NOWHERE, PASSWORD, startSession, startUpstream, statement } from './testing/upstream.ts';

const QUERY = '/queries/v1/query-request';
const RESULT = `/queries/${QUERY_ID}/result`;
const ABORT = '/queries/v1/abort-request';

/** A session whose account answers statements with these, one after the other, the last one for ever. */
async function answering(replies: readonly Reply[], more: Parameters<typeof startSession>[0] = {}) {
  const started = await startSession(more);
  let next = 0;
  started.server.on(({ path }) => {
    if (path !== QUERY && path !== RESULT) return undefined;
    next += 1;
    return replies[Math.min(next, replies.length) - 1];
  });
  return started;
}

describe('a statement', () => {
  it('is sent with its binds and parameters, and its rows are the bytes that came', async () => {
    const { server, session } = await answering([
      {
        body: resultOf([
          ['1', 'Ada'],
          ['2', null],
        ]),
      },
    ]);
    const told: string[] = [];
    const sent = statement({
      binds: { '1': { type: 'FIXED', value: '7' } },
      parameters: { QUERY_TAG: 'x' },
      onQueryId: (id) => told.push(id),
    });
    const answer = await session.query(sent, NEVER);
    expect(answer).toMatchObject({
      queryId: QUERY_ID,
      statementTypeId: 4096,
      encoding: 'json',
      total: 2,
      state: { database: 'SHOP', schema: 'PUBLIC', warehouse: 'WH', role: 'READER' },
      columns: [
        { name: 'ID', type: 'fixed', nullable: false, precision: 38, scale: 0 },
        { name: 'NAME', type: 'text', nullable: true, length: 100 },
      ],
      kept: [],
    });
    expect(Buffer.from(await answer.first!.open()).toString()).toBe('["1","Ada"],["2",null]');
    expect(told).toEqual([QUERY_ID]);
    const [request] = server.to(QUERY);
    expect(request!.headers.authorization).toBe('Snowflake Token="session-token-1"');
    expect(request!.query.get('requestId')).toBe(sent.requestId);
    expect(request!.body).toMatchObject({
      sqlText: sent.sql,
      describeOnly: false,
      bindings: { '1': { type: 'FIXED', value: '7' } },
      parameters: { QUERY_TAG: 'x' },
      queryContextDTO: { entries: [] },
    });
  });

  it('is asked about while it is in progress, and its id is told before the answer', async () => {
    const { server, session } = await answering([
      { body: inProgress() },
      { body: inProgress() },
      { body: resultOf([['1', 'Ada']]) },
    ]);
    const told: string[] = [];
    const answer = await session.query(statement({ onQueryId: (id) => told.push(id) }), NEVER);
    expect(answer.total).toBe(1);
    expect(told[0]).toBe(QUERY_ID);
    expect(server.to(QUERY)).toHaveLength(1);
    expect(server.to(RESULT)).toHaveLength(2);
  });

  it('says what it changed', async () => {
    const column = { type: 'fixed', nullable: false, precision: 19, scale: 0 };
    const rowtype = [
      { ...column, name: 'number of rows inserted' },
      { ...column, name: 'number of rows updated' },
    ];
    const { session } = await answering([
      { body: resultOf([['3', '4']], { rowtype, statementTypeId: 13312 }) },
    ]);
    const { changed } = await session.query(statement({ changes: true }), NEVER);
    const counts = { inserted: 3, updated: 4, deleted: 0, multiJoined: 0 };
    expect(changed).toEqual({ ...counts, does: ['inserted', 'updated'] });
  });

  it('says how many rows an UPDATE joined to several', async () => {
    const column = { type: 'fixed', nullable: false, precision: 19, scale: 0 };
    const rowtype = [
      { ...column, name: 'number of rows updated' },
      { ...column, name: 'number of multi-joined rows updated' },
    ];
    const { session } = await answering([
      { body: resultOf([['4', '1']], { rowtype, statementTypeId: 12800 }) },
    ]);
    const { changed } = await session.query(statement({ changes: true }), NEVER);
    expect(changed).toEqual({ inserted: 0, updated: 4, deleted: 0, multiJoined: 1, does: ['updated'] });
  });

  it('says what it put into several tables', async () => {
    const column = { type: 'fixed', nullable: false, precision: 19, scale: 0 };
    const rowtype = ['T1', 'a into "b'].map((table) => ({
      ...column,
      name: `number of rows inserted into ${table}`,
    }));
    const { session } = await answering([
      { body: resultOf([['3', '4']], { rowtype, statementTypeId: 13568 }) },
    ]);
    const { changed } = await session.query(statement({ changes: true }), NEVER);
    const counts = { inserted: 7, updated: 0, deleted: 0, multiJoined: 0 };
    expect(changed).toEqual({ ...counts, does: ['inserted'] });
  });

  it('leaves the session where Snowflake says that it is, and its parameters', async () => {
    const { session } = await answering([
      {
        body: resultOf([], {
          finalSchemaName: 'OTHER',
          finalWarehouseName: null,
          parameters: [{ name: 'TIMEZONE', value: 'Europe/Paris' }],
        }),
      },
    ]);
    await session.query(statement(), NEVER);
    expect(session.state).toEqual({ database: 'SHOP', schema: 'OTHER', warehouse: null, role: 'READER' });
    expect(session.parameters).toMatchObject({ TIMEZONE: 'Europe/Paris', QUERY_CONTEXT_CACHE_SIZE: 5 });
  });

  it('is told what Snowflake wants to be told back, to the letter', async () => {
    const entry = '{"id":0,"timestamp":17000000000000000001,"priority":0,"context":"Y29udGV4dA=="}';
    const body = JSON.stringify(resultOf([], { queryContext: 'HERE' })).replace(
      '"HERE"',
      `{"entries":[${entry}]}`,
    );
    const { server, session } = await answering([{ body: Buffer.from(body) }]);
    const texts: string[] = [];
    server.on(({ path, body: sent }) => {
      if (path === QUERY) texts.push(JSON.stringify(sent['queryContextDTO']));
      return undefined;
    });
    await session.query(statement(), NEVER);
    await session.query(statement(), NEVER);
    expect(texts[0]).toBe('{"entries":[]}');
    // As a test reads it; the relay sent the digits.
    expect(JSON.parse(texts[1]!)).toEqual({
      entries: [
        {
          id: 0,
          timestamp: Number('17000000000000000001'),
          priority: 0,
          context: { base64Data: 'Y29udGV4dA==' },
        },
      ],
    });
  });
});

describe('a statement is sent by one request id, and once where it has been taken', () => {
  it.each<[string, Reply]>([
    ['the connection breaks', { breaks: 'before' }],
    ['the answer breaks off', { breaks: 'midway', body: resultOf([['1', 'Ada']]) }],
    ['something in between is out of order', { status: 503, body: 'sorry' }],
    ['there are too many requests', { status: 429, headers: { 'retry-after': '0' } }],
  ])('when %s', async (_, reply) => {
    const { server, session } = await answering([reply, reply, { body: resultOf([['1', 'Ada']]) }]);
    const sent = statement({ changes: true });
    expect((await session.query(sent, NEVER)).total).toBe(1);
    const requests = server.to(QUERY);
    expect(requests.map(({ query }) => query.get('requestId'))).toEqual(Array(3).fill(sent.requestId));
    expect(requests.map(({ query }) => query.get('retryCount'))).toEqual([null, '1', '2']);
    expect(new Set(requests.map(({ query }) => query.get('request_guid'))).size).toBe(3);
    expect(requests[2]!.body).toEqual(requests[0]!.body);
  });

  it('when nothing answers in time', async () => {
    const { server, session } = await answering(
      [{ afterMs: 5_000, body: null }, { body: resultOf([['1', 'Ada']]) }],
      { limits: { answerMs: 300 } },
    );
    const sent = statement();
    expect((await session.query(sent, NEVER)).total).toBe(1);
    expect(server.to(QUERY).map(({ query }) => query.get('requestId'))).toEqual([
      sent.requestId,
      sent.requestId,
    ]);
  });

  it('when the session’s token has expired, with a new one that all who wait share', async () => {
    const { server, session } = await startSession();
    server.on(({ path, headers }) => {
      if (path !== QUERY) return undefined;
      const isNew = headers.authorization === 'Snowflake Token="renewed-token-1"';
      return { body: isNew ? resultOf([]) : failure('390112', 'Your session has expired.') };
    });
    const all = [statement(), statement(), statement()];
    await Promise.all(all.map((each) => session.query(each, NEVER)));
    expect(server.to('/session/token-request')).toHaveLength(1);
    const [renewal] = server.to('/session/token-request');
    expect(renewal!.headers.authorization).toBe('Snowflake Token="master-token-1"');
    expect(renewal!.body).toEqual({ oldSessionToken: 'session-token-1', requestType: 'RENEW' });
    for (const { requestId } of all) {
      expect(server.to(QUERY).filter(({ query }) => query.get('requestId') === requestId)).toHaveLength(2);
    }
  });

  it('and the poll for it, too', async () => {
    const { server, session } = await answering([
      { body: inProgress() },
      { body: failure('390112', 'Your session has expired.') },
      { body: resultOf([['1', 'Ada']]) },
    ]);
    expect((await session.query(statement({ changes: true }), NEVER)).total).toBe(1);
    expect(server.to(QUERY)).toHaveLength(1);
    expect(server.to(RESULT).map(({ headers }) => headers.authorization)).toEqual([
      'Snowflake Token="session-token-1"',
      'Snowflake Token="renewed-token-1"',
    ]);
  });

  it('never again when it has failed', async () => {
    const { server, session } = await answering([
      { body: failure('100038', "Numeric value 'x' is not recognized") },
    ]);
    await expect(session.query(statement(), NEVER)).rejects.toMatchObject({
      code: 'statement_failed',
      warehouse: { code: '100038', sqlState: '42000' },
    });
    expect(server.to(QUERY)).toHaveLength(1);
  });
});

describe('an answer that is lost', () => {
  it.each<[string, Reply]>([
    ['broken', { breaks: 'before' }],
    ['no JSON', { body: Buffer.from('<html>') }],
    ['without columns', { body: success({ queryId: QUERY_ID, rowset: [] }) }],
    ['of rows wider than its columns', { body: resultOf([['1', 'Ada']], { rowset: [['1', 'Ada', 'x']] }) }],
    ['of fewer rows than it says', { body: resultOf([['1', 'Ada']], { total: 2 }) }],
    ['of numbers for texts', { body: resultOf([], { rowset: [[1, 2]], total: 1 }) }],
    ['not in UTF-8', { body: Buffer.from(JSON.stringify(resultOf([['1', 'é']])), 'latin1') }],
    ['of another status', { status: 403, body: Buffer.from('<html>') }],
    ['in an unknown format', { body: resultOf([], { queryResultFormat: 'parquet' }) }],
    ['in Arrow that is none', { body: resultOf([], { queryResultFormat: 'arrow', rowsetBase64: 'AAAA' }) }],
    ['in progress without an id', { body: { ...inProgress(), data: {} } }],
  ])('because it is %s: a query may be tried again, and of a change it is not known', async (_, reply) => {
    const { session } = await answering([reply], { limits: { retryMs: 100 } });
    const query = session.query(statement(), NEVER);
    await expect(query).rejects.toMatchObject({ code: 'warehouse_unavailable' });
    const change = session.query(statement({ changes: true }), NEVER);
    await expect(change).rejects.toMatchObject({ code: 'statement_outcome_unknown' });
  });

  it('is lost for a change that was under way, too', async () => {
    const { session } = await answering([{ body: inProgress() }, { breaks: 'before' }], {
      limits: { retryMs: 100 },
    });
    const change = session.query(statement({ changes: true }), NEVER);
    await expect(change).rejects.toMatchObject({ code: 'statement_outcome_unknown' });
  });

  it('is not, when nothing could be sent', async () => {
    const { server, session } = await startSession({ limits: { retryMs: 100 } });
    await server.close();
    const change = session.query(statement({ changes: true }), NEVER);
    await expect(change).rejects.toMatchObject({ code: 'warehouse_unavailable' });
  });

  it('is not read further than is allowed', async () => {
    const { session } = await answering([{ body: resultOf([['1', 'x'.repeat(100_000)]]) }], {
      limits: { answerBytes: 50_000 },
    });
    await expect(session.query(statement(), NEVER)).rejects.toMatchObject({ code: 'warehouse_unavailable' });
  });
});

it('a column of a type that nobody knows is said to be that, unless something was changed', async () => {
  const rowtype = [{ name: 'X', type: 'quaternion' }];
  const { session } = await answering([{ body: resultOf([['1']], { rowtype }) }]);
  await expect(session.query(statement(), NEVER)).rejects.toMatchObject({ code: 'unsupported_by_warehouse' });
  const change = session.query(statement({ changes: true }), NEVER);
  await expect(change).rejects.toMatchObject({ code: 'statement_outcome_unknown' });
});

describe('an answer about a stage', () => {
  it.each([
    { command: 'UPLOAD', stageInfo: { creds: { AWS_SECRET_KEY: 'storage-secret' } }, src_locations: ['/x'] },
    { command: 'DOWNLOAD', presignedUrls: ['https://x.example/?sig=storage-secret'] },
    { ...(resultOf([]).data as object), encryptionMaterial: { queryStageMasterKey: 'storage-secret' } },
  ])('is none, and nothing of it is passed on', async (data) => {
    const { session } = await answering([{ body: success({ queryId: QUERY_ID, ...data }) }]);
    const error: unknown = await session.query(statement(), NEVER).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'unsupported_by_warehouse' });
    expect(inspect(error, { depth: null })).not.toContain('storage-secret');
  });
});

describe('cancelling', () => {
  it('asks the account to, and the statement’s own answer says whether it was', async () => {
    const { server, session } = await startSession();
    const stop = new AbortController();
    let isAborted = false;
    server.on(async ({ path, body }) => {
      if (path === ABORT) {
        isAborted = body['requestId'] === sent.requestId;
        return { body: success(null) };
      }
      if (path !== QUERY && path !== RESULT) return undefined;
      stop.abort();
      await expect.poll(() => isAborted).toBe(true);
      return { body: failure('000604', 'SQL execution canceled', { sqlState: '57014' }) };
    });
    const sent = statement();
    await expect(session.query(sent, stop.signal)).rejects.toMatchObject({
      code: 'statement_cancelled',
      warehouse: { code: '000604', sqlState: '57014' },
    });
    expect(server.to(ABORT)[0]!.body['sqlText']).toBe(sent.sql);
  });

  it.each([
    [false, 'statement_cancelled'],
    [true, 'statement_outcome_unknown'],
  ])('is given up when nothing comes of it; of a change (%s) it is said: %s', async (changes, code) => {
    const { server, session } = await startSession({ limits: { cancelMs: 200 } });
    const stop = new AbortController();
    server.on(({ path }) => {
      if (path !== QUERY && path !== RESULT) return undefined;
      stop.abort();
      return { body: inProgress() };
    });
    await expect(session.query(statement({ changes }), stop.signal)).rejects.toMatchObject({ code });
  });

  it('is what closing the session does to what runs in it', async () => {
    const { server, session } = await startSession();
    let isAborted = false;
    server.on(async ({ path }) => {
      if (path === ABORT) {
        isAborted = true;
        return { body: success(null) };
      }
      if (path !== QUERY) return undefined;
      await expect.poll(() => isAborted).toBe(true);
      return { body: failure('000604', 'SQL execution canceled', { sqlState: '57014' }) };
    });
    const query = session.query(statement(), NEVER);
    const outcome = query.catch((error: { code: string }) => error.code);
    await expect.poll(() => server.to(QUERY).length).toBe(1);
    await session.close();
    expect(await outcome).toBe('statement_cancelled');
    expect(server.received.at(-1)).toMatchObject({ path: '/session' });
    await expect(session.query(statement(), NEVER)).rejects.toMatchObject({ code: 'session_ended' });
  });

  it('comes before anything is sent', async () => {
    const { server, session } = await startSession();
    await expect(session.query(statement(), AbortSignal.abort())).rejects.toMatchObject({
      code: 'statement_cancelled',
    });
    expect(server.to(QUERY)).toHaveLength(0);
  });
});

describe('a session that Snowflake has ended', () => {
  const gone = failure('390114', 'Authentication token has expired.');

  it.each([
    ['is replaced where it has nothing that could be missed', true, 'ok'],
    ['is gone where it has', false, 'session_ended'],
  ])('%s', async (_, mayBeReplaced, outcome) => {
    const { server, upstream, notices } = await startUpstream();
    const start = { ...NOWHERE, parameters: { QUERY_TAG: 'x' }, mayBeReplaced: () => mayBeReplaced };
    const session = await upstream.openSession(start, NEVER);
    server.on(({ path, headers }) => {
      if (path !== QUERY) return undefined;
      return headers.authorization === 'Snowflake Token="session-token-1"'
        ? undefined
        : { body: resultOf([], { finalSchemaName: 'OTHER' }) };
    });
    let ended = false;
    server.on(({ path, headers }) => {
      const isFirst = headers.authorization === 'Snowflake Token="session-token-1"';
      if (path !== QUERY || !isFirst) return undefined;
      return { body: ended ? gone : resultOf([], { finalSchemaName: 'OTHER' }) };
    });
    await session.query(statement(), NEVER);
    ended = true;
    const sent = statement({ changes: true });
    const done = await session.query(sent, NEVER).then(
      () => 'ok',
      (error: { code: string }) => error.code,
    );
    expect(done).toBe(outcome);
    const signIns = server.to('/session/v1/login-request');
    expect(signIns).toHaveLength(mayBeReplaced ? 2 : 1);
    if (!mayBeReplaced) return;
    expect(notices).toContainEqual({ kind: 'session_replaced' });
    expect(Object.fromEntries(signIns[1]!.query)).toMatchObject({
      databaseName: 'SHOP',
      schemaName: 'OTHER',
      warehouse: 'WH',
      roleName: 'READER',
    });
    expect(signIns[1]!.body).toMatchObject({ data: { SESSION_PARAMETERS: { QUERY_TAG: 'x' } } });
    const ids = server.to(QUERY).map(({ query }) => query.get('requestId'));
    expect(ids.slice(1)).toEqual([sent.requestId, sent.requestId]);
  });

  it('is not replaced for a statement that may have run in it', async () => {
    const { server, upstream } = await startUpstream();
    const session = await upstream.openSession({ ...NOWHERE, mayBeReplaced: () => true }, NEVER);
    const replies: Reply[] = [{ breaks: 'before' }, { body: gone }];
    server.on(({ path }) => (path === QUERY ? (replies.shift() ?? { body: resultOf([]) }) : undefined));
    // Nothing has run in it, as far as is known; this may have.
    const change = session.query(statement({ changes: true }), NEVER);
    await expect(change).rejects.toMatchObject({ code: 'statement_outcome_unknown' });
    expect(server.to('/session/v1/login-request')).toHaveLength(1);
  });

  it('is one whose token cannot be renewed', async () => {
    const { server, session } = await startSession();
    server.on(({ path }) => {
      if (path === QUERY) return { body: failure('390112', 'expired') };
      return path === '/session/token-request' ? { body: gone } : undefined;
    });
    const first = await session.query(statement(), NEVER).catch((error: { code: string }) => error.code);
    expect(first).toBe('session_ended');
  });
});

describe('what became of a statement', () => {
  const status = (text: string) => success({ queries: [{ id: QUERY_ID, status: text }] });

  it.each<[string, unknown, Reply | null, unknown]>([
    ['is running', status('RUNNING'), null, 'running'],
    ['waits', status('QUEUED'), null, 'running'],
    ['was never there', success({ queries: [] }), null, 'unknown'],
    ['has ended', status('SUCCESS'), { body: resultOf([['1', 'Ada']]) }, { total: 1, queryId: QUERY_ID }],
    ['is kept no longer', status('SUCCESS'), { body: failure('000709', 'Statement not found') }, 'unknown'],
  ])('that %s', async (_, monitored, result, found) => {
    const { server, session } = await startSession();
    server.on(({ path }) => {
      if (path === `/monitoring/queries/${QUERY_ID}`) return { body: monitored };
      return path === RESULT ? (result ?? undefined) : undefined;
    });
    const answer = await session.find(QUERY_ID, NEVER);
    expect([answer]).toMatchObject([found]);
  });

  it('that failed', async () => {
    const { server, session } = await startSession();
    server.on(({ path }) => {
      if (path === `/monitoring/queries/${QUERY_ID}`) return { body: status('FAILED_WITH_ERROR') };
      return path === RESULT
        ? { body: failure('100038', "Numeric value 'raw' is not recognized") }
        : undefined;
    });
    await expect(session.find(QUERY_ID, NEVER)).rejects.toMatchObject({
      code: 'statement_failed',
      message: 'Numeric value is not recognized',
    });
  });

  it('is asked of ids alone', async () => {
    const { server, session } = await startSession();
    expect(await session.find('../../session?delete=true', NEVER)).toBe('unknown');
    expect(server.received).toHaveLength(1);
  });
});

describe('what is secret', () => {
  it('stands in no error, whatever the account says', async () => {
    const { server, upstream } = await startUpstream();
    server.on(({ path, body }) =>
      path === '/session/v1/login-request'
        ? { body: failure('390100', `Incorrect password: ${JSON.stringify(body)}`) }
        : undefined,
    );
    const error: unknown = await upstream.openSession(NOWHERE, NEVER).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'warehouse_unavailable' });
    expect(inspect(error, { depth: null, showHidden: true })).not.toContain(PASSWORD);
    expect(server.received[0]!.body).toMatchObject({ data: { PASSWORD } });
  });

  it('is not seen by looking at the client, or at a session of it', async () => {
    const { session, upstream } = await startSession();
    const seen =
      inspect([session, upstream], { depth: null, showHidden: true }) + JSON.stringify([session, upstream]);
    expect(seen).not.toContain(PASSWORD);
    expect(seen).not.toMatch(/(?:session|master)-token/);
  });

  it('does not follow where an answer leads', async () => {
    const elsewhere = await startUpstream();
    const { server, upstream } = await startUpstream({ limits: { retryMs: 50 } });
    server.on(({ path }) => ({ status: 307, headers: { location: elsewhere.server.url + path } }));
    await expect(upstream.openSession(NOWHERE, NEVER)).rejects.toMatchObject({
      code: 'warehouse_unavailable',
    });
    expect(elsewhere.server.received).toEqual([]);
  });

  it('does not follow where the account says a result is', async () => {
    const elsewhere = await startUpstream();
    const { server, session } = await startSession();
    server.on(({ path }) => {
      if (path === QUERY) {
        const url = `@127.0.0.1:${elsewhere.server.port}/queries/${QUERY_ID}/result`;
        return { body: { ...inProgress(), data: { queryId: QUERY_ID, getResultUrl: url } } };
      }
      return path === RESULT ? { body: resultOf([]) } : undefined;
    });
    await session.query(statement(), NEVER);
    expect(elsewhere.server.received).toEqual([]);
  });
});
