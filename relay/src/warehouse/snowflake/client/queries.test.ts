import { expect, it } from 'vitest';
import { failure, inProgress, QUERY_ID, resultOf } from './testing/account-server.ts';
import { NEVER, startSession, statement } from './testing/upstream.ts';

const QUERY = '/queries/v1/query-request';

it('signs in and runs a query, with its binds and parameters', async () => {
  const { server, session } = await startSession();
  server.on(({ path }) =>
    path === QUERY
      ? {
          body: resultOf([
            ['1', 'Ada'],
            ['2', null],
          ]),
        }
      : undefined,
  );
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

it('asks again while a statement is in progress, and tells its id before the answer', async () => {
  const { server, session } = await startSession();
  let left = 3;
  server.on(({ path }) => {
    if (path === QUERY) return { body: inProgress() };
    if (path !== `/queries/${QUERY_ID}/result`) return undefined;
    left -= 1;
    return { body: left > 0 ? inProgress() : resultOf([['1', 'Ada']]) };
  });
  const told: string[] = [];
  const answer = await session.query(statement({ onQueryId: (id) => told.push(id) }), NEVER);
  expect(answer.total).toBe(1);
  expect(new Set(told)).toEqual(new Set([QUERY_ID]));
  expect(server.to(QUERY)).toHaveLength(1);
});

it('sends a statement once when it fails', async () => {
  const { server, session } = await startSession();
  server.on(({ path }) =>
    path === QUERY ? { body: failure('100038', "Numeric value 'raw' is not recognized") } : undefined,
  );
  await expect(session.query(statement(), NEVER)).rejects.toMatchObject({
    code: 'statement_failed',
    message: 'Numeric value is not recognized',
    warehouse: { code: '100038', sqlState: '42000' },
  });
  expect(server.to(QUERY)).toHaveLength(1);
});
