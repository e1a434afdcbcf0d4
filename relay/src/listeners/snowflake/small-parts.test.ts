import type { FastifyRequest } from 'fastify';
import { describe, expect, it } from 'vitest';
import type { RowCounts } from '../../warehouse/index.ts';
import type { Query, SpooledResult } from '../../queries/index.ts';
import { shown } from '../../text/index.ts';
import { toBinds } from './binds.ts';
import { createChunkSecrets } from './chunk-secret.ts';
import { readCredential } from './credential.ts';
import { toSnowflakeError } from './errors.ts';
import { loginParameters, type Parameter, resultParameters } from './parameters.ts';
import { presentResult } from './present-result.ts';
import { readQueryTag } from './query-tag.ts';
import { toRowType } from './row-type.ts';
import { mustHaveSession } from './session-auth.ts';
import { storedName } from './stored-name.ts';
import { SluiceError } from '../../errors.ts';

describe('the token of a login', () => {
  it.each([
    [{ AUTHENTICATOR: 'OAUTH', TOKEN: 't', PASSWORD: 'p' }, 't'],
    [{ AUTHENTICATOR: 'oauth', PASSWORD: 'p' }, 'p'],
    [{ AUTHENTICATOR: 'PROGRAMMATIC_ACCESS_TOKEN', TOKEN: 't', PASSWORD: 'p' }, 't'],
    [{ AUTHENTICATOR: 'WORKLOAD_IDENTITY', PROVIDER: 'oidc', TOKEN: 't' }, 't'],
    [{ AUTHENTICATOR: 'snowflake', PASSWORD: 'p', TOKEN: 't' }, 'p'],
    [{ AUTHENTICATOR: 'SNOWFLAKE', TOKEN: 't' }, 't'],
    [{ PASSWORD: 'p', TOKEN: 't' }, 'p'],
    [{ AUTHENTICATOR: null, TOKEN: 't' }, 't'],
  ])('%j: %s', (data, token) => {
    expect(readCredential(data)).toBe(token);
  });

  it.each([
    [{}, 'token_invalid', 'the login carries no token'],
    [{ TOKEN: '' }, 'token_invalid', 'the login carries no token'],
    [{ AUTHENTICATOR: 'OAUTH' }, 'token_invalid', 'the login carries no token'],
    [{ AUTHENTICATOR: 'WORKLOAD_IDENTITY', PROVIDER: 'OIDC', PASSWORD: 'p' }, 'token_invalid', 'no token'],
    [
      { AUTHENTICATOR: 'WORKLOAD_IDENTITY', PROVIDER: 'AWS', TOKEN: 't' },
      'request_unsupported',
      'workload identity other than OIDC is not accepted here',
    ],
    [{ AUTHENTICATOR: 'WORKLOAD_IDENTITY', TOKEN: 't' }, 'request_unsupported', 'other than OIDC'],
    [
      { AUTHENTICATOR: 'snowflake_jwt', TOKEN: 't' },
      'request_unsupported',
      'authenticator "SNOWFLAKE_JWT" is',
    ],
    [{ AUTHENTICATOR: 'x'.repeat(100) }, 'request_unsupported', `authenticator "${'X'.repeat(40)}" (…`],
    [{ AUTHENTICATOR: '`. Allowed:\n"' }, 'request_unsupported', 'authenticator "`. ALLOWED:\\n\\"" is'],
  ])('%j: %s', (data, code, message) => {
    expect(() => readCredential(data)).toThrow(
      expect.objectContaining({
        code,
        message: expect.stringContaining(message),
        advice: expect.stringContaining('OIDC'),
      }),
    );
  });
});

describe('a query tag', () => {
  const NOTHING = { agent: null, prompt: null };
  it.each([
    [
      '{"agent":"Copilot","prompt":"who?","breakGlass":"the shop is down"}',
      { agent: 'Copilot', prompt: 'who?' },
    ],
    ['{"prompt":"who?"}', { ...NOTHING, prompt: 'who?' }],
    ['{}', NOTHING],
    ['nightly job', NOTHING],
    ['"text"', NOTHING],
    ['{"agent":5,"prompt":"who?"}', NOTHING],
    [`{"agent":"${'a'.repeat(257)}"}`, NOTHING],
    ['', NOTHING],
    [null, NOTHING],
    [undefined, NOTHING],
  ])('%s', (tag, expected) => {
    expect(readQueryTag(tag)).toEqual(expected);
  });

  it('says prompts of any length', () => {
    const prompt = 'x'.repeat(100_000);
    expect(readQueryTag(JSON.stringify({ prompt })).prompt).toBe(prompt);
  });
});

