import { describe, expect, it } from 'vitest';
import { openedChunk } from '../encoding/index.ts';
import type { ResultLimits } from '../policy/index.ts';
import { limitResult, rowsOf, stopAt } from './limit-result.ts';
import type { MaskedKeptChunk } from './statement-request.ts';

const { signal } = new AbortController();

/** Rows that pass, each chunk of so many bytes; and chunks that are kept, of so many rows and bytes. */
function resultOf(
  passing: readonly { readonly rows: number; readonly bytes: number }[],
  kept: readonly { readonly rows: number; readonly bytes: number }[] = [],
) {
  const opened: number[] = [];
  const gates: (() => Promise<void>)[] = [];
  return {
    opened,
    /** Waited for before a chunk is given. */
    before: (index: number, work: () => Promise<void>) => (gates[index] = work),
    chunks: (async function* () {
      for (const { rows, bytes } of passing) yield { rowCount: rows, bytes: new Uint8Array(bytes) };
    })(),
    kept: kept.map(({ rows, bytes }, index): MaskedKeptChunk => {
      return {
        rowCount: rows,
        uncompressedSize: bytes,
        compressedSize: null,
        mostBytes: bytes,
        async open() {
          opened.push(index);
          await gates[index]?.();
          return openedChunk(new Uint8Array(bytes));
        },
      };
    }),
  };
}

async function endOf(chunks: AsyncIterable<{ readonly rowCount: number }>): Promise<string> {
  let rows = 0;
  try {
    for await (const { rowCount } of chunks) rows += rowCount;
    return `${rows} rows`;
  } catch (error) {
    const { code, message } = error as { readonly code: string; readonly message: string };
    return `${rows} rows, ${code}: ${message}`;
  }
}

const rows = (count: number) => ({ rows: count, bytes: 10 });

describe('a limit of the policy', () => {
  const limit = (of: ResultLimits) => ({ rule: 'few', ...of });
  const said = (what: string) => `blocked: the result is larger than the limit \`few\` allows now: ${what}`;

  it.each<[string, ResultLimits, string]>([
    ['no limit', {}, '4 rows'],
    ['as many rows as there are', { maxRows: 4 }, '4 rows'],
    ['fewer rows', { maxRows: 3 }, `2 rows, ${said('3 rows')}`],
    ['one row', { maxRows: 1 }, `0 rows, ${said('1 row')}`],
    ['no rows', { maxRows: 0 }, `0 rows, ${said('0 rows')}`],
    ['as many bytes as there are', { maxBytes: 20 }, '4 rows'],
    ['a byte fewer', { maxBytes: 19 }, `2 rows, ${said('19 bytes, as sent and before compression')}`],
    [
      'both',
      { maxRows: 3, maxBytes: 9 },
      `0 rows, ${said('3 rows or 9 bytes, as sent and before compression')}`,
    ],
  ])('lets through what it says: %s', async (_, limits, end) => {
    const stops: string[] = [];
    const { chunks } = limitResult(resultOf([rows(2), rows(2)]), limit(limits), () => stops.push('stop'));
    expect(await endOf(chunks)).toBe(end);
    expect(stops).toEqual(end === '4 rows' ? [] : ['stop']);
  });

  it('has the name of its rule, or is a limit', async () => {
    const { chunks } = limitResult(resultOf([rows(2)]), { maxRows: 1 }, () => {});
    await expect(chunks[Symbol.asyncIterator]().next()).rejects.toMatchObject({
      code: 'blocked',
      rule: 'limit',
    });
  });

  it.each([
    ['as many as there are', 6, '2 rows'],
    ['one fewer', 5, `0 rows, ${said('5 rows')}`],
    ['as many as are kept', 4, `0 rows, ${said('4 rows')}`],
    ['fewer than are kept', 3, `0 rows, ${said('3 rows')}`],
  ])('counts the rows that are kept before the first one: %s', async (_, maxRows, end) => {
    const result = resultOf([rows(2)], [rows(1), rows(3)]);
    expect(rowsOf(result.kept)).toBe(4);
    const limited = limitResult(result, limit({ maxRows }), () => {});
    expect(await endOf(limited.chunks)).toBe(end);
    expect(result.opened).toEqual([]);
  });

  it('is not stopped by kept rows that are as many as it lets through', async () => {
    const { chunks } = limitResult(resultOf([], [rows(4)]), limit({ maxRows: 4 }), () => {});
    expect(await endOf(chunks)).toBe('0 rows');
  });

  it('counts the bytes of kept chunks when they are opened, each once, and then opens none', async () => {
    let stops = 0;
    const result = resultOf([rows(1)], [rows(1), rows(1), rows(1)]);
    const { chunks, kept } = limitResult(result, limit({ maxBytes: 30 }), () => void (stops += 1));
    await endOf(chunks);
    for (const index of [0, 0, 1, 1, 0]) expect((await kept[index]!.open(signal)).byteLength).toBe(10);
    expect(stops).toBe(0);
    await expect(kept[2]!.open(signal)).rejects.toMatchObject({ code: 'blocked', rule: 'few' });
    expect(stops).toBe(1);
    // Not even what was given before.
    await expect(kept[0]!.open(signal)).rejects.toMatchObject({ code: 'blocked' });
    expect(result.opened).toEqual([0, 0, 1, 1, 0, 2]);
  });

  it('gives none that was being opened when another one was too many', async () => {
    const result = resultOf([], [rows(1), { rows: 1, bytes: 50 }]);
    const { kept } = limitResult(result, limit({ maxBytes: 30 }), () => {});
    const waits = Promise.withResolvers<void>();
    result.before(0, () => waits.promise);
    const first = kept[0]!.open(signal);
    await expect(kept[1]!.open(signal)).rejects.toMatchObject({ code: 'blocked' });
    waits.resolve();
    await expect(first).rejects.toMatchObject({ code: 'blocked' });
  });
});

describe('as many rows as people let through', () => {
  const said = (limit: string) =>
    `rows_exceeded: the result is larger than ${limit} that it was approved for`;

  it.each([
    [4, '4 rows'],
    [3, `2 rows, ${said('the 3 rows')}`],
    [1, `0 rows, ${said('the 1 row')}`],
  ])('pass, and no more: %d', async (most, end) => {
    expect(await endOf(stopAt(resultOf([rows(2), rows(2)]), most).chunks)).toBe(end);
  });

  it.each([
    [6, '2 rows'],
    [5, `0 rows, ${said('the 5 rows')}`],
    [3, `0 rows, ${said('the 3 rows')}`],
  ])('are counted with those that are kept: %d', async (most, end) => {
    const result = resultOf([rows(2)], [rows(4)]);
    const stopped = stopAt(result, most);
    expect(await endOf(stopped.chunks)).toBe(end);
    expect(stopped.kept).toBe(result.kept);
  });

  it('may all be kept', async () => {
    expect(await endOf(stopAt(resultOf([], [rows(4)]), 4).chunks)).toBe('0 rows');
  });
});
