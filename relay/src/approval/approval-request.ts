import type { AccessTerms, PromptSeen } from '@sluice/contract';
import type { AskDecision } from '../policy/index.ts';
import type { Session } from '../session/index.ts';
import type { Understood } from '@sluice/snowflake-sql';
import type { Binds } from '../warehouse/index.ts';

/** What people are asked about. Of the two kinds, only the first is of something that runs. */
export type AskedRequest = ApprovalRequest | AccessRequest;

/** What the policy wants people to decide on. Plain data but for `session`, which stays live. */
interface AskedAbout {
  readonly session: Session;
  /** A UUID. */
  readonly queryId: string;
  readonly sql: string;
  readonly understanding: Understood;
  readonly decision: AskDecision;
  /** What its names resolved to; sorted, none twice. */
  readonly objects: readonly BoundObject[];
  /** Tables that it reads and that the requester may change without asking anybody. */
  readonly mayChange: readonly string[];
}

/** Access to run statements of one shape, asked for before there is any: nothing is held, and none of it ever runs. */
export interface AccessRequest extends AskedAbout {
  readonly kind: 'access';
  /** By position: the Snowflake type of each bind of the example, which has no values. */
  readonly bindTypes: Readonly<Record<string, string>>;
  readonly terms: AccessTerms;
}

/** A statement that is held until people decide. */
export interface ApprovalRequest extends AskedAbout {
  readonly kind: 'statement';
  readonly requestId: string;
  readonly binds: Binds;
  readonly describeOnly: boolean;
  readonly prompt: Readonly<PromptSeen> | null;
  /**
   * Changes with the session's variables and parameters: a held `... WHERE id = $x` must not run after
   * another statement of the session has set `x` to something else.
   */
  readonly sessionContext: string;
  /** Set when it has been run under an approval or a grant, hit more than `rows`, and was taken back. */
  readonly again: { readonly rows: number } | null;
  /**
   * Session parameters that change what statements mean, where they are not what they are by default; absent in a request
   * of an earlier version.
   */
  readonly parameters?: readonly { readonly name: string; readonly value: string }[];
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
