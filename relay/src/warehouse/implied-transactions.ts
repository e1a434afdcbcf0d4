import type { ImpliedTransaction } from './result.ts';

/** What Snowflake does to a session's transaction without a statement that says so (its documentation: Transactions). */
export const impliedTransactions = {
  byFirstChange: { became: 'begun', because: 'it is the first change with AUTOCOMMIT off' },
  byDdl: { became: 'committed', because: 'DDL commits the transaction that is open' },
  byAutocommit: { became: 'committed', because: 'AUTOCOMMIT was changed' },
} as const satisfies Readonly<Record<string, ImpliedTransaction>>;
