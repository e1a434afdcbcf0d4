import Table from 'cli-table3';
import type { ShownText } from '../text/index.ts';
import { displayed } from './displayed.ts';
import { type Paint, unpainted } from './paint.ts';

export interface TableColumn {
  readonly title: ShownText;
  /** Numbers are aligned to the right. */
  readonly align?: 'left' | 'right';
}

type Row = readonly ShownText[];

/** A table without borders, with a line under its titles. Every cell is a single line and never truncated. */
export function tableLines(
  columns: readonly TableColumn[],
  rows: readonly Row[],
  paint: Paint = unpainted,
): readonly string[] {
  if (columns.length === 0) return [];
  const titles = columns.map(({ title }) => title);
  const widths = columns.map((_, column) =>
    [titles, ...rows].reduce((widest, row) => Math.max(widest, displayed(row[column]!)), 1),
  );
  const table = new Table({
    chars: { ...NO_BORDERS, middle: '  ' },
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': 0 },
    colAligns: columns.map(({ align }) => align ?? 'left'),
  });
  table.push(
    [...titles],
    widths.map((width) => '─'.repeat(width)),
    ...rows.map((row) => [...row]),
  );
  return table
    .toString()
    .split('\n')
    .map((line, index) =>
      index < 2 ? paint(index === 0 ? 'title' : 'aside', line.trimEnd()) : line.trimEnd(),
    );
}

/**
 * A table for a narrow terminal: a block for each row, with a line for each column. Longer values continue on marked
 * lines; nothing is truncated.
 */
export function recordLines(
  columns: readonly TableColumn[],
  rows: readonly Row[],
  width: number,
  paint: Paint = unpainted,
): readonly string[] {
  const named = Math.max(0, ...columns.map(({ title }) => displayed(title)));
  const room = Math.max(NARROWEST, width - named - 3);
  return rows.flatMap((row, index) => [
    paint(
      'aside',
      `─ ${index + 1} ${'─'.repeat(Math.max(0, Math.min(width, named + 20) - 3 - String(index + 1).length))}`,
    ),
    ...columns.flatMap(({ title }, column) =>
      broken(row[column]!, room).map((part, line) =>
        line === 0
          ? `${title}${' '.repeat(named - displayed(title))} | ${part}`.trimEnd()
          : `${' '.repeat(named)} : ${part}`,
      ),
    ),
  ]);
}

/** The least width for a value, however long the names are. */
const NARROWEST = 20;

const NO_BORDERS = Object.fromEntries(
  ['top', 'bottom', 'left', 'right', 'mid']
    .flatMap((side) => [side, `${side}-mid`, `${side}-left`, `${side}-right`, `${side}-bottom`])
    .map((name) => [name, '']),
);

/** Splits a text into parts of at most this width, never within a character as a reader sees it (a grapheme). */
function broken(text: string, width: number): readonly string[] {
  const parts: string[] = [];
  let part = '';
  let columns = 0;
  for (const { segment } of new Intl.Segmenter().segment(text)) {
    const needed = displayed(segment);
    if (columns + needed > width && part !== '') {
      parts.push(part);
      [part, columns] = ['', 0];
    }
    part += segment;
    columns += needed;
  }
  return [...parts, part];
}
