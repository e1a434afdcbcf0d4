import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { idOf, NOON, startWire, type Wire } from './wire.ts';

let wire: Wire;
beforeAll(async () => {
  wire = await startWire();
});
beforeEach(() => wire.reset());
afterAll(() => wire.close());

describe('a result', () => {
  it('has all that drivers read of it', async () => {
    const body = await wire.query('SELECT 1');
    expect(body).toMatchObject({ success: true, code: null, message: null });
    expect(body.data).toEqual({
      parameters: expect.arrayContaining([{ name: 'TIMEZONE', value: 'Etc/UTC' }]),
      rowtype: [expect.objectContaining({ name: 'X', type: 'text', byteLength: 20 })],
      sluice: { computedOn: { on: 'tokens', because: 'T.C (pii)' } },
      rowset: [['1'], [null]],
      total: 2,
      returned: 2,
      queryId: wire.seen[0]?.queryId,
      sqlState: '00000',
      databaseProvider: null,
      finalDatabaseName: 'SHOP',
      finalSchemaName: 'PUBLIC',
      finalWarehouseName: 'WH',
      finalRoleName: null,
      numberOfBinds: 0,
      arrayBindSupported: false,
      statementTypeId: 0x1000,
      version: 1,
      sendResultTime: NOON,
      queryResultFormat: 'json',
      queryContext: { entries: [] },
    });
  });

  it('of a change has counts', async () => {
    const { data } = await wire.query('DELETE FROM T');
    expect(data).toMatchObject({
      rowset: [['7']],
      total: 1,
      arrayBindSupported: false,
      stats: { numRowsInserted: 0, numRowsUpdated: 0, numRowsDeleted: 7 },
    });
    expect(data).not.toHaveProperty('metaDataOfBinds');
    expect(data).not.toHaveProperty('resultIds');
    expect(data).not.toHaveProperty('sluice');
  });

  it('of which only the shape is wanted has no rows of a change', async () => {
    const { data } = await wire.query('DELETE FROM T', { describeOnly: true });
    expect(data).toMatchObject({ rowset: [], total: 0, arrayBindSupported: true, metaDataOfBinds: [] });
    expect(wire.seen[0]).toMatchObject({ describeOnly: true });
    expect((await wire.query('SELECT 1', { describeOnly: true })).data).toMatchObject({
      arrayBindSupported: false,
    });
  });

  it('of a series names its parts', async () => {
    const { data } = await wire.query('DELETE FROM T; SELECT 1', {
      parameters: { MULTI_STATEMENT_COUNT: 2 },
    });
    expect(wire.seen.map(({ sql }) => sql)).toEqual(['DELETE FROM T', 'SELECT 1']);
    const ids = wire.seen.map(({ queryId }) => queryId);
    expect(data).toMatchObject({ resultIds: ids.join(','), resultTypes: [0x3300, 0x1000].join() });
    for (const id of ids)
      expect(await wire.result(id)).toMatchObject({
        success: true,
        data: { queryId: id },
      });
  });

  it('that is large is fetched in chunks, with the header that came with it and no other', async () => {
    const response = await wire.post(
      `/queries/v1/query-request`,
      { sqlText: 'SELECT many' },
      { ...wire.headers(), host: 'relay.example:8080' },
    );
    const { rowset, chunks, chunkHeaders, total, returned } = response.body.data as {
      rowset: unknown[];
      chunks: { url: string; rowCount: number; uncompressedSize: number; compressedSize: number }[];
      chunkHeaders: Record<string, string>;
      total: number;
      returned: number;
    };
    expect([total, returned]).toEqual([2_000, 2_000]);
    expect(rowset.length + chunks.reduce((sum, { rowCount }) => sum + rowCount, 0)).toBe(2_000);
    // Where the relay is, not what the client calls it.
    const base = `http://127.0.0.1:${wire.relay.port}/results/${idOf(response.body)}/chunks`;
    expect(chunks.map(({ url }) => url)).toEqual(chunks.map((_, index) => `${base}/${index}`));
    const path = new URL(chunks[1]!.url).pathname;
    const fetch = (url: string, headers: Record<string, string>) =>
      wire.relay.app.inject({ method: 'GET', url, headers });
    const chunk = await fetch(path, chunkHeaders);
    expect(chunk.headers).toMatchObject({
      'content-type': 'application/octet-stream',
      'content-encoding': 'gzip',
      'content-length': String(chunks[1]!.compressedSize),
    });
    const text = gunzipSync(chunk.rawPayload).toString();
    expect(text).toHaveLength(chunks[1]!.uncompressedSize);
    expect(JSON.parse(`[${text}]`)).toHaveLength(chunks[1]!.rowCount);

    const missing = await fetch(path.replace(/\d+$/, '999'), chunkHeaders);
    const stranger = await fetch(path, wire.headers());
    wire.clock.now += 60_000;
    const late = await fetch(path, chunkHeaders);
    for (const refused of [missing, stranger, late]) {
      expect(refused.statusCode).toBe(403);
      expect(refused.json()).toMatchObject({ success: false, code: '000709' });
    }
  });

  it('that a rule refuses says why, and which statement it was', async () => {
    expect(await wire.query('SELECT blocked')).toEqual({
      success: false,
      code: '003001',
      message: 'SQL access control error:\npayroll is closed. Ask for it.',
      headers: null,
      data: {
        internalError: false,
        unredactedFromSecureObject: false,
        errorCode: '003001',
        age: 0,
        sqlState: '42501',
        queryId: wire.seen[0]?.queryId,
        line: -1,
        pos: -1,
        type: 'EXECUTION',
      },
    });
  });

  it('that failed for no reason of ours says nothing of it', async () => {
    const body = await wire.query('SELECT broken');
    expect(body).toMatchObject({ success: false, code: '370001', data: { sqlState: 'XX000' } });
    expect(JSON.stringify(body)).not.toContain('ada@');
  });
});

