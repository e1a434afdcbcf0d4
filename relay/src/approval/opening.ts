import type { Identity } from '../identity/index.ts';

export interface Opening extends Omit<OpeningOrder, 'minutes'> {
  readonly id: string;
  readonly by: Identity;
  /** Milliseconds since the epoch. */
  readonly until: number;
  /** Of the event of the relay session that says that it was opened. */
  readonly seq: number;
}

export interface OpeningOrder {
  /** Why, in the person's own words. */
  readonly reason: string;
  readonly sql: string;
  /** Of the session that it is to run in. */
  readonly database: string | null;
  readonly schema: string | null;
  readonly minutes: number;
}