describe('a name of a login', () => {
  it.each([
    ['shop', 'SHOP'],
    ['"shop"', 'shop'],
    ['"a""b"', 'a"b'],
    ['"a"b"', '"A"B"'],
    ['"ab', '"AB'],
    ['ab"', 'AB"'],
    ['""', '""'],
    ['', null],
    [undefined, null],
  ])('%s is stored as %s', (name, stored) => {
    expect(storedName(name)).toBe(stored);
  });
});

describe('parameters', () => {
  const valuesOf = (given: readonly Parameter[]) =>
    Object.fromEntries(given.map(({ name, value }) => [name, value]));

  it('go with a login and with each result, and what a session has set with both', () => {
    const set = { TIMEZONE: 'Europe/Zurich', JDBC_QUERY_RESULT_FORMAT: 'JSON', toString: 'x' };
    for (const parameters of [loginParameters(set), resultParameters(set)]) {
      expect(valuesOf(parameters)).toMatchObject({
        TIMEZONE: 'Europe/Zurich',
        JDBC_QUERY_RESULT_FORMAT: 'JSON',
        AUTOCOMMIT: true,
      });
      const names = parameters.map(({ name }) => name);
      expect(new Set(names).size).toBe(names.length);
      expect(names).not.toContain('toString');
    }
    expect(valuesOf(resultParameters({}))).not.toHaveProperty('JDBC_QUERY_RESULT_FORMAT');
    expect(valuesOf(loginParameters({}))).toMatchObject({ QUERY_CONTEXT_CACHE_SIZE: 5, SERVICE_NAME: '' });
  });

  it('tell no driver to put binds on a stage, whatever the session has set', () => {
    const set = { CLIENT_STAGE_ARRAY_BINDING_THRESHOLD: 1 };
    const never = { CLIENT_STAGE_ARRAY_BINDING_THRESHOLD: 2_147_483_647 };
    expect(valuesOf(loginParameters(set))).toMatchObject(never);
    expect(valuesOf(resultParameters(set))).toMatchObject(never);
  });
});

it('a request without a session has nothing that would need one', () => {
  expect(() => mustHaveSession({} as FastifyRequest)).toThrow(
    expect.objectContaining({ code: 'session_unknown' }),
  );
});

describe('binds', () => {
  it.each([
    [undefined, {}],
    [null, {}],
    [{ '1': { type: 'text', value: 'a' } }, { '1': { type: 'TEXT', value: 'a' } }],
    [{ '1': { type: 'TEXT' } }, { '1': { type: 'TEXT', value: null } }],
    [{ name_2: { type: 'TEXT', value: 'a' } }, { NAME_2: { type: 'TEXT', value: 'a' } }],
    [
      { '2': { type: 'FIXED', value: ['1', null] }, '1': { type: 'TEXT', value: ['a', 'b'] } },
      { '1': { type: 'TEXT', value: ['a', 'b'] }, '2': { type: 'FIXED', value: ['1', null] } },
    ],
  ])('%j', (sent, binds) => {
    expect(toBinds(sent)).toEqual(binds);
  });

  it('may be more than nine', () => {
    const sent = Object.fromEntries(
      Array.from({ length: 12 }, (_, index) => [String(index + 1), { type: 'TEXT', value: 'a' }]),
    );
    expect(toBinds(sent)).toEqual(sent);
  });

  it.each([
    [{ 'na me': { type: 'TEXT', value: 'a' } }, 'request_malformed'],
    [{ name: { type: 'TEXT', value: 'a' }, NAME: { type: 'TEXT', value: 'b' } }, 'request_malformed'],
    [{ '01': { type: 'TEXT', value: 'a' } }, 'request_malformed'],
    [{ '0': { type: 'TEXT', value: 'a' } }, 'request_malformed'],
    [{ '1': { type: 'TEXT', value: 'a' }, '2x': { type: 'TEXT', value: 'a' } }, 'request_malformed'],
    [{ '2': { type: 'TEXT', value: 'a' } }, 'request_malformed'],
    [{ '1': { type: 'TEXT', value: 'a' }, '3': { type: 'TEXT', value: 'a' } }, 'request_malformed'],
    [{ '1': { type: 'TEXT', value: ['a'] }, '2': { type: 'TEXT', value: ['a', 'b'] } }, 'request_malformed'],
    [{ '1': { type: 'TEXT', value: ['a'] }, '2': { type: 'TEXT', value: 'a' } }, 'request_malformed'],
    [{ '1': { type: 'TEXT', value: [] } }, 'request_malformed'],
  ])('%j: %s', (sent, code) => {
    expect(() => toBinds(sent)).toThrow(expect.objectContaining({ code }));
  });
});

