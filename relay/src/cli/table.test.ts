import { describe, expect, it } from 'vitest';
import { revealed, type ShownText, shown } from '../text/index.ts';
import { HOSTILE_TEXTS } from '../../../test/texts/hostile-texts.ts';
import { displayed } from './displayed.ts';
import type { Paint } from './paint.ts';
import { recordLines, tableLines } from './table.ts';

const columns = [
  { title: shown`ID`, align: 'right' as const },
  { title: shown`NAME` },
  { title: shown`NOTE` },
];
const row = (...cells: readonly string[]): ShownText[] => cells.map((cell) => revealed(cell));

describe('a table', () => {
  it('has its titles, a line under them, and its rows, whole', () => {
    expect(tableLines(columns, [row('7', 'Ada', 'x'.repeat(200)), row('12', '', 'y')])).toEqual([
      'ID  NAME  NOTE',
      `──  ────  ${'─'.repeat(200)}`,
      ` 7  Ada   ${'x'.repeat(200)}`,
      '12        y',
    ]);
  });

  it('is coloured at its titles and between its rows alone, and says the same without', () => {
    const paint: Paint = (role, text) => `<${role}>${text}</>`;
    const rows = [row('7', 'Ada', 'x')];
    expect(tableLines(columns, rows, paint)).toEqual([
      '<title>ID  NAME  NOTE</>',
      '<aside>──  ────  ────</>',
      ' 7  Ada   x',
    ]);
    const strip = (lines: readonly string[]) => lines.map((line) => line.replaceAll(/<[/\w]*>/g, ''));
    expect(strip(tableLines(columns, rows, paint))).toEqual(tableLines(columns, rows));
    expect(strip(recordLines(columns, rows, 80, paint))).toEqual(recordLines(columns, rows, 80));
  });

  it('stays in line with characters of two columns, of none and of several code points', () => {
    const lines = tableLines(columns, [
      row('1', '山田太郎', '|'),
      row('2', 'e\u0301', '|'),
      row('3', '한국어', '|'),
      row('4', 'ab', '|'),
    ]);
    expect(new Set(lines.slice(2).map(displayed))).toEqual(new Set([displayed(lines[2]!)]));
    expect(lines[2]).toBe(' 1  山田太郎  |');
  });

  it.each(Object.entries(HOSTILE_TEXTS))('has a line a row, whatever stands in it: %s', (_, text) => {
    const lines = tableLines(
      columns.map((column) => ({ ...column, title: revealed(text) })),
      [row(text, text, text), row('1', '2', '3')],
    );
    expect(lines).toHaveLength(4);
    for (const line of lines) expect(line).not.toMatch(/[^\P{C}]/u);
  });
});

describe('records', () => {
  it('have a line for each column, and go on behind a mark', () => {
    expect(recordLines(columns, [row('7', 'Ada', 'abcdefghijklmnopqrstuvwxyz')], 27)).toEqual([
      '─ 1 ────────────────────',
      'ID   | 7',
      'NAME | Ada',
      'NOTE | abcdefghijklmnopqrst',
      '     : uvwxyz',
    ]);
  });

  it.each(Object.entries(HOSTILE_TEXTS))('begin no line with what stands in them: %s', (_, text) => {
    const lines = recordLines(columns, [row('1', text, text)], 40);
    for (const line of lines) {
      expect(line).toMatch(/^(?:─ 1 ─+|(?:ID  |NAME|NOTE| {4}) [|:](?: .*)?)$/u);
      expect(displayed(line)).toBeLessThanOrEqual(41);
    }
    const told = lines.filter((line) => /^(?:NAME| {4})/.test(line)).map((line) => line.slice(7));
    expect(told.join('').replaceAll(' ', '')).toContain(revealed(text).replaceAll(' ', ''));
  });
});
