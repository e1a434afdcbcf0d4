import type { LogicalType } from '../warehouse/index.ts';

/** A cell's text in Snowflake's JSON result format (driver protocol, section 6), or null. */
export type Cell = string | null;

/** What a mask needs to know of its column. */
export interface ColumnShape {
  readonly name: string;
  readonly type: LogicalType;
  readonly precision: number | null;
  readonly scale: number | null;
  readonly length: number | null;
}

/**
 * Masks one value that is not null. Answers a cell of the column's own type and length, or null when it
 * cannot make one: a value of an unexpected form is never passed as it is.
 */
export type CellMask = (cell: string) => Cell;

/** Values that cannot be shown in part are shown not at all. */
export const toNull: CellMask = () => null;
