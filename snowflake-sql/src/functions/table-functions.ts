import { signatures } from './notation.ts';

/** The contents of a row depend on every argument; the number of rows depends on those marked with `#`. */
export const TABLE_FUNCTIONS = signatures(
  'table',
  `
  FLATTEN(INPUT => variant#, PATH => text!#?, OUTER => boolean#?, RECURSIVE => boolean#?, MODE => text!#?): unknown
  SPLIT_TO_TABLE(text#, text#): unknown
  STRTOK_SPLIT_TO_TABLE(text#, text#?): unknown
  GENERATOR(ROWCOUNT => number!#?, TIMELIMIT => number!#?): unknown
  RESULT_SCAN(text!#): unknown
  `,
);
