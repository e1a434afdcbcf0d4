import { describe, expect, it, vi } from 'vitest';
import {
  columnsBetween,
  heightOf,
  MOST_HEIGHT,
  ROW_HEIGHT,
  scrollTopFor,
  startsOf,
  topAt,
  topWith,
} from './place.ts';
import { createRowPages, MOST_PAGES, ROWS_A_PAGE, type ShownRow } from './row-pages.ts';
import { afterKey, AT_START, type GridKey, rangeOf } from './selection.ts';

describe.each([10, 1_000, 100_000, 50_000_000])('a result of %d rows', (rows) => {
  const scrolled = { rows, view: 480 };

  it('is scrolled from its first row to its last', () => {
    const most = Math.max(0, heightOf(rows) - scrolled.view);
    expect(heightOf(rows)).toBeLessThanOrEqual(MOST_HEIGHT);
    expect(topAt(0, scrolled)).toBe(0);
    expect(topAt(most, scrolled) + scrolled.view / ROW_HEIGHT).toBeCloseTo(Math.max(rows, 20), 3);
  });

  it('shows the row that a key went to', () => {
    for (const row of [0, 5, Math.floor(rows / 2), rows - 1]) {
      const top = topWith(row, 0, scrolled);
      expect(top).toBeLessThanOrEqual(row);
      expect(top + scrolled.view / ROW_HEIGHT).toBeGreaterThanOrEqual(row + 1);
      // What the scroll bar is put to is the same place.
      expect(Math.abs(topAt(scrollTopFor(top, scrolled), scrolled) - top)).toBeLessThan(0.01);
    }
  });
});

it('knows the columns that are in view', () => {
  const starts = startsOf(Array.from({ length: 300 }, () => 100));
  expect(columnsBetween(starts, 1_000, 1_500)).toEqual({ first: 9, last: 15 });
  expect(columnsBetween(starts, 0, 500)).toEqual({ first: 0, last: 5 });
  expect(columnsBetween(starts, 29_900, 30_400)).toEqual({ first: 298, last: 299 });
});

describe('keys', () => {
  const size = { rows: 100_000, columns: 5, pageRows: 20 };
  const press = (key: string, more: Partial<GridKey> = {}): GridKey => ({
    key,
    shiftKey: false,
    ctrlKey: false,
    metaKey: false,
    altKey: false,
    ...more,
  });
  const at = (row: number, column: number) => ({ active: { row, column }, anchor: { row, column } });

  it.each([
    ['ArrowDown', {}, at(11, 2)],
    ['ArrowUp', {}, at(9, 2)],
    ['ArrowLeft', {}, at(10, 1)],
    ['ArrowRight', {}, at(10, 3)],
    ['PageDown', {}, at(29, 2)],
    ['PageUp', {}, at(0, 2)],
    ['Home', {}, at(10, 0)],
    ['End', {}, at(10, 4)],
    ['Home', { ctrlKey: true }, at(0, 0)],
    ['End', { ctrlKey: true }, at(99_999, 4)],
    ['End', { metaKey: true }, at(99_999, 4)],
  ])('%s %o', (key, more, expected) => {
    expect(afterKey(at(10, 2), press(key, more), size)).toEqual(expected);
  });

  it('extend, and select rows, columns and all', () => {
    const { active, anchor } = afterKey(at(10, 2), press('ArrowDown', { shiftKey: true }), size)!;
    expect(rangeOf({ active, anchor })).toEqual({ fromRow: 10, toRow: 12, fromColumn: 2, toColumn: 3 });
    const all = { fromRow: 0, toRow: 100_000, fromColumn: 0, toColumn: 5 };
    expect(rangeOf(afterKey(at(10, 2), press('a', { ctrlKey: true }), size)!)).toEqual(all);
    expect(rangeOf(afterKey(at(10, 2), press(' ', { shiftKey: true }), size)!)).toMatchObject({
      fromRow: 10,
      toColumn: 5,
    });
    expect(rangeOf(afterKey(at(10, 2), press(' ', { ctrlKey: true }), size)!)).toMatchObject({
      toRow: 100_000,
      fromColumn: 2,
      toColumn: 3,
    });
  });

  it('stay within, and leave what is not theirs', () => {
    expect(afterKey(AT_START, press('ArrowUp'), size)).toEqual(AT_START);
    for (const key of ['Tab', 'c', 'F1', 'Escape']) expect(afterKey(AT_START, press(key), size)).toBeNull();
    expect(afterKey(AT_START, press('ArrowDown', { altKey: true }), size)).toBeNull();
  });
});

describe('pages of rows', () => {
  it('keeps those that were looked at last, and no more', async () => {
    const asked: number[] = [];
    const pages = createRowPages({
      ask: async (from, limit) => {
        asked.push(from);
        return Array.from({ length: limit }, (_, row): ShownRow => [String(from + row)]);
      },
      onChange: () => {},
    });
    for (let page = 0; page < 500; page += 1) {
      expect(pages.row(page * ROWS_A_PAGE)).toBeUndefined();
      await new Promise((resolve) => {
        setTimeout(resolve);
      });
      expect(pages.row(page * ROWS_A_PAGE + 7)).toEqual([String(page * ROWS_A_PAGE + 7)]);
    }
    expect(pages.size()).toBeLessThanOrEqual(MOST_PAGES);
    expect(asked).toHaveLength(500);
    pages.row(0);
    expect(asked.at(-1)).toBe(0);
  });

  it('asks once for rows that are on their way, and again for those that could not be had', async () => {
    let failures = 0;
    let asks = 0;
    const pages = createRowPages({
      ask: async () => {
        asks += 1;
        throw new Error('away');
      },
      onChange: (failure) => {
        if (failure !== null) failures += 1;
      },
    });
    pages.row(0);
    pages.row(1);
    await vi.waitFor(() => expect(failures).toBe(1));
    pages.row(0);
    expect(asks).toBe(1);
    pages.retry();
    pages.row(0);
    expect(asks).toBe(2);
  });
});
