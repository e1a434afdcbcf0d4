import { signatures } from './notation.ts';

export const COUNT = signatures('count', 'COUNT(any...): number');

export const AGGREGATES = signatures(
  'aggregate',
  `
  MAX, MIN(any): first
  `,
);
