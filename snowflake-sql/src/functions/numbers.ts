import { signatures } from './notation.ts';

/** Functions whose result can be too large, or that are not defined for every number, can fail. */
export const NUMBERS = signatures(
  'scalar',
  `
  SIGN(number): integer
  -- The least whole number of a computer's has no positive counterpart.
  ABS(number!): number
  CEIL, CEILING, FLOOR(number) | (number!, number!): number
  ROUND(number, number!?, text!?): number
  -- Of a date, too, with a part: what a time is converted to here is looked at with more care than is needed.
  TRUNC, TRUNCATE(number, number part!?): first
  SQRT, SQUARE, CBRT, EXP, LN(number!): float
  FACTORIAL(number!): number
  LOG(number!, number!?): float
  POW, POWER(number!, number!): float
  MOD, DIV0, DIV0NULL(number!, number!): number
  SIN, COS, TAN, COT, SINH, COSH, TANH, ASIN, ACOS, ASINH, ACOSH, ATANH(number!): float
  ATAN, DEGREES, RADIANS(number): float
  ATAN2(number, number): float
  HAVERSINE(number!, number!, number!, number!): float
  WIDTH_BUCKET(number!, number!, number!, number!): integer
  `,
);

export const BITS = signatures(
  'scalar',
  `
  BITAND, BIT_AND, BITOR, BIT_OR, BITXOR, BIT_XOR(any!, any!, text!?): first
  BITNOT, BIT_NOT(any!): first
  BITSHIFTLEFT, BIT_SHIFTLEFT, BITSHIFTRIGHT, BIT_SHIFTRIGHT(any!, number!): first
  GETBIT(number!, number!): integer
  BITMAP_BIT_POSITION, BITMAP_BUCKET_NUMBER(number!): integer
  BITMAP_COUNT(binary!): integer
  `,
);

/** Random values. The generator may be a column, and a result that a column seeds is not random. */
export const GENERATORS = signatures(
  'scalar',
  `
  RANDOM(number!?): integer
  UNIFORM, NORMAL, ZIPF(number!, number!, any!): number
  RANDSTR(number!, any!): text
  -- With a name, a hash of it.
  UUID_STRING() | (text!, text): text
  `,
);
