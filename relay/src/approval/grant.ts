import type { Identity } from '../identity/index.ts';
import type { Approval } from './approval.ts';
import type { GrantBounds } from './grant-bounds.ts';
import type { GrantRows } from './grant-rows.ts';

/** Leave to run like statements for a while, given with an approval by everybody who had to approve. */
export interface Grant extends GrantRows {
  readonly id: string;
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
  readonly expiresAt: number;
}

/** A grant, and what is left of its rows. */
export type LiveGrant = Grant & { readonly rowsLeft: number };
