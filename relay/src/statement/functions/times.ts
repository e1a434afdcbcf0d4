import { signatures } from './notation.ts';

export const TIMES = signatures(
  'scalar',
  `
  DATEADD, TIMEADD, TIMESTAMPADD(part, number!, time!): time
  `,
);
