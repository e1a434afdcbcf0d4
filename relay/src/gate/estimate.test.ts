import { describe, expect, it } from 'vitest';
import { rowCountOf } from '../analysis/row-count.ts';
import { ada, deleteRequest } from '../approval/testing.ts';
import { chunksOf } from '../encoding/testing.ts';
import { SluiceError } from '../errors.ts';
import type { Cell } from '../warehouse/index.ts';
import type { StatementCost } from '../warehouse/index.ts';
import { createEstimate } from './estimate.ts';
import type { StatementOutcome, StatementRequest } from './statement-request.ts';

const state = { database: null, schema: null, warehouse: null, role: null };
const outcome = (...batches: readonly (readonly (readonly Cell[])[])[]): StatementOutcome => ({
  queryId: 'q',
  columns: [],
  encoding: 'json',
  chunks: chunksOf(...batches),
  statementTypeId: 0x1000,
  state,
  parameters: {},
});

/** What approvers are told of a statement, when its question is answered so; and the question. */
async function estimated(
  sql: string,
  answer: () => StatementOutcome | Promise<never>,
  costOf: () => Promise<StatementCost | null> = async () => null,
) {
  const asked: StatementRequest[] = [];
  const estimate = createEstimate(
    async (request) => {
      asked.push(request);
      return await answer();
    },
    async (text, binds) => rowCountOf(text, binds),
    () => 'new-id',
    () => 5_000,
    costOf,
  );
  return { told: await estimate({ ...deleteRequest(ada), sql, binds: {} }), asked };
}

const DELETE = 'DELETE FROM ORDERS WHERE ID < 9';
const UNKNOWN = 'it cannot be counted in time, or without asking somebody first';

describe('how many rows a held statement would hit', () => {
  it('is asked as a statement of the requester’s own, about which nobody is asked', async () => {
    const { told, asked } = await estimated(DELETE, () => outcome([['7']]));
    expect(told).toEqual({
      rows: 7,
      bytes: null,
      partitions: null,
      partitionsTotal: null,
      note: '',
      at: 5_000,
    });
    expect(asked).toMatchObject([
      {
        session: { identity: { id: ada.id } },
        queryId: 'new-id',
        requestId: 'estimate/new-id',
        sql: 'SELECT COUNT(*) FROM ORDERS WHERE ID < 9',
        binds: {},
        describeOnly: false,
        prompt: null,
        mayAsk: false,
      },
    ]);
  });

  it('may have as many digits as it takes', async () => {
    expect((await estimated(DELETE, () => outcome([['1234567']]))).told).toMatchObject({ rows: 1_234_567 });
  });

  it('counts for each table that is written to', async () => {
    const sql = 'INSERT ALL INTO T (A) INTO U (A) SELECT A FROM V';
    expect((await estimated(sql, () => outcome([['7']]))).told).toMatchObject({
      rows: 14,
      note: 'or fewer, by its conditions',
    });
  });

  it('is not asked where the text says it, or where there is no such number', async () => {
    const unasked = () => expect.unreachable('it was asked');
    expect((await estimated('INSERT INTO T (A) VALUES (1), (2)', unasked)).told).toMatchObject({ rows: 2 });
    expect((await estimated('DROP TABLE T', unasked)).told).toBeNull();
  });

  it.each([
    ['it is refused', () => Promise.reject(new SluiceError('blocked', 'no'))],
    ['it is masked', () => outcome([['*****']])],
    ['it is masked at its end', () => outcome([['12***']])],
    ['it is masked at its beginning', () => outcome([['***12']])],
    ['there is a row without a column', () => outcome([[]])],
    ['there is no answer', () => outcome()],
    ['the answer is NULL', () => outcome([[null]])],
    [
      'the answer breaks off',
      () => ({
        ...outcome(),
        chunks: (async function* () {
          yield* chunksOf([['7']]);
          throw new Error('down');
        })(),
      }),
    ],
  ])('is not known where %s', async (_, answer) => {
    expect((await estimated(DELETE, answer)).told).toEqual({
      rows: null,
      bytes: null,
      partitions: null,
      partitionsTotal: null,
      note: UNKNOWN,
      at: 5_000,
    });
  });
});

describe('what a held statement would read', () => {
  const cost = { partitions: 3, partitionsTotal: 120, bytes: 1_204 };

  it('is told beside the rows, and of what has no rows to count', async () => {
    const told = async (sql: string) =>
      (
        await estimated(
          sql,
          () => outcome([['7']]),
          async () => cost,
        )
      ).told;
    expect(await told(DELETE)).toEqual({ rows: 7, note: '', at: 5_000, ...cost });
    expect(await told('DROP TABLE T')).toEqual({ rows: null, note: '', at: 5_000, ...cost });
  });

  it('is left out where the warehouse does not say, and the rows are told all the same', async () => {
    const fails = () => Promise.reject(new SluiceError('warehouse_unavailable', 'no answer'));
    expect((await estimated(DELETE, () => outcome([['7']]), fails)).told).toMatchObject({
      rows: 7,
      bytes: null,
    });
    expect((await estimated('DROP TABLE T', () => outcome([]), fails)).told).toBeNull();
  });
});
