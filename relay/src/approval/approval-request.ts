import type { AskDecision } from '../policy/index.ts';
import type { Session } from '../session/index.ts';
import type { Understood } from '@sluice/snowflake-sql';
import type { Binds } from '../warehouse/index.ts';

/** A statement that the policy wants people to decide on. Plain data but for `session`, which stays live. */
export interface ApprovalRequest {
  readonly session: Session;
  /** A UUID, how everybody refers to the statement. */
  readonly queryId: string;
  readonly requestId: string;
  readonly sql: string;
  readonly binds: Binds;
  readonly describeOnly: boolean;
  readonly prompt: { readonly text: string; readonly source: string } | null;
  readonly understanding: Understood;
  readonly decision: AskDecision;
  /** What its names resolved to; sorted, none twice. */
  readonly objects: readonly BoundObject[];
  /**
   * Changes with the session's variables and parameters: a held `... WHERE id = $x` must not run after
   * another statement of the session has set `x` to something else.
   */
  readonly sessionContext: string;
  /** Tables that it reads and that the requester may change without asking anybody. */
  readonly mayChange: readonly string[];
  /** Set when it has been run under an approval or a grant, hit more than `rows`, and was taken back. */
  readonly again: { readonly rows: number } | null;
  /** The session's variables that the text names. */
  readonly variables: readonly NamedVariable[];
  /** False when a bind or variable may be a value of a sensitive column; approvers then see types only. */
  readonly bindsMayBeShown: boolean;
}

export interface NamedVariable {
  readonly name: string;
  /** Null when it was not set to a text, and when it may be a value of a sensitive column. */
  readonly value: string | null;
  /** Columns that its value was computed from. */
  readonly from: readonly string[];
}

export interface BoundObject {
  readonly type: string;
  /** `DB.SCHEMA.NAME` as Snowflake would need it quoted. */
  readonly name: string;
  readonly access: string;
  /** SHA-256 of the object's version and of the tags that its columns carry, hex. */
  readonly fingerprint: string;
}
