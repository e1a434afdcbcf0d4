import { randomUUID } from 'node:crypto';
import { expect, it, onTestFinished } from 'vitest';
import { connect, disconnect, execute } from '../drivers/node-driver.ts';
import { signIn, type WireAnswer } from '../support/wire.ts';
import { shopAccount } from './account.ts';
import { byText, changed, firstOf, selected } from './answers.ts';
import { generatedRows } from './rows.ts';
import { startUpstream, type UpstreamOptions } from './upstream.ts';

const one = selected([{ name: 'X', type: 'fixed' }], [['1']]);
const many = selected(
  [
    { name: 'N', type: 'fixed', precision: 18 },
    { name: 'T', type: 'text' },
  ],
  generatedRows(10_000, (index) => [String(index), `row ${index}`]),
  { portions: { first: 100, chunk: 2_000 } },
);

async function started(options: Partial<UpstreamOptions> = {}) {
  const upstream = await startUpstream({
    script: firstOf(byText({ 'SELECT 1': one, 'SELECT many': many }), ({ sql, binds }) =>
      sql.startsWith('INSERT') ? changed('insert', binds['1']?.value?.length ?? 1) : undefined,
    ),
    holdMs: 200,
    ...options,
  });
  onTestFinished(() => upstream.close());
  const connection = await connect(upstream.port);
  return { upstream, connection };
}

it('a driver renews its token, and sends the statement again under the same request id', async () => {
  const { upstream, connection } = await started();
  upstream.expireTokens();
  const { rows } = await execute(connection, 'SELECT 1');
  expect(rows).toEqual([{ X: 1 }]);
  const asked = upstream.log.requests.filter(({ endpoint }) => endpoint === 'query' || endpoint === 'token');
  expect(asked.map(({ endpoint, code }) => [endpoint, code])).toEqual([
    ['query', '390112'],
    ['token', null],
    ['query', null],
  ]);
  expect(upstream.executions).toHaveLength(1);
});

it('a session whose master token has expired is over', async () => {
  const { upstream, connection } = await started();
  upstream.expireTokens();
  upstream.expireMasters();
  await expect(execute(connection, 'SELECT 1')).rejects.toMatchObject({
    message: expect.stringContaining('terminated') as string,
  });
  expect(upstream.log.requests.at(-1)).toMatchObject({ endpoint: 'token', code: '390114' });
  expect(upstream.executions).toEqual([]);
});

it('links expire, and the result has new ones for who asks again', async () => {
  const { upstream } = await started();
  const wire = await signIn(upstream.url, 'ada-token');
  const linksOf = ({ data }: WireAnswer) =>
    (data!['chunks'] as { readonly url: string }[]).map(({ url }) => url);
  const answer = await wire.query('SELECT many');
  const headers = answer.data!['chunkHeaders'] as Record<string, string>;
  const [old] = linksOf(answer);
  upstream.expireLinks();
  expect((await fetch(old!, { headers })).status).toBe(403);
  const again = await wire.get(`/queries/${String(answer.data!['queryId'])}/result`);
  const rows = await Promise.all(
    linksOf(again).map(async (url) => {
      const response = await fetch(url, { headers: again.data!['chunkHeaders'] as Record<string, string> });
      return JSON.parse(`[${await response.text()}]`) as string[][];
    }),
  );
  const ids = [...(again.data!['rowset'] as string[][]), ...rows.flat()].map(([id]) => Number(id));
  expect(ids).toEqual(Array.from({ length: 10_000 }, (_, index) => index));
  expect(upstream.executions).toHaveLength(1);
});

it('a request that is repeated runs once', async () => {
  const { upstream, connection } = await started();
  upstream.faults.add({ on: 'query', fault: { kind: 'reset', executed: true } });
  const { rows } = await execute(connection, 'INSERT INTO T VALUES (?)', { binds: [[1], [2], [3]] });
  expect(Object.values(rows[0]!)).toEqual([3]);
  expect(upstream.log.requests.filter(({ endpoint }) => endpoint === 'query')).toHaveLength(2);
  expect(upstream.executions).toMatchObject([
    { sql: 'INSERT INTO T VALUES (?)', binds: { 1: { type: 'FIXED', value: ['1', '2', '3'] } } },
  ]);
});

it('a session is what its statements make of it', async () => {
  const { upstream, connection } = await started();
  for (const sql of [
    'USE ROLE PUBLIC',
    'USE SCHEMA SHOP.SCRATCH',
    'use warehouse "SMALL"',
    "SET WHICH = 'it''s'",
    "ALTER SESSION SET TIMEZONE = 'Europe/Zurich', WEEK_START = 1",
    'BEGIN',
  ])
    await execute(connection, sql);
  expect(upstream.sessions[0]).toMatchObject({
    role: 'PUBLIC',
    database: 'SHOP',
    schema: 'SCRATCH',
    warehouse: 'SMALL',
    variables: new Map([['WHICH', "it's"]]),
    inTransaction: true,
  });
  expect(upstream.sessions[0]!.parameters.get('TIMEZONE')).toBe('Europe/Zurich');
  for (const [sql, code] of [
    ['USE ROLE ACCOUNTADMIN', '003013'],
    ['USE DATABASE NOPE', '002043'],
    ['ALTER SESSION SET NOPE = 1', '001501'],
    ['SELECT 1; SELECT 1', '000008'],
    ['SELEC 1', '001003'],
  ] as const)
    await expect(execute(connection, sql)).rejects.toMatchObject({ code });
  await disconnect(connection);
  expect(upstream.sessions[0]!.closed).toBe(true);
});

it('nobody reads the result of somebody else, and nobody a chunk without its key', async () => {
  const { upstream, connection } = await started({
    account: {
      ...shopAccount,
      users: [
        ...shopAccount.users,
        { name: 'EVE', roles: ['PUBLIC'], defaults: { role: 'PUBLIC' }, oauth: [{ token: 'eve' }] },
      ],
    },
  });
  const { statement } = await execute(connection, 'SELECT many');
  const eve = await connect(upstream.port, { token: 'eve' });
  const queryId = (statement as unknown as { getQueryId(): string }).getQueryId();
  await expect(eve.getResultsFromQueryId({ queryId, sqlText: '', complete: () => {} })).rejects.toMatchObject(
    { message: expect.any(String) as string },
  );
  const [link] = upstream.links.keys();
  const bare = await fetch(upstream.storageUrl + link!);
  expect(bare.status).toBe(403);
  const guessed = await fetch(upstream.url + `/queries/${randomUUID()}/result`);
  expect(await guessed.json()).toMatchObject({ success: false, code: '390104' });
});

it('a large result takes the memory of what of it is different', { timeout: 120_000 }, async () => {
  const rows = generatedRows(3_000_000, (index) => [String(index), `row ${index}`], 20_000);
  const { upstream } = await started({
    script: () => ({ ...many, rows, portions: { first: 0, chunk: 10_000 } }),
  });
  const before = process.memoryUsage().rss;
  const connection = await connect(upstream.port);
  const { statement } = await execute(connection, 'SELECT anything', { streamResult: true });
  expect(statement.getNumRows()).toBe(3_000_000);
  expect(upstream.links.size).toBe(300);
  expect((process.memoryUsage().rss - before) / 2 ** 20).toBeLessThan(200);
});
