import { signatures } from './notation.ts';

export const CONTEXT = signatures(
  'context',
  `
  CURRENT_USER(): text
  `,
);
