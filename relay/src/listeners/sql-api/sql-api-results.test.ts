import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { SluiceError } from '../../errors.ts';
import type { Query, QueryStatus } from '../../queries/index.ts';
import { shown } from '../../text/index.ts';
import { chunkOf, ID, PART, startSqlApi, STATUS_URL, type SqlApiTest } from './testing.ts';

let at: SqlApiTest;
beforeEach(async () => {
  at = await startSqlApi();
});
afterEach(() => at.close());

describe('a result', () => {
  it('is all that there is to know of it, and its first rows', async () => {
    at.succeed({ chunks: [chunkOf('')], computedOn: { on: 'tokens', because: shown`T.C (pii)` } });
    const { status: code, headers, body } = await at.run();
    expect([code, headers['content-type'], headers['link']]).toEqual([
      200,
      'application/json',
      ['first', 'next', 'last']
        .map((rel) => `<${STATUS_URL}&partition=${rel === 'first' ? 0 : 1}>;rel="${rel}"`)
        .join(','),
    ]);
    expect(body).toEqual({
      code: '090001',
      sqlState: '00000',
      message: 'Statement executed successfully.',
      statementHandle: ID,
      createdOn: 5,
      statementStatusUrl: STATUS_URL,
      resultSetMetaData: {
        numRows: 4,
        format: 'jsonv2',
        rowType: [
          expect.objectContaining({ name: 'T', type: 'boolean' }),
          expect.objectContaining({ name: 'D' }),
        ],
        partitionInfo: [
          { rowCount: 2, uncompressedSize: '["1","0"],["0",null]'.length },
          { rowCount: 2, uncompressedSize: 0, compressedSize: 7 },
        ],
        nullable: true,
      },
      sluice: { computedOn: { on: 'tokens', because: 'T.C (pii)' } },
      data: [
        ['true', '0'],
        ['false', null],
      ],
    });
  });

  it('has NULL and dates as its request said, also when it is read again', async () => {
    at.succeed({ chunks: [chunkOf('["1","1"],["0",null]')] });
    await at.run({ parameters: { date_output_format: 'DD.MM.YYYY' } }, '&nullable=false');
    const first = [
      ['true', '01.01.1970'],
      ['false', 'null'],
    ];
    expect((await at.readOf()).body['data']).toEqual(first);
    expect((await at.readOf()).body['resultSetMetaData']).toMatchObject({ nullable: false });
    expect((await at.readOf('?partition=1')).body).toEqual({
      data: [
        ['true', '02.01.1970'],
        ['false', 'null'],
      ],
    });
  });

  it('of a change says what it changed; of several statements, which', async () => {
    at.succeed({ statementTypeId: 0x3100, changed: { inserted: 3, updated: 0, deleted: 0 } });
    expect((await at.run()).body).toMatchObject({ data: [['3']], stats: { numRowsInserted: 3 } });
    at.succeed();
    expect((await at.run()).body).not.toHaveProperty('stats');
    expect((await at.run()).body).not.toHaveProperty('statementHandles');
    expect((await at.run()).body).not.toHaveProperty('sluice');
    at.change = { parts: [{ queryId: PART }, { queryId: ID }] as unknown as Query['parts'] };
    expect((await at.run()).body['statementHandles']).toEqual([PART, ID]);
  });

  it('of very many cells comes whole', async () => {
    const rows = Array.from({ length: 30_000 }, (_, index) => `["1","${index}"]`);
    at.succeed({ first: { bytes: Buffer.from(rows.join()), rowCount: rows.length } });
    const { body } = await at.run();
    const data = body['data'] as string[][];
    expect([data.length, data[0], data.at(-1)]).toEqual([30_000, ['true', '0'], ['true', '29999']]);
    at.succeed({ chunks: [chunkOf(rows.join())] });
    expect((await at.readOf('?partition=1')).body['data']).toEqual(data);
  });

  it.each<[string | undefined, boolean]>([
    [undefined, false],
    ['', false],
    ['identity', false],
    ['br', false],
    ['xgzip', false],
    ['gzipx', false],
    ['gzip;q=0', false],
    ['gzip;q=0.0', false],
    ['gzip; q=2', false],
    ['gzip', true],
    ['GZIP', true],
    ['br, gzip', true],
    ['gzip ; q=1.0', true],
    ['gzip;q=0.5', true],
    ['gzip;q=.01', true],
    ['*', true],
    ['*;q=0', false],
  ])('has its other parts packed for those who take that: %s', async (accepts, isPacked) => {
    at.succeed({ chunks: [chunkOf('["1","1"]')] });
    const {
      status: code,
      headers,
      body,
    } = await at.readOf('?partition=1', accepts === undefined ? {} : { 'accept-encoding': accepts });
    expect([code, headers['content-encoding'], headers['vary'], headers['content-type']]).toEqual([
      200,
      isPacked ? 'gzip' : undefined,
      'accept-encoding',
      'application/json',
    ]);
    expect(body).toEqual({ data: [['true', '1']] });
    expect(headers['link']).toBe(
      [
        ['first', 0],
        ['prev', 0],
        ['last', 1],
      ]
        .map(([rel, at]) => `<${STATUS_URL}&partition=${at}>;rel="${rel}"`)
        .join(','),
    );
  });

  it('has no parts beyond its last, and fails as its warehouse does', async () => {
    at.succeed();
    const { status: code, body } = await at.readOf('?partition=1');
    expect([code, body['message']]).toEqual([400, expect.stringContaining('has no partition 1')]);
    const open = async () => Promise.reject(new SluiceError('warehouse_unavailable', 'it does not answer'));
    at.succeed({ chunks: [chunkOf('', { open })] });
    expect((await at.readOf('?partition=1')).status).toBe(503);
    expect(at.failed).toMatchObject([{ code: 'warehouse_unavailable' }]);
  });

  it('says nothing of what the relay itself fails of', async () => {
    const open = async () => Promise.reject(new TypeError('ada@example.com'));
    at.succeed({ chunks: [chunkOf('', { open })] });
    const { status: code, body } = await at.readOf('?partition=1');
    expect([code, JSON.stringify(body).includes('ada@'), at.failed]).toEqual([
      500,
      false,
      [expect.any(TypeError)],
    ]);
    expect(body.sluice['code']).toBe('internal');
  });

  describe('goes with its session', () => {
    const isEndedAfter = async (ms: number) => {
      at.time = ms;
      await at.requests.endRead();
      return at.ended.length > 0;
    };

    it('soon, when its last part was read', async () => {
      at.succeed({ chunks: [chunkOf('["1","1"]')] });
      await at.run();
      await at.readOf('?partition=1');
      expect([await isEndedAfter(59_999), await isEndedAfter(60_000)]).toEqual([false, true]);
    });

    it('later, while there is more to read, of it or of its statements', async () => {
      at.succeed({ chunks: [chunkOf('["1","1"]')] });
      await at.run();
      await at.readOf('?partition=1');
      await at.readOf('?partition=0');
      expect([await isEndedAfter(899_999), await isEndedAfter(900_000)]).toEqual([false, true]);
    });

    it('later, where it is of several statements, each with rows of its own', async () => {
      at.succeed();
      at.change = { parts: [{ queryId: PART }] as unknown as Query['parts'] };
      await at.run();
      expect([await isEndedAfter(60_000), await isEndedAfter(900_000)]).toEqual([false, true]);
    });

    it('soon, when it failed and that was said', async () => {
      at.status = { phase: 'failed', error: new SluiceError('blocked', 'no') };
      await at.run();
      expect(await isEndedAfter(60_000)).toBe(true);
    });
  });
});

