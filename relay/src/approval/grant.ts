import type { Identity } from '../identity/index.ts';
import type { Approval, ApprovalId } from './approval.ts';
import type { GrantBounds } from './grant-bounds.ts';
import type { GrantRows } from './grant-rows.ts';

/**
 * Leave to run like statements for a while, given by everybody who had to approve: with a held statement, or because it
 * was asked for ahead.
 */
export interface Grant extends GrantRows {
  readonly id: string;
  /** What it was given with. */
  readonly approval: ApprovalId;
  /** What whoever asked for it ahead said that it is for; null for one given with a statement. */
  readonly purpose: string | null;
  readonly requester: Identity;
  readonly bounds: GrantBounds;
  /** The same in plain English, as it was when it was given. */
  readonly covers: readonly string[];
  readonly givenBy: readonly Identity[];
  /** Groups that may take it back. */
  readonly groups: readonly string[];
  readonly session: Approval['request']['session']['id'];
  /** Milliseconds since the epoch. */
  readonly givenAt: number;
  /** Not before it was given. */
  readonly startsAt: number;
  readonly expiresAt: number;
  /** Of the event of its session that says that it was given. */
  readonly seq: number;
}

/** A grant, and what is left of its rows. */
export type LiveGrant = Grant & { readonly rowsLeft: number };