describe('what is said of a statement in its tag', () => {
  it('is a prompt, and nothing else: break-glass is not called for here', async () => {
    await wire.query('SELECT 1', {
      parameters: { QUERY_TAG: '{"prompt":"who?","breakGlass":"the shop is down"}' },
    });
    await wire.query('SELECT 2', { parameters: { QUERY_TAG: 'nightly' } });
    expect(wire.seen.map(({ prompt }) => prompt)).toEqual([{ text: 'who?', source: 'query_tag' }, null]);
    expect(wire.seen.every((request) => !('breakGlass' in request))).toBe(true);
  });
});

describe('several statements in a text', () => {
  const counted = (sql: string, count: number | string, more: object = {}) =>
    wire.query(sql, { parameters: { MULTI_STATEMENT_COUNT: count }, ...more });

  it.each([
    ['as many as were announced', 'SELECT 1; SELECT 2', 2, ['SELECT 1', 'SELECT 2']],
    ['any number', 'SELECT 1; SELECT 2', '0', ['SELECT 1', 'SELECT 2']],
    ['one, of any number', 'SELECT 1', 0, ['SELECT 1']],
    [
      'one that was not announced as several: the gate counts',
      'SELECT 1; SELECT 2',
      1,
      ['SELECT 1; SELECT 2'],
    ],
    ['a text that is not understood: the gate refuses and records it', "SELECT 'x", 2, ["SELECT 'x"]],
  ])('run %s', async (_, sql, count, ran) => {
    expect((await counted(sql, count)).success).toBe(true);
    expect(wire.seen.map((request) => request.sql)).toEqual(ran);
  });

  it('do not run when there are more or fewer', async () => {
    expect(await counted('SELECT 1; SELECT 2', 3)).toMatchObject({
      code: '000008',
      message: 'Actual statement count 2 did not match the desired statement count 3.',
    });
    expect(wire.seen).toEqual([]);
    expect(wire.relay.refused.map(({ code }) => code)).toEqual(['statement_count']);
  });

  it('take the binds in their order, each those that stand in it', async () => {
    const bind = (value: string) => ({ type: 'TEXT', value });
    const bindings = { 1: bind('a'), 2: bind('b'), 3: bind('c') };
    expect(await counted('SELECT ?; SELECT 2; SELECT ?, ?', 3, { bindings })).toMatchObject({
      success: true,
    });
    // A statement may be given more than it has places for.
    expect(wire.seen[0]!.binds['1']).toEqual(bind('a'));
    expect(wire.seen[2]!.binds).toEqual({ 1: bind('b'), 2: bind('c') });
  });
});