describe('cancelling', () => {
  const CANCELLED = {
    code: '000604',
    sqlState: '57014',
    message: 'successfully canceled',
    statementHandle: ID,
    statementStatusUrl: STATUS_URL,
  };

  it.each<[string, QueryStatus]>([
    ['under way still', { phase: 'running' }],
    ['cancelled', { phase: 'failed', error: new SluiceError('statement_cancelled', 'x') }],
    ['no longer asked about', { phase: 'failed', error: new SluiceError('approval_cancelled', 'x') }],
  ])('is done where the statement is %s', async (_, after) => {
    at.cancelling = after;
    const { status: code, body } = await at.cancel();
    expect([code, body, at.waited]).toEqual([200, CANCELLED, [5_000, false]]);
  });

  it.each<[string, () => void]>([
    [
      'failed of something else',
      () => (at.cancelling = { phase: 'failed', error: new SluiceError('blocked', 'no') }),
    ],
    [
      'succeeded',
      () => {
        at.succeed();
        at.cancelling = at.status;
      },
    ],
  ])('comes too late for what has %s', async (_, become) => {
    become();
    const { status: code, body } = await at.cancel();
    expect([code, body]).toMatchObject([
      422,
      { statementHandle: ID, message: expect.stringContaining('not executing') as string },
    ]);
  });

  it('is for what there is', async () => {
    expect((await at.cancel({}, PART)).status).toBe(404);
  });
});

describe('what is not spoken', () => {
  it.each([
    ['GET', '/api/v2/statements', 405],
    ['PUT', '/api/v2/statements/', 405],
    ['DELETE', `/api/v2/statements/${ID}?x=1`, 405],
    ['GET', `/api/v2/statements/${ID}/cancel`, 405],
    ['GET', `/api/v2/statements/${ID}/other`, 404],
    ['GET', `/api/v2/statements/${ID}/cancel/x`, 404],
    ['GET', '/api/v2/databases', 404],
    ['GET', '/api/v2/x/api/v2/statements', 404],
  ] as const)(
    '%s %s is refused with %d, and that is on the record without its path',
    async (method, url, code) => {
      const { status, body } = await at.send({ method, url });
      const what = code === 405 ? `${method} on a path of the SQL API` : 'an unknown path of /api/v2';
      expect([status, body]).toEqual([
        code,
        { code: '000002', sqlState: '0A000', message: `${what} is not supported here. See docs/sql-api.md.` },
      ]);
      expect(at.refused).toEqual([
        { code: 'request_unsupported', what, reason: `${what} is not supported here` },
      ]);
    },
  );
});
