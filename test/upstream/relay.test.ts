import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { gzipSync } from 'node:zlib';
import type { Explanation } from '@sluice/contract';
import { describe, expect, it, onTestFinished } from 'vitest';
import { clientProgram, orSkip } from '../drivers/other-drivers.ts';
import { apiClient } from '../support/api.ts';
import { connectDriver, errorOf } from '../support/driver.ts';
import { runSluice } from '../support/run-sluice.ts';
import { changed, firstOf } from './answers.ts';
import type { Fault, Planned } from './faults.ts';
import { startRelayBefore } from './relay.ts';
import { shopTables } from './shop.ts';
import { tablesScript } from './tables.ts';
import { startUpstream } from './upstream.ts';

const ROWS = 30_000;
const EVENTS = 'SELECT ID, NAME, EMAIL, CARD_NUMBER FROM EVENTS';
const INSERT = "INSERT INTO SHOP.SCRATCH.NOTES (ID, TEXT) VALUES (1, 'x')";

async function started(tables = shopTables(ROWS), warehouse: object = {}) {
  const upstream = await startUpstream({
    script: firstOf(tablesScript(tables), ({ sql }) =>
      /^\s*insert/i.test(sql) ? changed('insert', 1) : undefined,
    ),
    holdMs: 500,
  });
  const relay = await startRelayBefore(upstream.url, { warm: 0, ...warehouse });
  onTestFinished(async () => {
    await relay.close();
    // Nothing is left open in the account, whatever happened.
    expect(upstream.sessions.filter(({ closed }) => !closed)).toEqual([]);
    await expect.poll(() => upstream.connections()).toBe(0);
    await upstream.close();
  });
  const executions = (table: string) =>
    upstream.executions.filter(({ sql }) => sql.includes(table) && !sql.includes('INFORMATION_SCHEMA'));
  return { upstream, relay, executions, ada: await connectDriver(relay.url, await relay.tokenFor('ada')) };
}

