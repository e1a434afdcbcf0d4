import type { ShownColumn } from '../../../results/messages.ts';
import type { ShownRow } from './row-pages.ts';

/** Pixels of the column with the rows' numbers. */
export const NUMBERS_WIDTH = 64;

/** Pixels for a column: its head as a whole, and the first rows, as far as they are not very long. */
export function widthOf(column: ShownColumn, rows: readonly ShownRow[], index: number): number {
  const cells = rows.slice(0, 50).map((row) => (row[index] ?? 'NULL').length);
  const values = 20 + VALUE_LETTER * Math.max(4, ...cells);
  return Math.round(Math.max(Math.min(480, headWidth(column)), Math.min(360, values)));
}

/** Pixels of a letter: of the editor's font, which values are in, and of the pages', which heads are in. */
const VALUE_LETTER = 7.3;
const HEAD_LETTER = 8;

/** Name, type, and the mark with a border of its own that says what is masked. */
function headWidth({ name, type, masked }: ShownColumn): number {
  const words = 34 + HEAD_LETTER * (name.length + type.length);
  return masked === null ? words : words + 24 + HEAD_LETTER * ('masked: '.length + masked.method.length);
}
