import type { Cell } from '../encoding/index.ts';

export type { Cell, ColumnShape } from '../encoding/index.ts';

/**
 * Masks one value that is not null. Returns a cell of the column's type and length, or null when it cannot produce one:
 * a value of unexpected form is never passed on unchanged.
 */
export type CellMask = (cell: string) => Cell;

/** The same for many cells of a column at once, in order; null stays null. What one cell becomes depends on no other. */
export type ColumnMask = (cells: readonly Cell[]) => readonly Cell[];

/** Masks every value as null. For values that cannot be shown in part. */
export const toNull: CellMask = () => null;

/** One after the other. */
export function each(mask: CellMask): ColumnMask {
  return (cells) => cells.map((cell) => (cell === null ? null : mask(cell)));
}

/** One cell by itself. */
export function alone(mask: ColumnMask): CellMask {
  return (cell) => mask([cell])[0]!;
}
