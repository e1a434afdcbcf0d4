import { signatures } from './notation.ts';

export const CONDITIONALS = signatures(
  'scalar',
  `
  IFF(choice, common, common): common
  DECODE(compared, (compared, common)..., common?): common
  NULLIF(compared, compared): first
  NVL2(any choice, common, common): common
  COALESCE(common...): common
  IFNULL, NVL(common, common): common
  GREATEST, LEAST, GREATEST_IGNORE_NULLS, LEAST_IGNORE_NULLS(common...): common
  EQUAL_NULL(common, common): boolean
  ZEROIFNULL, NULLIFZERO(number): number
  AND, OR(boolean...): boolean
  BOOLAND, BOOLOR, BOOLXOR(boolean, boolean): boolean
  BOOLNOT(boolean): boolean
  REGR_VALX, REGR_VALY(number, number): number
  `,
);
