import { signatures } from './notation.ts';

/** A pattern and its options can be invalid; the text to match cannot. */
export const PATTERNS = signatures(
  'scalar',
  `
  LIKE, ILIKE(text, text!, text!?): boolean
  LIKE_ALL, LIKE_ANY(text, text!...): boolean
  REGEXP, RLIKE, REGEXP_LIKE(text, text!, text!?): boolean
  REGEXP_COUNT(text, text!, number!?, text!?): integer
  REGEXP_INSTR(text, text!, number!?, number!?, number!?, text!?, number!?): integer
  REGEXP_REPLACE(text, text!, text!?, number!?, number!?, text!?): text
  REGEXP_SUBSTR(text, text!, number!?, number!?, text!?, number!?): text
  REGEXP_SUBSTR_ALL(text, text!, number!?, number!?, text!?, number!?): variant
  `,
);