describe('the header that opens a result’s chunks', () => {
  const [mine, other] = ['q1', 'q2'].map((queryId) => ({ queryId }) as Query);
  const key = Buffer.alloc(32, 1);
  const secretsOf = (relay: string, now: () => number, own = key) => {
    const keys = {
      current: () => ({ id: 'k', key: own }),
      find: async (id: string) => (id === 'k' ? own : null),
    };
    return createChunkSecrets({ keys, relay, now, ms: 500 });
  };

  it('opens this result, until it expires, at whichever relay has the key', async () => {
    let now = 1_000;
    const secrets = secretsOf('one', () => now);
    const elsewhere = secretsOf('two', () => now);
    const headers = secrets.headersFor(mine!);
    expect(Object.keys(headers)).toEqual(['x-sluice-chunk']);
    now = 1_499;
    expect([await secrets.open(headers, 'q1'), await elsewhere.open(headers, 'q1')]).toEqual(['one', 'one']);
    now = 1_500;
    expect(await secrets.open(headers, 'q1')).toBeNull();
  });

  it('opens no other, nor with what is not its own', async () => {
    const secrets = secretsOf('one', () => 1_000);
    const { 'x-sluice-chunk': header = '' } = secrets.headersFor(mine!);
    const mac = header.split('.').at(-1)!;
    const tries = [
      '',
      `k.one.9999.${mac}`,
      `k.two.1500.${mac}`,
      `x.one.1500.${mac}`,
      `k.one.1500.${mac.slice(1)}`,
    ];
    for (const tried of [...tries, 'k.one.1500'])
      expect({ tried, at: await secrets.open({ 'x-sluice-chunk': tried }, 'q1') }).toEqual({
        tried,
        at: null,
      });
    expect(await secrets.open({}, 'q1')).toBeNull();
    expect(await secrets.open(secrets.headersFor(other!), 'q1')).toBeNull();
    const another = secretsOf('one', () => 1_000, Buffer.alloc(32, 2));
    expect(await another.open({ 'x-sluice-chunk': header }, 'q1')).toBeNull();
  });
});

describe('an error as drivers show it', () => {
  it.each([
    [
      new SluiceError('blocked', 'payroll is closed'),
      '003001',
      '42501',
      'SQL access control error:\npayroll is closed',
    ],
    [
      new SluiceError('blocked', 'payroll is closed', { advice: 'ask for it' }),
      '003001',
      '42501',
      'SQL access control error:\npayroll is closed. Ask for it.',
    ],
    [
      new SluiceError('blocked', 'Object S.T already exists.', { advice: 'replace it' }),
      '003001',
      '42501',
      'SQL access control error:\nObject S.T already exists. Replace it.',
    ],
    [new SluiceError('internal', 'the relay failed'), '370001', 'XX000', 'the relay failed'],
    [
      new SluiceError('statement_failed', 'division by zero', {
        warehouse: { code: '100051', sqlState: '22012' },
      }),
      '100051',
      '22012',
      'division by zero',
    ],
    [
      new SluiceError('column_unknown', 'there is none', {
        place: { start: 20, end: 24, line: 3, column: 8 },
      }),
      '000904',
      '42000',
      'SQL compilation error: error line 3 at position 7\nthere is none',
    ],
    [
      new SluiceError('column_unknown', 'there is none'),
      '000904',
      '42000',
      'SQL compilation error:\nthere is none',
    ],
    [
      new SluiceError('blocked', 'payroll is closed', { place: { start: 20, end: 24, line: 3, column: 8 } }),
      '003001',
      '42501',
      'SQL access control error:\npayroll is closed',
    ],
  ])('%#', (error, code, sqlState, message) => {
    expect(toSnowflakeError(error)).toEqual({ code, sqlState, message });
  });

  it('has a code of its own where a session is renewed that is not known', () => {
    const unknown = new SluiceError('session_unknown', 'unknown');
    expect([toSnowflakeError(unknown).code, toSnowflakeError(unknown, true).code]).toEqual([
      '390104',
      '390113',
    ]);
    expect(toSnowflakeError(new SluiceError('session_ended', 'ended'), true).code).toBe('390114');
  });
});

