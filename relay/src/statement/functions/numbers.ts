import { signatures } from './notation.ts';

export const NUMBERS = signatures(
  'scalar',
  `
  ABS, SIGN(number): number
  SQRT(number!): number
  `,
);
