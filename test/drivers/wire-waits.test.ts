import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { idOf, NOON, startWire, type Wire } from './wire.ts';

let wire: Wire;
beforeAll(async () => {
  wire = await startWire(1);
});
beforeEach(() => wire.reset());
afterAll(() => wire.close());

describe('a statement that takes its time', () => {
  it('is asked for again, until it is done', async () => {
    const pending = await wire.query('SELECT held');
    const queryId = idOf(pending);
    expect(pending).toEqual({
      success: true,
      code: '333333',
      message: 'Query execution in progress.',
      data: {
        queryId,
        getResultUrl: `/queries/${queryId}/result`,
        queryAbortsAfterSecs: expect.any(Number),
        progressDesc: null,
      },
    });
    expect(pending.data['queryAbortsAfterSecs']).toBe(
      Math.floor(wire.relay.queries.limits.detachedMs / 1000),
    );
    expect((await wire.result(queryId)).code).toBe('333333');
    wire.release();
    await expect.poll(async () => (await wire.result(queryId)).code).toBeNull();
    expect(wire.seen).toHaveLength(1);
  });

  it('is the same statement when the request comes again', async () => {
    const requestId = randomUUID();
    const first = await wire.query('SELECT held', {}, requestId);
    expect(idOf(await wire.query('SELECT held', {}, requestId))).toBe(idOf(first));
    expect(wire.seen).toHaveLength(1);
    wire.release();
  });

  it('is answered at once when the client will come back for it', async () => {
    const body = await wire.query('SELECT held', { asyncExec: true });
    expect(body).toMatchObject({
      success: true,
      code: '333334',
      message: 'Asynchronous execution in progress.',
    });
    // gosnowflake takes any other code for a result without rows.
    expect((await wire.result(idOf(body))).code).toBe('333334');
    wire.release();
    await expect.poll(async () => (await wire.result(idOf(body))).code).toBeNull();
  });

  it.each([
    [
      'by its request',
      (_: string, requestId: string) => wire.post('/queries/v1/abort-request', { requestId }),
    ],
    ['by itself', (queryId: string) => wire.post(`/queries/${queryId}/abort-request`)],
  ])('is cancelled %s', async (_, abort) => {
    const requestId = randomUUID();
    const queryId = idOf(await wire.query('SELECT held', { asyncExec: true }, requestId));
    expect((await abort(queryId, requestId)).body).toEqual({
      success: true,
      code: null,
      message: null,
      data: null,
    });
    await expect
      .poll(async () => await wire.result(queryId))
      .toMatchObject({ success: false, code: '000604', data: { sqlState: '57014', queryId } });
  });

  it('need not be there to be cancelled by its request', async () => {
    expect((await wire.post('/queries/v1/abort-request', { requestId: randomUUID() })).body.success).toBe(
      true,
    );
  });
});

describe('what becomes of a statement', () => {
  const monitored = async (queryId: string) => {
    const { body } = await wire.send('GET', `/monitoring/queries/${queryId}`);
    return (body.data as { queries: Record<string, unknown>[] }).queries[0]!;
  };

  it('is told while it is held, and when it is done', async () => {
    const queryId = idOf(await wire.query('SELECT held', { asyncExec: true }));
    await expect.poll(async () => (await monitored(queryId))['status']).toBe('QUEUED');
    wire.clock.now += 5_000;
    expect(await monitored(queryId)).toMatchObject({ endTime: 0, totalDuration: 5_000 });
    wire.release();
    await expect.poll(async () => (await monitored(queryId))['status']).toBe('SUCCESS');
    wire.clock.now += 5_000;
    expect(await monitored(queryId)).toEqual({
      id: queryId,
      status: 'SUCCESS',
      state: 'SUCCESS',
      errorCode: null,
      errorMessage: null,
      startTime: NOON,
      endTime: NOON + 5_000,
      sqlText: 'SELECT held',
      stats: {},
      totalDuration: 5_000,
      sessionId: wire.seen[0]?.session.number,
      warehouseName: 'WH',
    });
  });

  it('is told when it was refused or cancelled', async () => {
    const blocked = await monitored(idOf(await wire.query('SELECT blocked')));
    expect(blocked).toMatchObject({
      status: 'FAILED_WITH_ERROR',
      errorCode: '003001',
      errorMessage: expect.stringContaining('payroll'),
    });
    const queryId = idOf(await wire.query('SELECT held', { asyncExec: true }));
    await wire.post(`/queries/${queryId}/abort-request`);
    await expect.poll(async () => (await monitored(queryId))['status']).toBe('ABORTED');
  });
});
