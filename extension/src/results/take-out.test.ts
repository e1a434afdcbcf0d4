import { describe, expect, it } from 'vitest';
import { firstChoice, MOST_POINTS, readChart } from './chart.ts';
import { copyCells } from './copy.ts';
import { exportRows } from './export.ts';
import { keptResult, textColumn } from './testing.ts';

const ID = '5f0f6a3c-8f55-4d2e-9c3b-3f1f0b9c4a11';
const masked = { masked: { method: 'redact', because: 'rule cards' } };
const columns = [textColumn('N', { type: 'fixed', precision: 38, scale: 0 }), textColumn('CARD', masked)];
const result = (count: number) =>
  keptResult(
    ID,
    columns,
    Array.from({ length: count }, (_, row) => [row, '****']),
  );
const order = { statement: ID, columns, as: 'tsv', withHeaders: false } as const;

describe('copying', () => {
  it('takes what is selected, across pages, as it was returned', async () => {
    const { statements, asked } = result(5_000);
    const range = { fromRow: 1_500, toRow: 4_500, fromColumn: 0, toColumn: 2 };
    const copied = await copyCells(statements, { ...order, range, withHeaders: true });
    expect(copied).toMatchObject({ type: 'copied', rows: 3_000 });
    const lines = copied.type === 'copied' ? copied.text.split('\n') : [];
    expect([lines.length, lines[0], lines[1], lines.at(-1)]).toEqual([
      3_001,
      'N\tCARD',
      '1500\t****',
      '4499\t****',
    ]);
    expect(asked).toEqual([
      { from: 1_500, limit: 2_000 },
      { from: 3_500, limit: 1_000 },
    ]);
  });

  it('copies one cell to the letter, and several without formulas', async () => {
    const { statements } = keptResult(ID, columns, [
      ['=1+1', 'a'],
      ['x', 'b'],
    ]);
    const one = { fromRow: 0, toRow: 1, fromColumn: 0, toColumn: 1 };
    expect(await copyCells(statements, { ...order, range: one })).toMatchObject({ text: '=1+1' });
    const two = { ...one, toRow: 2 };
    expect(await copyCells(statements, { ...order, range: two })).toMatchObject({ text: "'=1+1\nx" });
  });

  it('says when it is too much for a clipboard', async () => {
    const long = 'x'.repeat(1_000_000);
    const { statements } = keptResult(
      ID,
      [columns[1]!],
      Array.from({ length: 25 }, () => [long]),
    );
    const range = { fromRow: 0, toRow: 25, fromColumn: 0, toColumn: 1 };
    expect(await copyCells(statements, { ...order, range })).toEqual({ type: 'too_much' });
  });
});

describe('an export', () => {
  const textOf = async (parts: ReturnType<typeof exportRows>) => {
    let text = '';
    for await (const part of parts) text += part.text;
    return text;
  };

  it('has every row that was returned, and no more', async () => {
    const { statements } = result(4_321);
    const text = await textOf(exportRows(statements, { ...order, rowCount: 4_321, as: 'csv' }));
    expect(text.split('\r\n')).toHaveLength(4_323);
    expect(text).toMatch(/^N,CARD\r\n0,\*\*\*\*\r\n/);
  });

  it('fails where rows are missing, and is no file that looks whole', async () => {
    const { statements } = result(10);
    await expect(textOf(exportRows(statements, { ...order, rowCount: 11, as: 'json' }))).rejects.toThrow(
      '10 of 11 rows',
    );
  });
});

describe('a chart', () => {
  it('begins with a label and a number, and never draws what is masked', () => {
    const number = textColumn('N', { type: 'fixed' });
    expect(firstChoice([number, textColumn('CITY')])).toEqual({ x: 1, y: 0 });
    expect(firstChoice([number, textColumn('M', { type: 'fixed' })])).toEqual({ x: 0, y: 1 });
    expect(firstChoice([number])).toEqual({ x: 0, y: 0 });
    expect(firstChoice([textColumn('CITY'), textColumn('M', { type: 'fixed', ...masked })])).toBeNull();
    // A masked number is a label at most.
    expect(firstChoice([textColumn('M', { type: 'fixed', ...masked }), number])).toEqual({ x: 0, y: 1 });
  });

  it('is of the first rows, leaves out what is no number, and says both', async () => {
    const { statements } = keptResult(
      ID,
      columns,
      Array.from({ length: 1_500 }, (_, row) => [row % 2 === 0 ? row : null, `c${row}`]),
    );
    const chart = await readChart(statements, ID, columns, { x: 1, y: 0 });
    expect(chart).toMatchObject({ shape: 'line', rows: MOST_POINTS, skipped: MOST_POINTS / 2 });
    expect(chart.points.slice(0, 2)).toEqual([
      { label: 'c0', value: 0 },
      { label: 'c2', value: 2 },
    ]);
  });

  it('has bars for a few names, and takes numbers that come as texts', async () => {
    const { statements } = keptResult(ID, columns, [
      ['9007199254740993', 'Berlin'],
      ['inf', 'Nowhere'],
      ['', 'Nobody'],
    ]);
    expect(await readChart(statements, ID, columns, { x: 1, y: 0 })).toEqual({
      shape: 'bars',
      points: [{ label: 'Berlin', value: 9_007_199_254_740_992 }],
      rows: 3,
      skipped: 2,
    });
  });
});
