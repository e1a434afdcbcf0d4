import type { LogicalType } from '../warehouse/index.ts';

/** A cell's text in Snowflake's JSON result format (driver protocol, section 6), or null. */
export type Cell = string | null;

/** What a mask needs to know about its column. */
export interface ColumnShape {
  readonly name: string;
  readonly type: LogicalType;
  readonly precision: number | null;
  readonly scale: number | null;
  readonly length: number | null;
}

/**
 * Masks one value that is not null. Returns a cell of the column's type and length, or null when it cannot produce one:
 * a value of unexpected form is never passed on unchanged.
 */
export type CellMask = (cell: string) => Cell;

/** Masks every value as null. For values that cannot be shown in part. */
export const toNull: CellMask = () => null;
