import { signatures } from './notation.ts';

/** Functions of a window or of a match in MATCH_RECOGNIZE. A ranking depends on the ordering of the window. */
export const WINDOWS = signatures(
  'window',
  `
  ROW_NUMBER, RANK, DENSE_RANK(): integer
  PERCENT_RANK, CUME_DIST(): float
  NTILE(number!): integer
  -- What stands in for a row that is not there is converted to the type of those that are.
  LAG, LEAD(common, number!?, common!?): common
  FIRST_VALUE, LAST_VALUE(any): first
  NTH_VALUE(any, number!): first
  RATIO_TO_REPORT(number!): float
  CONDITIONAL_CHANGE_EVENT(any): integer
  CONDITIONAL_TRUE_EVENT(boolean): integer
  INTERPOLATE_BFILL, INTERPOLATE_FFILL(any): first
  INTERPOLATE_LINEAR(number!): number
  -- Of a match alone; elsewhere these names are somebody's own.
  FIRST, LAST(any): first
  PREV, NEXT(common, number!?, common!?): common
  CLASSIFIER(): text
  MATCH_NUMBER, MATCH_SEQUENCE_NUMBER(): integer
  `,
);
