import type { BoundExpression, Reading } from '@sluice/snowflake-sql/execution';

/** Where an expression stands. */
export interface Scope {
  /** In a grouped SELECT, outside of aggregates: the keys, by what tells equal expressions. */
  readonly keys: ReadonlyMap<number, GroupKey> | null;
  /** In ORDER BY: the columns of the result. */
  readonly result: ((index: number, reading: Reading) => string) | null;
  /** Parameters of the lambdas around it. */
  readonly locals: ReadonlyMap<string, string>;
  /** Within a lambda, how many characters it may make of one item: an expression. */
  readonly share: string | null;
  /** What SEQ4 and its like are where rows come of a GENERATOR alone: its own numbers, which may stand anywhere in a SELECT. */
  readonly counter: string | null;
  /** Names what a window makes of the rows as they come from FROM and WHERE, for a window over it; null where rows are grouped. */
  readonly inner: ((text: string) => string) | null;
}

export interface GroupKey {
  readonly expression: BoundExpression;
  readonly text: string;
  /** Whether there are rows in which the key is not grouped by. */
  readonly isPartial: boolean;
}

export const PLAIN: Scope = {
  keys: null,
  result: null,
  locals: new Map(),
  share: null,
  counter: null,
  inner: null,
};

/** Within an aggregate's arguments, every row has values of its own. */
export function withinAggregate(scope: Scope): Scope {
  return { ...scope, keys: null };
}