describe('a relay before an account', () => {
  it('masks what the account gives, and the account sees who it is for', async () => {
    const { upstream, ada, executions } = await started();
    const { rows } = await ada.run('SELECT ID, NAME, EMAIL, CARD_NUMBER, CITY FROM CUSTOMERS WHERE ID = 7');
    expect(rows).toEqual([
      {
        ID: 7,
        NAME: expect.stringMatching(/^T\*+ \*+$/) as string,
        EMAIL: expect.stringMatching(/^tok_/) as string,
        CARD_NUMBER: '************0007',
        CITY: 'Amsterdam',
      },
    ]);
    expect(executions('CUSTOMERS')).toMatchObject([
      {
        user: 'ADA',
        role: 'ANALYST',
        parameters: { QUERY_TAG: expect.stringContaining('"sluice"') as string },
      },
    ]);
    await ada.close();
    await expect.poll(() => upstream.sessions.every(({ closed }) => closed)).toBe(true);
  });

  it('masks what the account itself has tagged, and tells of its masking policies', async () => {
    const [customers, ...others] = shopTables(ROWS);
    const columns = customers!.columns.map((column) => ({
      ...column,
      ...(column.name === 'CITY' ? { tags: { SEMANTIC_CATEGORY: 'NAME' } } : {}),
      ...(column.name === 'ID' ? { maskedBy: 'HIDE_IDS' } : {}),
    }));
    const { relay, ada } = await started([{ ...customers!, columns }, ...others]);
    const { rows } = await ada.run('SELECT ID, CITY FROM CUSTOMERS WHERE ID = 7');
    expect(rows).toEqual([{ ID: 7, CITY: 'A********' }]);
    const described = await fetch(
      `${relay.url}/api/catalog/object?database=SHOP&schema=PUBLIC&name=CUSTOMERS`,
      {
        headers: { authorization: `Bearer ${await relay.tokenFor('ada')}` },
      },
    );
    const { columns: shown } = (await described.json()) as { columns: readonly { readonly name: string }[] };
    expect(shown.find(({ name }) => name === 'ID')).toMatchObject({
      maskedBy: ['GOV.PUBLIC.HIDE_IDS'],
      mask: null,
    });
    expect(shown.find(({ name }) => name === 'CITY')).toMatchObject({
      tags: [{ tag: 'pii.name' }],
      mask: { method: 'partial' },
    });
  });

  it('says of a statement what the account itself would mask, through a subquery too', async () => {
    const [customers, ...others] = shopTables(ROWS);
    const columns = customers!.columns.map((column) => ({
      ...column,
      ...(['ID', 'CITY'].includes(column.name) ? { maskedBy: `HIDE_${column.name}` } : {}),
    }));
    const { relay, ada } = await started([{ ...customers!, columns }, ...others]);
    const token = await relay.tokenFor('ada');
    const explain = async (sql: string) =>
      (await apiClient(relay.url, token).post('/api/explanations', { sql })) as Explanation;
    const byCity = { output: 1, policies: ['GOV.PUBLIC.HIDE_CITY'] };
    const told = await explain(
      'SELECT NAME, UPPER(CITY) || ID AS BOTH, COUNT(ID) FROM CUSTOMERS GROUP BY 1, 2',
    );
    expect(told.maskedBy).toEqual([{ output: 1, policies: ['GOV.PUBLIC.HIDE_CITY', 'GOV.PUBLIC.HIDE_ID'] }]);
    expect((await explain('SELECT NAME, CITY FROM (SELECT * FROM CUSTOMERS) c')).maskedBy).toEqual([byCity]);
    // Of what is refused, and of what nothing is known of, nothing is said.
    expect(await explain('SELECT NAME, CITY FROM NOWHERE')).not.toHaveProperty('maskedBy');
    expect(await explain('SELECT STATUS FROM ORDERS')).not.toHaveProperty('maskedBy');
    const args = ['explain', 'SELECT CITY FROM CUSTOMERS', '--url', relay.url];
    const { out } = await runSluice(args, { env: { SLUICE_TOKEN: token } });
    expect(out).toContain('masked by Snowflake itself: GOV.PUBLIC.HIDE_CITY');
    await ada.close();
  });

  it('masks all of what it may not ask the tags of, unless the configuration says otherwise', async () => {
    const tables = shopTables(ROWS).map((table) => ({ ...table, tagsAreHidden: true }));
    const sql = 'SELECT ID, CITY FROM CUSTOMERS WHERE ID = 7';
    const strict = await started(tables);
    expect((await strict.ada.run('SELECT ID, CITY FROM CUSTOMERS')).rows[7]).toEqual({
      ID: null,
      CITY: '***',
    });
    await strict.ada.close();
    const lenient = await started(tables, { accountTags: 'whereReadable' });
    expect((await lenient.ada.run(sql)).rows).toEqual([{ ID: 7, CITY: 'Amsterdam' }]);
    await lenient.ada.close();
  });

  it('keeps to itself whose session is whose', async () => {
    const { relay, ada, upstream } = await started();
    const sam = await connectDriver(relay.url, await relay.tokenFor('ada'));
    await ada.run('USE SCHEMA SHOP.SCRATCH').catch(() => {});
    await Promise.all([
      ada.run('SELECT ID FROM SHOP.PUBLIC.CUSTOMERS WHERE ID = 1'),
      sam.run('SELECT ID FROM CUSTOMERS WHERE ID = 2'),
    ]);
    const clients = upstream.executions.filter(({ sql }) => sql.includes('WHERE ID ='));
    expect(new Set(clients.map(({ session }) => session)).size).toBe(2);
    await sam.close();
  });

  it.for([5, 4, 3])(
    'gives the Python connector, version %i, a large result as Arrow, masked',
    { timeout: 300_000 },
    async (version, test) => {
      const script = fileURLToPath(new URL('large_result.py', import.meta.url));
      const { command } = orSkip(await clientProgram(`connector-${version}`, 'python/conversation.py'), test);
      const { relay, executions } = await started();
      const { stdout } = await promisify(execFile)(
        command,
        [script, new URL(relay.url).port, await relay.tokenFor('ada'), EVENTS],
        { env: { ...process.env, NO_PROXY: '127.0.0.1' } },
      );
      expect(JSON.parse(stdout)).toEqual({
        rows: ROWS,
        inOrder: true,
        last: [
          ROWS - 1,
          expect.stringMatching(/^\p{Lu}\*+ \*+$/u),
          expect.stringMatching(/^tok_/),
          expect.stringMatching(/^\*+\d{4}$/),
        ],
      });
      // As the account wrote it, so that nothing was turned into anything else on its way.
      expect(executions('EVENTS')).toMatchObject([{ parameters: { GO_QUERY_RESULT_FORMAT: 'ARROW' } }]);
    },
  );
});

