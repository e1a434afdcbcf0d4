import type { Binds } from '@sluice/relay/warehouse';

/** One thing that a client sends. */
export interface Order {
  readonly sql: string;
  readonly binds: Binds;
  readonly describeOnly: boolean;
  /** A text of several statements that the listener takes apart. */
  readonly series: boolean;
  /** Whether people agree when they are asked: only where agreeing tells nothing of a sensitive value. */
  readonly approve: boolean;
}

export function order(sql: string, change: Partial<Order> = {}): Order {
  return { sql, binds: {}, describeOnly: false, series: false, approve: false, ...change };
}
