import { Readable } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { SluiceError } from '../../errors.ts';
import type { QueryStatus } from '../../queries/index.ts';
import { ID, NEW, PART, REQUEST, startSqlApi, STATUS_URL, type SqlApiTest } from './testing.ts';

let at: SqlApiTest;
beforeEach(async () => {
  at = await startSqlApi();
});
afterEach(() => at.close());

describe('a request', () => {
  it.each([{ 'user-agent': '' }, { 'user-agent': '  ' }])('has to name its program: %j', async (headers) => {
    const { status, body } = await at.run({}, '', headers);
    expect([status, body['message'], at.submitted]).toEqual([
      400,
      expect.stringContaining('no `User-Agent`'),
      [],
    ]);
  });

  it.each(['', 'OAUTH', 'KEYPAIR_JWT', 'PROGRAMMATIC_ACCESS_TOKEN'])(
    'may call its token %s: it is a token of a trusted issuer, or none',
    async (type) => {
      const headers = { 'x-snowflake-authorization-token-type': type };
      expect((await at.run({}, '', headers)).status).toBe(202);
      const stranger = await at.run({}, '', { ...headers, authorization: 'Bearer eve' });
      expect(stranger.status).toBe(401);
      expect(String(stranger.body['message']).includes('tokens of a key pair are not accepted here')).toBe(
        type === 'KEYPAIR_JWT',
      );
    },
  );

  it('with a token of another kind is none', async () => {
    const { status, body } = await at.run({}, '', { 'x-snowflake-authorization-token-type': 'SAML' });
    expect([status, body['message'], at.submitted]).toEqual([401, expect.stringContaining('"SAML"'), []]);
  });

  it('is JSON where it does not say what it is; and may say what it is where there is nothing', async () => {
    const payload = JSON.stringify({ statement: 'select 1' });
    const bare = { method: 'POST', url: `/api/v2/statements?requestId=${REQUEST}` } as const;
    expect((await at.send({ ...bare, payload: Buffer.from(payload), headers: {} })).status).toBe(202);
    expect((await at.send({ ...bare, payload, headers: { 'content-type': 'text/xml' } })).status).toBe(415);
    at.cancelling = { phase: 'failed', error: new SluiceError('statement_cancelled', 'x') };
    expect((await at.cancel({ 'content-type': 'application/json' })).status).toBe(200);
    expect((await at.readOf('', { 'content-type': 'application/json', 'content-length': '0' })).status).toBe(
      422,
    );
  });

  it('that is read in pieces has what it says', async () => {
    const payload = JSON.stringify({ statement: 'select 1' });
    const url = `/api/v2/statements?requestId=${REQUEST}`;
    const headers = { 'transfer-encoding': 'chunked', 'content-type': 'application/json' };
    expect((await at.send({ method: 'POST', url, payload: Readable.from([payload]), headers })).status).toBe(
      202,
    );
  });

  it('that is a retry has to say of what', async () => {
    const retry = { method: 'POST', payload: { statement: 'select 1' } } as const;
    const { status, body } = await at.send({ ...retry, url: '/api/v2/statements?retry=true' });
    expect([status, body['message']]).toEqual([400, expect.stringContaining('has to name the `requestId`')]);
    expect((await at.run({}, '&retry=true')).status).toBe(202);
    expect((await at.send({ ...retry, url: '/api/v2/statements' })).status).toBe(202);
    expect(at.submitted).toMatchObject([{ requestId: REQUEST }, { requestId: NEW }]);
  });
});