describe('a result as Snowflake shows it', () => {
  const query = (parts: readonly unknown[] = [], describeOnly = false) =>
    ({ parts, describeOnly }) as unknown as Query;
  const changed = { inserted: 1, updated: 2, deleted: 3 };
  const encoded = (text: string, rowCount: number) => ({ bytes: Buffer.from(text), rowCount });
  const first = encoded('["x"]', 1);
  const result = (statementTypeId: number, counts?: RowCounts) =>
    ({ columns: [], first, statementTypeId, ...(counts && { changed: counts }) }) as unknown as SpooledResult;

  it('says of a MERGE what its clauses can do, and of an UPDATE how many rows were for one', () => {
    const merged = presentResult(query(), result(0x3400, { ...changed, does: ['deleted', 'updated'] }));
    expect(merged.columns.map(({ name }) => name)).toEqual([
      'number of rows updated',
      'number of rows deleted',
    ]);
    expect(String(merged.rows.bytes)).toBe('["2","3"]');
    expect(String(presentResult(query(), result(0x3200, { ...changed, multiJoined: 1 })).rows.bytes)).toBe(
      '["2","1"]',
    );
  });

  it.each([
    [0x3100, ['number of rows inserted'], '["1"]'],
    [0x3200, ['number of rows updated', 'number of multi-joined rows updated'], '["2","0"]'],
    [0x3300, ['number of rows deleted'], '["3"]'],
    [
      0x3400,
      ['number of rows inserted', 'number of rows updated', 'number of rows deleted'],
      '["1","2","3"]',
    ],
    [0x3500, ['number of rows inserted'], '["1"]'],
  ])('of type %d that changed rows: %j', (type, names, text) => {
    const shown = presentResult(query(), result(type, changed));
    expect(shown.columns.map(({ name }) => name)).toEqual(names);
    expect(shown.columns[0]).toMatchObject({
      type: 'fixed',
      nullable: false,
      precision: 19,
      scale: 0,
      length: null,
    });
    expect(shown).toMatchObject({
      rows: encoded(text, 1),
      statementTypeId: type,
      stats: { numRowsInserted: 1, numRowsUpdated: 2, numRowsDeleted: 3, numDmlDuplicates: 0 },
    });
    expect(presentResult(query([], true), result(type, changed)).rows).toEqual(encoded('', 0));
  });

  it.each([
    ['rows', result(0x1000)],
    ['rows of a change that was not counted', result(0x3100)],
  ])('of %s: as they are', (_, given) => {
    expect(presentResult(query(), given)).toMatchObject({ rows: first, stats: null });
  });

  it('of a table that was made of rows: what it says, and how many there are beside it', () => {
    const made = presentResult(query(), result(0x6000, { inserted: 4, updated: 0, deleted: 0 }));
    expect(made).toMatchObject({ rows: first, stats: { numRowsInserted: 4 } });
  });

  it('of a series: that it was done', () => {
    expect(presentResult(query([{}]), result(0xa000))).toMatchObject({
      columns: [{ name: 'multiple statement execution', type: 'text', nullable: false, length: 16_777_216 }],
      rows: encoded('["Multiple statements executed successfully."]', 1),
      statementTypeId: 0xa000,
      stats: null,
    });
  });
});

describe('a column as drivers want it', () => {
  const column = {
    name: 'C',
    type: 'text',
    nullable: true,
    precision: null,
    scale: null,
    length: 10,
  } as const;
  it('has every key', () => {
    expect(toRowType(column)).toEqual({
      name: 'C',
      database: '',
      schema: '',
      table: '',
      nullable: true,
      type: 'text',
      byteLength: 40,
      length: 10,
      precision: null,
      scale: null,
      collation: null,
    });
  });

  it.each([
    [{ ...column, length: 16_777_216 }, 67_108_864],
    [{ ...column, length: 134_217_728 }, 134_217_728],
    [{ ...column, length: null }, null],
    [{ ...column, type: 'binary', length: 10 } as const, 10],
  ])('of %j has a length in bytes of %s', (given, byteLength) => {
    expect(toRowType(given)).toMatchObject({ byteLength });
  });

  it('says what is masked, or computed on something else, and not the other', () => {
    const masked = { method: 'token', because: shown`T.C (pii)`, rule: 'masks' };
    const computedOn = { on: 'tokens', because: shown`T.C (pii)` } as const;
    expect(toRowType({ ...column, masked })).toMatchObject({ sluice: { masked } });
    expect(toRowType({ ...column, computedOn })).toMatchObject({ sluice: { computedOn } });
  });
});
