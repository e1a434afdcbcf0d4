import type { ShownColumn } from '../../../results/messages.ts';
import type { ShownRow } from './row-pages.ts';

/** Pixels of the column with the rows' numbers. */
export const NUMBERS_WIDTH = 64;

/** Pixels for a column, by its head and the first rows: about 7.3 a character, in the editor's own font. */
export function widthOf(column: ShownColumn, rows: readonly ShownRow[], index: number): number {
  const head =
    column.name.length + column.type.length + (column.masked === null ? 2 : 12 + column.masked.method.length);
  const cells = rows.slice(0, 50).map((row) => (row[index] ?? 'NULL').length);
  return Math.round(Math.min(360, 20 + 7.3 * Math.max(4, head, ...cells)));
}
