import { signatures } from './notation.ts';

export const TEXT = signatures(
  'scalar',
  `
  UPPER, LOWER, REVERSE(text): text
  SUBSTR, SUBSTRING(text, number!, number!?): text
  `,
);