describe('a statement', () => {
  it('runs in a session of its own, with what its request says', async () => {
    await at.run({
      statement: 'select ?',
      database: 'SHOP',
      schema: 'PUBLIC',
      warehouse: '',
      timeout: 30,
      bindings: { '1': { type: 'text', value: 'a' } },
      parameters: {
        timezone: 'Europe/Zurich',
        query_tag: '{"agent":"copilot","prompt":"why?"}',
        Multi_Statement_Count: 1,
        autocommit: 'TRUE',
      },
    });
    expect(at.submitted).toMatchObject([
      {
        requestId: REQUEST,
        sql: 'select ?',
        binds: { '1': { type: 'TEXT', value: 'a' } },
        describeOnly: false,
        prompt: { text: 'why?', source: 'query_tag' },
        attended: false,
        session: {
          client: { application: 'sql-api', protocol: 'api', address: '127.0.0.1', agent: 'copilot' },
          state: { database: 'SHOP', schema: 'PUBLIC', warehouse: null, role: null },
          parameters: { TIMEZONE: 'Europe/Zurich', STATEMENT_TIMEOUT_IN_SECONDS: 30 },
        },
      },
    ]);
    const { parameters } = at.sessionNow;
    expect(parameters).not.toHaveProperty('MULTI_STATEMENT_COUNT');
    expect(at.waited).toEqual([45_000, true]);
  });

  it.each([
    ['dbt/1.9 (linux)', 'dbt'],
    ['my.app', 'my.app'],
    [`${'a'.repeat(120)}/1`, 'a'.repeat(100)],
    ['(odd)', null],
  ])('is by the program that its request names: %s', async (userAgent, agent) => {
    await at.run({}, '', { 'user-agent': userAgent });
    expect(at.submitted).toMatchObject([{ prompt: null, session: { client: { agent } } }]);
    expect(at.sessionNow.parameters).not.toHaveProperty('STATEMENT_TIMEOUT_IN_SECONDS');
  });

  it.each(['false', false, '0'])(
    'commits by itself, and says so where that is not wanted: %s',
    async (autocommit) => {
      const { status, body } = await at.run({ parameters: { autocommit } });
      expect([status, body['message']]).toEqual([422, expect.stringContaining('AUTOCOMMIT has to be true')]);
      expect([at.submitted, at.opened]).toEqual([[], []]);
    },
  );

  it('is as many as it says', async () => {
    const several = (statement: string, count?: string | number | null) =>
      at.run({ statement, parameters: count === undefined ? {} : { multi_statement_count: count } });
    await several('a;b', 2);
    await several('a;b;c', '0');
    await several('a', 0);
    await several('a', null);
    await several('a?;b', 7);
    expect(at.submitted.map((one) => ('sql' in one ? one.sql : one))).toEqual([
      ['a;b', 'a', 'b'],
      ['a;b;c', 'a', 'b', 'c'],
      'a',
      'a',
      'a?;b',
    ]);
    for (const [statement, count] of [['a;b'], ['a;b', 3], ['a', 2], ['a;b', 10]] as const) {
      const { status, body } = await several(statement, count);
      expect([status, body['code']]).toEqual([422, '000008']);
      expect(body['message']).toMatch(
        /Actual statement count \d did not match the desired statement count \d+\. Give/,
      );
    }
    for (const count of ['two', '1.5', '-1', '1234567', ' 1'])
      expect((await several('a', count)).body['message']).toContain('is not a number of statements');
    expect(at.submitted).toHaveLength(5);
  });

  it.each(['put', 'get'])('of files goes by no request: %s', async (statement) => {
    for (const order of [
      { statement },
      { statement: `a;${statement}`, parameters: { multi_statement_count: 2 } },
    ]) {
      const { status, body } = await at.run(order);
      expect([status, body['message']]).toEqual([
        422,
        expect.stringContaining(`${statement.toUpperCase()} is not supported by the SQL API`),
      ]);
    }
    expect(at.submitted).toEqual([]);
  });

  it.each([
    'use_role',
    'use_secondary_roles',
    'use_warehouse',
    'use_database',
    'use_schema',
    'use_catalog',
    'alter_session',
    'set',
    'unset',
    'begin',
    'commit',
    'rollback',
    'create_table temporary',
  ])('alone changes nothing that would be left of its session: %s', async (statement) => {
    const name = statement.split(' ')[0]!.replaceAll('_', ' ').toUpperCase();
    const { status, body } = await at.run({ statement });
    expect(status).toBe(422);
    expect(body['message']).toContain(
      statement.includes('temporary')
        ? `${name} of something temporary is supported by the SQL API only among several statements`
        : `${name} is supported by the SQL API only among several statements`,
    );
    await at.run({ statement: `${statement};a`, parameters: { multi_statement_count: 2 } });
    expect(at.submitted).toEqual([[`${statement};a`, statement, 'a']]);
  });

  it('has a handle at once where that is asked for, whatever has become of it', async () => {
    at.succeed();
    const { status: code, body } = await at.run({}, '&async=true');
    expect([code, body, at.waited]).toEqual([
      202,
      {
        code: '333334',
        sqlState: '00000',
        message: expect.stringContaining('Asynchronous execution in progress') as string,
        statementHandle: ID,
        createdOn: 5,
        statementStatusUrl: STATUS_URL,
      },
      [0, true],
    ]);
    const approval = { approvalId: PART, approvers: ['leads'], needed: 1, expiresAt: 0 };
    at.status = { phase: 'held', approval } as unknown as QueryStatus;
    expect((await at.run({}, '&async=true')).body.sluice).toMatchObject({ approval: { id: PART } });
  });

  it('that takes longer, or waits for people, has one to ask by', async () => {
    expect(await at.run()).toMatchObject({
      status: 202,
      body: { code: '333333', message: expect.stringContaining('Statement execution in progress') as string },
    });
    const approval = { approvalId: PART, approvers: ['leads', 'security'], needed: 1, expiresAt: 0 };
    at.status = { phase: 'held', approval } as unknown as QueryStatus;
    const { status: code, body } = await at.readOf();
    expect([code, body]).toEqual([
      202,
      {
        code: '333333',
        sqlState: '00000',
        statementHandle: ID,
        createdOn: 5,
        statementStatusUrl: STATUS_URL,
        message:
          'The statement waits until 1 of leads, security agree, at the latest until 1970-01-01T00:00:00.000Z. ' +
          'Ask for its status again; do not send it again.',
        sluice: {
          approval: { id: PART, expiresAt: '1970-01-01T00:00:00.000Z', approvers: ['leads', 'security'] },
        },
      },
    ]);
  });

  it.each<[SluiceError, number, string]>([
    [
      new SluiceError('blocked', 'payroll is closed', { advice: 'ask for it', rule: 'payroll' }),
      422,
      '003001',
    ],
    [new SluiceError('statement_timeout', 'too long'), 408, '000630'],
    [
      new SluiceError('statement_failed', 'too long', { warehouse: { code: '000630', sqlState: '57014' } }),
      408,
      '000630',
    ],
  ])('that failed says of what: %s', async (error, code, snowflake) => {
    at.status = { phase: 'failed', error };
    for (const answer of [await at.run(), await at.readOf()])
      expect([answer.status, answer.body]).toEqual([
        code,
        {
          code: snowflake,
          sqlState: expect.stringMatching(/^\w{5}$/) as string,
          message: expect.stringContaining(error.message) as string,
          statementHandle: ID,
          createdOn: 5,
          statementStatusUrl: STATUS_URL,
          sluice: expect.objectContaining({ code: error.code, message: error.message }) as object,
        },
      ]);
    expect([at.failed, at.refused]).toEqual([[], []]);
  });

  it('that another relay has is asked for there: that is no failure of this one', async () => {
    at.status = {
      phase: 'failed',
      error: new SluiceError('statement_elsewhere', 'another relay has it', { retryAfterSeconds: 3 }),
    };
    const { status: code, headers } = await at.readOf();
    expect([code, headers['retry-after'], at.failed]).toEqual([503, '3', []]);
  });

  it('is its account’s alone', async () => {
    await at.run();
    expect((await at.readOf('', { authorization: 'Bearer bob' })).status).toBe(404);
    expect((await at.cancel({ authorization: 'Bearer bob' })).status).toBe(404);
    expect((await at.readOf()).status).toBe(202);
  });
});
