import type { Cell } from '../encoding/index.ts';

export type { Cell, ColumnShape } from '../encoding/index.ts';

/**
 * Masks one value that is not null. Returns a cell of the column's type and length, or null when it cannot produce one:
 * a value of unexpected form is never passed on unchanged.
 */
export type CellMask = (cell: string) => Cell;

/** Masks every value as null. For values that cannot be shown in part. */
export const toNull: CellMask = () => null;