const text = (status: number, body: string): Fault => ({
  kind: 'reply',
  change: () => ({ status, headers: { 'content-type': 'text/html' }, body: Buffer.from(body) }),
});

/** What comes of each for whoever uses a driver: the rows, or an error that says so. */
const cases: readonly (readonly [string, Planned, string | null])[] = [
  ['an answer torn down before it ran', { on: 'query', fault: { kind: 'reset', executed: false } }, null],
  ['an answer torn down when it has run', { on: 'query', fault: { kind: 'reset', executed: true } }, null],
  ['an answer cut short', { on: 'query', fault: { kind: 'cut', share: 0.5 } }, null],
  [
    'a gateway that is overloaded',
    { on: 'query', fault: text(502, '<h1>customer.1@example.com</h1>') },
    null,
  ],
  ['a portal', { on: 'query', fault: text(200, '<h1>customer.1@example.com</h1>') }, '370001'],
  ['a chunk torn down', { on: 'chunk', fault: { kind: 'reset', executed: true } }, null],
  ['a chunk whose link has expired', { on: 'chunk', fault: text(403, 'expired') }, null],
  [
    'a chunk of other rows',
    { on: 'chunk', fault: { kind: 'reply', change: (honest) => ({ ...honest, body: gzipSync('["1"]') }) } },
    null,
  ],
];

describe('a driver behind a relay whose account goes wrong', () => {
  it.for(cases)('%s', { timeout: 300_000 }, async ([, planned, code]) => {
    const { upstream, ada, executions } = await started();
    upstream.faults.add({ sql: /FROM EVENTS/, ...planned });
    const seen = await ada.run(EVENTS).catch((error: unknown) => error as { code: string; message: string });
    const rows = 'rows' in seen ? seen.rows.map((row) => row['ID']) : seen.code;
    expect(rows).toEqual(code ?? Array.from({ length: ROWS }, (_, index) => index));
    expect(JSON.stringify(seen instanceof Error ? seen.message : '')).not.toContain('example.com');
    expect(upstream.log.requests.some(({ fault }) => fault === planned.fault.kind)).toBe(true);
    expect(new Set(executions('EVENTS').map(({ requestId }) => requestId)).size).toBe(
      executions('EVENTS').length,
    );
    expect(executions('EVENTS').length).toBeLessThanOrEqual(1);
  });

  it('is told that nobody knows whether a change was made, and it was made once', async () => {
    const { upstream, relay, ada, executions } = await started();
    upstream.faults.add({ on: 'query', sql: /INSERT/i, fault: text(200, '<h1>portal</h1>'), times: 10 });
    const error = await errorOf(ada.run(INSERT));
    expect(error?.message).toContain('the statement was sent to the warehouse');
    expect(executions('NOTES')).toHaveLength(1);
    upstream.faults.clear();
    // Its session may be in a transaction, or not: it is over, and says so.
    expect((await errorOf(ada.run('SELECT ID FROM CUSTOMERS WHERE ID = 3')))?.message).toContain(
      'Sign in again',
    );
    const again = await connectDriver(relay.url, await relay.tokenFor('ada'));
    expect((await again.run('SELECT ID FROM CUSTOMERS WHERE ID = 3')).rows).toEqual([{ ID: 3 }]);
    await again.close();
  });

  it('has its tokens renewed without a word', async () => {
    const { upstream, ada, executions } = await started();
    await ada.run(INSERT);
    upstream.expireTokens();
    await ada.run(INSERT);
    expect(executions('NOTES')).toHaveLength(2);
    expect(upstream.log.requests.filter(({ endpoint }) => endpoint === 'token').length).toBeGreaterThan(0);
  });
});
